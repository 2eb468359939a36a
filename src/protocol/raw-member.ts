// Finds the text of one member of a JSON object, so that it can be passed on byte for byte. Parsing and printing again
// would change what a client sent: large integers lose digits, 1.0 becomes 1.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The text of the top-level member `name` of a JSON object, or null when it has none. Of several, the last one counts,
 * as in JSON.parse.
 *
 * @param json Text that JSON.parse has accepted and found to be an object; the scan relies on it being well-formed.
 */
export function rawMember(json: string, name: string): string | null {
  let found: string | null = null;
  let at = json.indexOf('{') + 1;
  for (;;) {
    at = skipBlank(json, at);
    if (json.charCodeAt(at) !== QUOTE) return found;
    const keyEnd = skipString(json, at);
    const key = json.slice(at + 1, keyEnd - 1);
    const valueStart = skipBlank(json, json.indexOf(':', keyEnd) + 1);
    const valueEnd = skipValue(json, valueStart);
    if (key === name || (key.includes('\\') && JSON.parse(`"${key}"`) === name)) {
      found = json.slice(valueStart, valueEnd);
    }
    at = skipBlank(json, valueEnd);
    if (json[at] !== ',') return found;
    at++;
  }
}

function skipBlank(json: string, at: number): number {
  while (json.charCodeAt(at) <= 0x20) at++;
  return at;
}

/** `at` is the opening quote; the answer is the place after the closing one. */
function skipString(json: string, at: number): number {
  let end = json.indexOf('"', at + 1);
  while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(json: string, at: number): boolean {
  let backslashes = 0;
  while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function skipValue(json: string, at: number): number {
  const first = json[at];
  if (first === '"') return skipString(json, at);
  if (first === '{' || first === '[') return skipNested(json, at);
  while (at < json.length && !',}] \n\r\t'.includes(json[at] ?? '')) at++;
  return at;
}

function skipNested(json: string, at: number): number {
  let depth = 0;
  do {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(json, at);
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) depth--;
    at++;
  } while (depth > 0);
  return at;
}
