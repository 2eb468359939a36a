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
  const cuts = [...text.matchAll(/[\s,:{}[\]]/g)].map(({ index }) => index + 1);
  cuts.push(text.length);
  const isWrong = (cut: number) => !isCutShort(faultOf(`[${text.slice(0, cut)}`, parse));
  let low = 0;
  let high = cuts.length - 1;
  if (!isWrong(cuts[high] ?? 0)) return placeOf(text, text.trimEnd().length);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isWrong(cuts[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return placeOf(text, cuts[low - 1] ?? 0);
}

function isCutShort(fault: string | null): boolean {
  return fault === null || /end of (file|input)|Unterminated|to terminate/.test(fault);
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
