import { expect, test } from 'bun:test';
import { socketIdSource } from './socket-ids.ts';

test('[P-2.4] socket ids are two whole numbers joined by a dot, and no two are the same', () => {
  const draw = socketIdSource();
  // Several refills of the pool of random numbers.
  const ids = Array.from({ length: 10_000 }, draw);
  expect(ids.filter((id) => !/^\d+\.\d+$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('[P-2.4] two sources, as of two nodes, draw different ids', () => {
  const [a, b] = [socketIdSource(), socketIdSource()];
  const ids = Array.from({ length: 2_000 }, () => [a(), b()]).flat();
  expect(new Set(ids).size).toBe(ids.length);
});

test('[P-2.4] both halves use the whole range of 32 bits', () => {
  const draw = socketIdSource();
  const halves = Array.from({ length: 2_000 }, () => draw().split('.').map(Number));
  for (const at of [0, 1]) {
    const values = halves.map((half) => half[at] ?? 0);
    // That 2,000 draws all miss the outer hundredth at one end has a chance of 1 in 500 million.
    expect(Math.min(...values)).toBeLessThan(2 ** 32 / 100);
    expect(Math.max(...values)).toBeGreaterThan(2 ** 32 - 2 ** 32 / 100);
  }
});
