import { describe, expect, test } from 'bun:test';
import { bucketFor, TokenBucket } from './token-bucket.ts';

/** How many of so many tokens are given at that moment. */
function taken(bucket: TokenBucket, wanted: number, nowMs: number): number {
  return Array.from({ length: wanted }, () => bucket.take(nowMs)).filter(Boolean).length;
}

describe('a token bucket', () => {
  test('is full at first and holds what it gains in a second', () => {
    expect(taken(new TokenBucket(10, 0), 20, 0)).toBe(10);
  });

  test('fills steadily and never beyond a second’s worth', () => {
    const bucket = new TokenBucket(10, 0);
    expect(taken(bucket, 20, 0)).toBe(10);
    expect(taken(bucket, 20, 99)).toBe(0);
    expect(taken(bucket, 20, 100)).toBe(1);
    expect(taken(bucket, 20, 600)).toBe(5);
    expect(taken(bucket, 20, 3_600_000)).toBe(10);
  });

  test('gives over a long time what its rate says', () => {
    const bucket = new TokenBucket(3, 0);
    let given = 0;
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 7) given += taken(bucket, 2, nowMs);
    expect(given).toBeGreaterThanOrEqual(32);
    expect(given).toBeLessThanOrEqual(33);
  });

  test('gains nothing from a clock that goes back', () => {
    const bucket = new TokenBucket(1, 10_000);
    expect(bucket.take(10_000)).toBe(true);
    expect(bucket.take(5_000)).toBe(false);
    expect(bucket.take(5_999)).toBe(false);
    expect(bucket.take(6_000)).toBe(true);
  });

  test('says how long to wait for the next token', () => {
    const bucket = new TokenBucket(4, 0);
    expect(taken(bucket, 4, 0)).toBe(4);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.waitMs).toBe(250);
    expect(bucket.take(100)).toBe(false);
    expect(bucket.waitMs).toBe(150);
    expect(bucket.take(100 + bucket.waitMs)).toBe(true);
  });

  test('gives many at once when it is full, and is then empty for as long as they take', () => {
    const bucket = new TokenBucket(10, 0);
    expect(bucket.take(0, 25)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.waitMs).toBe(1_600);
    expect(bucket.take(1_600)).toBe(true);
    expect(bucket.take(1_600, 25)).toBe(false);
    expect(bucket.waitMs).toBe(1_000);
    expect(bucket.take(2_600, 25)).toBe(true);
  });
});

test('[P-2.18] another rate has a full bucket of its own, the same rate the one that there is', () => {
  const bucket = bucketFor(2, null, 0);
  expect(taken(bucket, 3, 0)).toBe(2);
  expect(bucketFor(2, bucket, 0)).toBe(bucket);
  expect(taken(bucketFor(5, bucket, 0), 9, 0)).toBe(5);
});
