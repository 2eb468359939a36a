import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { holds, wellFormedText } from '../../test/support/generators.ts';
import { KEY_BYTES, sealWith } from './seal.ts';

const seal = sealWith(new Uint8Array(KEY_BYTES).fill(1));

test('what is sealed opens again, and does not show', () => {
  holds(
    fc.property(wellFormedText, wellFormedText, (text, place) => {
      const sealed = seal.close(text, place);
      expect(seal.open(sealed, place)).toBe(text);
      if (text.length > 4) expect(Buffer.from(sealed, 'base64').includes(text)).toBe(false);
    }),
  );
});

test('the same text is sealed otherwise each time', () => {
  expect(seal.close('secret', 'place')).not.toBe(seal.close('secret', 'place'));
});

test('another key, another place and any changed byte are refused', () => {
  const sealed = seal.close('secret', 'app_keys.secret a');
  const stranger = sealWith(new Uint8Array(KEY_BYTES).fill(2));
  expect(() => stranger.open(sealed, 'app_keys.secret a')).toThrow('cannot be opened');
  expect(() => seal.open(sealed, 'app_keys.secret b')).toThrow('cannot be opened');
  const bytes = Buffer.from(sealed.slice('v1.'.length), 'base64');
  for (const index of bytes.keys()) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8((bytes.readUInt8(index) + 1) % 256, index);
    expect(() => seal.open(`v1.${changed.toString('base64')}`, 'app_keys.secret a')).toThrow('cannot be opened');
  }
});

test('what was never sealed is refused', () => {
  for (const text of ['', 'v1.', 'v1.AAAA', 'secret', 'v2.AAAA']) {
    expect(() => seal.open(text, 'place')).toThrow('cannot be opened');
  }
});
