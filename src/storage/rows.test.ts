import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { anyText, holds, jsonValue } from '../../test/support/generators.ts';
import { asTexts, objectIn, oneOfIn, switchIn, textIn, textOrNullIn, textsIn, wholeIn, wholeOrNullIn } from './rows.ts';

/** What a driver may give for a column, and what it never should. */
const anyValue = fc.oneof(anyText, fc.integer(), fc.double(), fc.maxSafeInteger(), fc.bigInt(), jsonValue(['a']));

/** Runs the decoder; a damaged row must be a StorageError and nothing else. */
function decoded<Value>(decode: () => Value): { readonly value: Value } | null {
  try {
    return { value: decode() };
  } catch (error) {
    expect(error).toHaveProperty('name', 'StorageError');
    return null;
  }
}

describe('rows', () => {
  test('whole numbers come back from both drivers', () => {
    holds(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(wholeIn({ n: number }, 'n')).toBe(number);
        // -0 has no text of its own, and no counter is ever -0.
        expect(wholeIn({ n: String(number) }, 'n')).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  test('text of any kind comes back through JSON', () => {
    holds(
      fc.property(fc.array(anyText), (texts) => {
        expect(textsIn({ list: JSON.stringify(texts) }, 'list')).toEqual(texts);
      }),
    );
  });

  test('any value is decoded to its type or refused, and never anything else', () => {
    holds(
      fc.property(anyValue, (value) => {
        const row = { c: value };
        expect(typeof (decoded(() => textIn(row, 'c'))?.value ?? '')).toBe('string');
        expect(Number.isSafeInteger(decoded(() => wholeIn(row, 'c'))?.value ?? 0)).toBe(true);
        expect(typeof (decoded(() => switchIn(row, 'c'))?.value ?? true)).toBe('boolean');
        expect(['a', 'b']).toContain(decoded(() => oneOfIn(row, 'c', ['a', 'b'] as const))?.value ?? 'a');
        expect(Array.isArray(decoded(() => asTexts(value, 'c'))?.value ?? [])).toBe(true);
        const object = decoded(() => objectIn(row, 'c'))?.value ?? {};
        expect(typeof object === 'object' && !Array.isArray(object)).toBe(true);
      }),
    );
  });

  test('a column that may be empty is null, and a missing one is damaged', () => {
    expect(textOrNullIn({ c: null }, 'c')).toBeNull();
    expect(wholeOrNullIn({ c: null }, 'c')).toBeNull();
    expect(() => textOrNullIn({}, 'c')).toThrow('damaged value in the column "c"');
    expect(() => wholeIn({ c: '12.5' }, 'c')).toThrow('damaged');
    expect(() => wholeIn({ c: '99999999999999999999' }, 'c')).toThrow('damaged');
  });
});
