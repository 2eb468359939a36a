import { expect, test } from 'bun:test';
import { pauseMs, reactionTo } from './reconnect.ts';

test.each([
  [4000, 'stop'],
  [4001, 'stop'],
  [4009, 'stop'],
  [4099, 'stop'],
  [4100, 'pause'],
  [4199, 'pause'],
  [4200, 'at once'],
  [4299, 'at once'],
  [4301, 'stop'],
  [1000, 'pause'],
  [1006, 'pause'],
  [1009, 'pause'],
] as const)('[P-2.5] after a close with %d the reaction is: %s', (code, reaction) => {
  expect(reactionTo(code)).toBe(reaction);
});

test('[P-2.5] pauses grow, up to half a minute', () => {
  expect([1, 2, 3, 5, 6, 100].map(pauseMs)).toEqual([1_000, 4_000, 9_000, 25_000, 30_000, 30_000]);
});
