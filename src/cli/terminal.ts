// Output for people: colours where there is a terminal that wants them, and text of strangers made harmless.

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Paints for one stream. NO_COLOR with any value but an empty one switches colours off everywhere. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  const isColoured = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  const style = (on: number, off: number) => (text: string) => (isColoured ? `\x1b[${on}m${text}\x1b[${off}m` : text);
  return { bold: style(1, 22), dim: style(2, 22), green: style(32, 39), red: style(31, 39), yellow: style(33, 39) };
}

/** What moves the cursor, hides text or reverses its direction must not reach a terminal from the network. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text on one line, with control characters shown as escapes. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** For everything that is not the answer itself, so that a pipe gets the answer alone. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
