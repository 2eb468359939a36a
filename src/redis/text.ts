// Free texts on their way through Redis, which keeps bytes: half of a surrogate pair has no bytes of its own, so a text
// that has one travels as JSON behind a NUL. The scripts know it too (lua/common.lua).

const NUL = '\0';

export function packText(text: string): string {
  return text.isWellFormed() && !text.startsWith(NUL) ? text : NUL + JSON.stringify(text);
}

export function unpackText(packed: string): string {
  if (!packed.startsWith(NUL)) return packed;
  const text: unknown = JSON.parse(packed.slice(1));
  return typeof text === 'string' ? text : '';
}
