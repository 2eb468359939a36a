// Values of arguments that more than one command takes.
import { Failure, UsageError } from './failure.ts';

/** Longer waits than a fortnight do not fit into the engine's timers, which would then end at once. */
const LARGEST = 1_000_000;

/** A whole number of at least 1, or null when the option is not there. */
export function wholeNumber(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > LARGEST) throw new UsageError(`--${name} takes a whole number from 1 to ${LARGEST}.`);
  return number;
}

/** The text itself, or all of standard input for a dash. */
export async function textOrInput(text: string): Promise<string> {
  if (text !== '-') return text;
  if (process.stdin.isTTY) throw new Failure('"-" reads standard input, which is a terminal.', 'Pipe the text in.');
  return await Bun.stdin.text();
}
