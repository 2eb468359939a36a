import { expect, test } from 'bun:test';
import { memoryOnce } from './memory-once.ts';

const once = (key: string, digest = 'same') => ({ key, digest, keptSeconds: 600 });

test('[H-10.2, H-10.3] a key is known with what was sent under it, for one app', () => {
  const keys = memoryOnce({ now: () => 0 });
  expect(keys.enter('app', once('a'))).toBeNull();
  expect(keys.enter('app', once('a'))).toBe('again');
  expect(keys.enter('app', once('a', 'other'))).toBe('conflict');
  expect(keys.enter('other', once('a', 'other'))).toBeNull();
});

test('[H-10.4] and forgotten after ten minutes', () => {
  let nowMs = 0;
  const keys = memoryOnce({ now: () => nowMs });
  keys.enter('app', once('a'));
  nowMs = 599_999;
  expect(keys.enter('app', once('a'))).toBe('again');
  nowMs = 600_000;
  expect(keys.enter('app', once('a', 'other'))).toBeNull();
});

test('there are at most 100,000 at once: the oldest go', () => {
  const keys = memoryOnce({ now: () => 0 });
  for (let at = 0; at <= 100_000; at++) keys.enter('app', once(String(at)));
  expect([keys.enter('app', once('100000')), keys.enter('app', once('0', 'other'))]).toEqual(['again', null]);
});
