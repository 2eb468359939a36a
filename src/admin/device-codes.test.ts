import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { drawUserCode, readUserCode, shownUserCode } from './device-codes.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test('[RFC-8628] a code is read as it is shown, in small letters, and with blanks or dashes of any kind', () => {
  for (let count = 0; count < 200; count++) {
    const code = drawUserCode();
    const shown = shownUserCode(code);
    expect(shown).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    for (const typed of [shown, code, shown.toLowerCase(), ` ${shown.replace('-', '–')} `, shown.replace('-', ' ')]) {
      expect(readUserCode(typed)).toBe(code);
    }
  }
});

test('[RFC-8628] whatever is typed, what comes out is a code or nothing', () => {
  const property = fc.property(fc.string({ unit: 'binary' }), (typed) => {
    const code = readUserCode(typed);
    return code === null || /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(code);
  });
  fc.assert(property, { seed: SEED });
});

test('[RFC-8628] letters that a code cannot have make it none', () => {
  for (const typed of ['', 'AAAA-AAAA', 'BCDF-GHJ', 'BCDF-GHJKL', 'BCDF-GHJ1', 'B'.repeat(1_000_000)]) {
    expect(readUserCode(typed)).toBeNull();
  }
});
