// The codes of the device flow: a long one that the tool keeps, and a short one that a person reads and types.
import { randomInt } from 'node:crypto';

/** No vowels, so that no words come about, and nothing that looks like something else (RFC 8628, section 6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;

/** Eight letters: 2.5 × 10¹⁰ of them, against a few guesses in the quarter of an hour for which one counts. */
export function drawUserCode(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** As it is shown: `BCDF-GHJK`. */
export function shownUserCode(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
}

/** What somebody has typed, in any case and with any punctuation; null when it can be no code. */
export function readUserCode(typed: string): string | null {
  const code = typed
    .slice(0, 100)
    .toUpperCase()
    .replace(/[\s\p{Pd}_.]/gu, '');
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null;
}
