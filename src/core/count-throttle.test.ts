import { describe, expect, test } from 'bun:test';
import { CountThrottle } from './count-throttle.ts';

describe('a count throttle', () => {
  test('[P-4.16] lets every change of a small channel be told at once', () => {
    const throttle = new CountThrottle();
    for (const total of [1, 2, 50, 100]) expect(throttle.change(total, 0)).toBe(0);
  });

  test('[P-4.17] lets the first change of a large channel be told at once', () => {
    expect(new CountThrottle().change(101, 0)).toBe(0);
  });

  test('[P-4.17] gathers the next ones until five seconds after what was told', () => {
    const throttle = new CountThrottle();
    expect(throttle.change(101, 1_000)).toBe(0);
    expect(throttle.change(102, 3_000)).toBe(3_000);
    expect(throttle.change(103, 4_000)).toBeNull();
    throttle.waited(6_000);
    expect(throttle.change(104, 6_001)).toBe(4_999);
  });

  test('[P-4.17] says nothing during a wait even when the channel has become small, for the wait tells it', () => {
    const throttle = new CountThrottle();
    throttle.change(101, 0);
    throttle.change(102, 0);
    expect(throttle.change(99, 1_000)).toBeNull();
    throttle.waited(5_000);
    expect(throttle.change(98, 5_001)).toBe(0);
  });

  test('[P-4.17] counts the time from what was told while the channel was small', () => {
    const throttle = new CountThrottle();
    expect(throttle.change(100, 0)).toBe(0);
    expect(throttle.change(101, 1_000)).toBe(4_000);
  });
});
