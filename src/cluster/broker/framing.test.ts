import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { anyText, holds, wellFormedText } from '../../../test/support/generators.ts';
import { framed, Splitter } from './framing.ts';

/** What comes out when the bytes come in pieces of these sizes, again and again. */
function passed(messages: readonly string[], sizes: readonly number[]): string[] {
  const taken: string[] = [];
  const splitter = new Splitter((message) => taken.push(message));
  const bytes = Buffer.from(messages.map(framed).join(''));
  let piece = 0;
  for (let from = 0; from < bytes.length; piece++) {
    const size = sizes[piece % sizes.length] ?? 1;
    splitter.add(bytes.subarray(from, from + size));
    from += size;
  }
  return taken;
}

const someSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('messages on a line', () => {
  test('come out as they went in, wherever the bytes are cut', () => {
    const message = fc.oneof(
      wellFormedText,
      fc.constantFrom('', ':', '3:abc', '\n', '\ufeff', '😀ü', '0', '{"a":"\\n"}'),
    );
    holds(
      fc.property(fc.array(message), someSizes, (messages, sizes) => {
        expect(passed(messages, sizes)).toEqual(messages);
      }),
    );
  });

  test('keep their borders whatever text is in them, also what UTF-8 cannot carry', () => {
    holds(
      fc.property(fc.array(anyText), someSizes, (messages, sizes) => {
        expect(passed(messages, sizes)).toEqual(messages.map((message) => message.toWellFormed()));
      }),
    );
  });

  test('of many megabytes come out whole', () => {
    const messages = ['before', 'ü😀a'.repeat(5_000_000), 'after'];
    expect(passed(messages, [65_536])).toEqual(messages);
  });

  test('are not read on after something that is none', () => {
    for (const bytes of ['abc:', ':abc', '-1:a', '1.5:a', '12345678901234567890', '9999999999:']) {
      const splitter = new Splitter(() => undefined);
      expect(() => splitter.add(Buffer.from(bytes))).toThrow('does not carry messages');
    }
  });
});
