// The text of a configuration file → the value it stands for, by the parser that the file's extension names.
import { lineOfFault, type Place, placeInJson } from './place.ts';

interface Format {
  readonly parse: (text: string) => unknown;
  readonly place: (text: string, parse: (text: string) => unknown) => Place | null;
}

const jsonWithComments: Format = { parse: parseJson, place: (text) => placeInJson(text, Bun.JSONC.parse) };
const yaml: Format = { parse: Bun.YAML.parse, place: lineOfFault };
const toml: Format = { parse: Bun.TOML.parse, place: lineOfFault };

const FORMATS: ReadonlyMap<string, Format> = new Map([
  ['.json', jsonWithComments],
  ['.jsonc', jsonWithComments],
  ['.yaml', yaml],
  ['.yml', yaml],
  ['.toml', toml],
]);

export type ParsedFile = { readonly value: unknown } | { readonly fault: string };

/** @param path decides the format by its extension. The fault begins with it, and with the line where that is known. */
export function parseFile(path: string, content: string): ParsedFile {
  const extension = /\.[a-z]+$/i.exec(path)?.[0].toLowerCase() ?? '';
  const format = FORMATS.get(extension);
  if (format === undefined) {
    return { fault: `${path}: must be a file of one of the kinds ${[...FORMATS.keys()].join(', ')}` };
  }
  // Editors on Windows put a byte order mark before the text.
  const text = content.replace(/^\ufeff/, '');
  try {
    // Nothing in the file, or nothing but comments, sets nothing.
    return { value: format.parse(text) ?? {} };
  } catch (error) {
    const place = format.place(text, format.parse);
    return { fault: `${path}${place === null ? '' : `:${place}`}: ${reasonOf(error)}` };
  }
}

// Left to itself, the parser stops after the first value and ignores what follows. In brackets it must come to the end.
function parseJson(text: string): unknown {
  const values = parseInBrackets(text);
  if (!Array.isArray(values) || values.length > 1) throw new SyntaxError('Expected one object');
  return values[0];
}

function parseInBrackets(text: string): unknown {
  try {
    return Bun.JSONC.parse(`[${text}\n]`);
  } catch (error) {
    // Without our bracket behind it, text that ends too early is told as such.
    Bun.JSONC.parse(text);
    throw error;
  }
}

// The parsers quote what they found, which may be a secret that lacks its quotes; the place says enough.
function reasonOf(error: unknown): string {
  if (error instanceof RangeError) return 'Nested too deeply';
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^\w+ Parse error: /, '')
    .replace(/ but found (?!end of ).*$/s, '')
    .replace(/^Unexpected (?!end of |EOF|token).*$/s, 'Unexpected text')
    .replace(/^Strings must be quoted.*$/s, 'Strings must be quoted');
}
