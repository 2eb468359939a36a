// The text of an .env file → its variables.

/** A name, an equals sign with blanks around it or not, and the rest of the line. */
const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$/;

export function parseDotenv(content: string): Record<string, string> {
  const variables = new Map<string, string>();
  for (const line of content.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const [, name, raw] = LINE.exec(line) ?? [];
    if (name !== undefined && raw !== undefined) variables.set(name, expanded(raw, variables));
  }
  return Object.fromEntries(variables);
}

function expanded(raw: string, earlier: ReadonlyMap<string, string>): string {
  const [, literal] = /^'([^']*)'/.exec(raw) ?? [];
  if (literal !== undefined) return literal;
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"/.exec(raw) ?? [];
  // A comment begins after a blank, so that a secret may have the sign in it.
  const text = quoted?.replace(/\\(["\\$])/g, '$1') ?? raw.replace(/(^|\s+)#.*$/, '');
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => earlier.get(name) ?? '');
}
