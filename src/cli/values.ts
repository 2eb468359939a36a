// Values of arguments that more than one command takes.
import { Failure, UsageError } from './failure.ts';

/** A whole number of at least 1, or null when the option is not there. */
export function wholeNumber(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw new UsageError(`--${name} takes a whole number of at least 1.`);
  return Number(text);
}

/** The text itself, or all of standard input for a dash. */
export async function textOrInput(text: string): Promise<string> {
  if (text !== '-') return text;
  if (process.stdin.isTTY) throw new Failure('"-" reads standard input, which is a terminal.', 'Pipe the text in.');
  return await Bun.stdin.text();
}
