import { expect, test } from 'bun:test';
import { isSocketId, socketIdOf } from './ids.ts';

test.each(['1.1', '123.456', '0.0', '18446744073709551615.4294967295'])('[P-2.4] %s is a socket id', (text) => {
  expect(isSocketId(text)).toBe(true);
});

test.each(['', '1', '1.', '.1', '1.2.3', '1.2\n', ' 1.2', '-1.2', '1,2', 'a.b', '1e3.4', '١.٢', `${'1'.repeat(21)}.1`])(
  '[P-2.4] %j is no socket id',
  (text) => {
    expect(isSocketId(text)).toBe(false);
  },
);

test('[P-2.4] a socket id is two integers joined by a dot', () => {
  const id = socketIdOf(123, 456);
  expect<string>(id).toBe('123.456');
  expect(isSocketId(id)).toBe(true);
});
