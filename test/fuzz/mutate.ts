// Changes inputs that once were interesting: bits, bytes, pieces, numbers and words.
import type { Dice } from './dice.ts';

const WORDS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\u0000',
  '\\ud800',
  '"__proto__"',
  'null',
  '1e999',
  '-',
  '\r\n',
  '\r\n\r\n',
  '%00',
  '&',
  '=',
  '#',
  '?',
  '\xff\xfe',
  '\xed\xa0\x80',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 0\r\n',
  '[['.repeat(500),
] as const;

/** Several changes after each other; bytes stand for themselves in `text`, as in Latin-1. */
export function mutate(dice: Dice, text: string, others: readonly string[]): string {
  let changed = text;
  for (let left = 1 + dice.below(4); left > 0; left--) changed = change(dice, changed, others);
  return changed;
}

function change(dice: Dice, text: string, others: readonly string[]): string {
  const at = dice.below(text.length + 1);
  const length = dice.length(64);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  switch (dice.below(8)) {
    case 0:
      return before + String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << dice.below(8))) + after.slice(1);
    case 1:
      return before + after.slice(length);
    case 2:
      return before + dice.pick(WORDS) + after;
    case 3:
      return before + after.slice(0, length) + after;
    case 4:
      return before + after.replace(/\d+/, () => dice.pick(['0', '-1', '4294967296', '1e400', '00', '']));
    case 5: {
      const other = dice.pick(others);
      return before + other.slice(dice.below(other.length + 1));
    }
    case 6:
      return before + dice.bytes(length).toString('latin1') + after;
    default:
      return before + after.split('').reverse().slice(0, length).join('') + after.slice(length);
  }
}
