import { expect, test } from 'bun:test';
import { isAccepted, retryDelayMs } from './retry.ts';

test('[W-3.2] the time between attempts doubles, up to a minute, and is never the same for all', () => {
  expect([1, 2, 3, 4].map((attempts) => retryDelayMs(attempts, 0))).toEqual([250, 500, 1_000, 2_000]);
  expect(retryDelayMs(1, 0.999)).toBeWithin(490, 501);
  expect([8, 20, 5_000].map((attempts) => retryDelayMs(attempts, 1))).toEqual([60_000, 60_000, 60_000]);
});

test('[W-3.2] only 2xx is taken for an answer', () => {
  expect([200, 204, 299].every(isAccepted)).toBe(true);
  expect([null, 0, 199, 300, 302, 400, 404, 410, 500].some(isAccepted)).toBe(false);
});
