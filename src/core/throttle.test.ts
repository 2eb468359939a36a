import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { holds } from '../../test/support/generators.ts';
import { Throttle } from './throttle.ts';

const RULES = { burst: 3, perMinute: 6, maxNames: 2 };

test('[A-2.3] a burst is let through, then one attempt per step', () => {
  const throttle = new Throttle(RULES);
  expect([1, 2, 3].map(() => throttle.take('a', 0))).toEqual([0, 0, 0]);
  expect(throttle.take('a', 0)).toBe(10);
  expect(throttle.take('a', 4_000)).toBe(6);
  expect(throttle.take('a', 10_000)).toBe(0);
  expect(throttle.take('a', 10_000)).toBe(10);
  throttle.forgive('a');
  expect(throttle.take('a', 10_000)).toBe(0);
});

test('[A-2.3] more names than are remembered push out the one that was used longest ago', () => {
  const throttle = new Throttle(RULES);
  for (let at = 0; at < 4; at++) throttle.take('a', 0);
  throttle.take('b', 0);
  expect(throttle.take('a', 0)).toBeGreaterThan(0);
  throttle.take('c', 0);
  expect(throttle.take('a', 0)).toBeGreaterThan(0);
});

test('[A-2.3] whatever the times, no more come through than burst and rate allow', () => {
  const steps = fc.array(fc.integer({ min: -5_000, max: 20_000 }), { maxLength: 60 });
  holds(
    fc.property(steps, (waits) => {
      const throttle = new Throttle(RULES);
      let nowMs = 1_000_000;
      let passedMs = 0;
      let passed = 0;
      for (const wait of waits) {
        nowMs += wait;
        passedMs += Math.abs(wait);
        if (throttle.take('a', nowMs) === 0) passed++;
      }
      expect(passed).toBeLessThanOrEqual(RULES.burst + (passedMs / 60_000) * RULES.perMinute + 0.001);
    }),
  );
});
