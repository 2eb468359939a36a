import { describe, expect, test } from 'bun:test';
import { mastersOfSlots } from './masters.ts';

const SEED = { host: 'seed', port: 7_000 };

describe('the map of a cluster', () => {
  const range = (first: number, last: number, host: unknown, port: number) => [first, last, [host, port, 'id']];

  test('each partition goes to the master that has its slot', () => {
    const masters = mastersOfSlots([range(8_192, 16_383, 'b', 2), range(0, 8_191, 'a', 1)], SEED);
    expect(masters).toEqual([
      { host: 'a', port: 1, partitions: [...Array(16).keys()] },
      { host: 'b', port: 2, partitions: [...Array(16).keys()].map((index) => 16 + index) },
    ]);
  });

  test('a master with several ranges is one, and one without a partition none', () => {
    const ranges = [range(0, 0, 'c', 3), range(1, 9_000, 'a', 1), range(9_001, 16_383, 'a', 1)];
    expect(mastersOfSlots(ranges, SEED).map(({ host }) => host)).toEqual(['a']);
  });

  test('a server that does not know its own address is where it was asked', () => {
    for (const host of [null, '']) {
      expect(mastersOfSlots([range(0, 16_383, host, 7_001)], SEED)).toMatchObject([{ host: 'seed', port: 7_001 }]);
    }
  });

  test('a slot that nobody has is a fault', () => {
    expect(() => mastersOfSlots([range(0, 16_000, 'a', 1)], SEED)).toThrow('no server of the cluster has slot');
    expect(() => mastersOfSlots(null, SEED)).toThrow('no server of the cluster has slot');
  });
});
