// Finds where a parser gave up. The engine's parsers do not say, but they read from left to right, so parsing shorter and
// shorter beginnings of the text shows it.

/** `line`, or `line:column`, both counted from 1. */
export type Place = `${number}` | `${number}:${number}`;

type Parse = (text: string) => unknown;

/** Longer files are the work of programs; trying every line of them would take seconds. */
const MAX_LINES = 3_000;

/** The line that begins what YAML or TOML could not read: the one after the longest beginning that is well-formed. */
export function lineOfFault(text: string, parse: Parse): Place | null {
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) return null;
  let good = lines.length - 1;
  while (good > 0 && faultOf(lines.slice(0, good).join('\n'), parse) !== null) good--;
  // Blank lines and comments belong to what is well-formed.
  while (good < lines.length - 1 && /^\s*(#.*)?$/.test(lines[good] ?? '')) good++;
  return `${good + 1}`;
}

/**
 * The token at which JSON went wrong. A beginning of well-formed JSON fails for nothing but its end, so the first
 * beginning that fails for another reason has the fault in its last token.
 */
export function placeInJson(text: string, parse: Parse): Place {
  const lineEnds = [...text.matchAll(/(?=\n)|$/g)].map(({ index }) => index);
  const parseStart = (end: number) => faultOf(`[${text.slice(0, end)}`, parse);
  // A string ends on its line, so one that is open at the end of a line is wrong; the parser sees it by the line break.
  const line = firstThat(
    lineEnds,
    (end) => !/end of file|to terminate/.test(faultOf(`[${text.slice(0, end)}\n`, parse) ?? 'end of file'),
  );
  if (line === lineEnds.length) return placeOf(text, text.trimEnd().length);
  const start = line === 0 ? 0 : (lineEnds[line - 1] ?? 0) + 1;
  const tokens = [...text.slice(start, lineEnds[line]).matchAll(/[\s,:{}[\]]|$/g)].map(
    ({ index }) => start + index + 1,
  );
  const token = firstThat(
    tokens,
    (end) => !/end of file|Unterminated|to terminate/.test(parseStart(end) ?? 'end of file'),
  );
  return token === tokens.length ? `${line + 1}` : placeOf(text, tokens[token - 1] ?? start);
}

/** The index of the first value of which the claim is true, given that it is true of all after it; the length if of none. */
function firstThat(values: readonly number[], isTrue: (value: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(values[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function faultOf(text: string, parse: Parse): string | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return `${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`;
}
