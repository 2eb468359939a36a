import { expect, test } from 'bun:test';
import { KeySpace, keySpaceOf, PARTITIONS_OF_CLUSTER, slotOf, tagsOf } from './partitions.ts';

test('the slot of a tag is the one that Redis Cluster computes', () => {
  // CLUSTER KEYSLOT says the same; the first is the test vector of the CRC.
  expect(slotOf('123456789')).toBe(0x31c3);
  expect(slotOf('foo')).toBe(12_182);
  expect(slotOf('bar')).toBe(5_061);
  expect(slotOf('')).toBe(0);
});

test('each tag lies in its own share of the slots, in their order', () => {
  for (const partitions of [1, 2, 3, PARTITIONS_OF_CLUSTER]) {
    const tags = tagsOf(partitions);
    expect(tags.map((tag) => Math.floor(slotOf(tag) / (16_384 / partitions)))).toEqual([...tags.keys()]);
  }
});

test('the tags never change, since nodes of all versions must find the same keys', () => {
  expect(tagsOf(1)).toEqual(['0']);
  const tags = '10,113,21,3,61,72,50,43,11,112,20,2,60,73,51,42,12,111,23,1,63,70,52,41,13,110,22,0,62,71,53,40';
  expect(tagsOf(PARTITIONS_OF_CLUSTER).join()).toBe(tags);
});

test('a topic is in the same partition on every node, and topics are spread evenly', () => {
  const space = new KeySpace('vask:', PARTITIONS_OF_CLUSTER);
  expect(['1001/chat', '1001/@/7', '@'].map((topic) => space.partitionOf(topic))).toEqual([25, 1, 20]);
  const topics = Array.from({ length: 32_000 }, (_, index) => `1001/room-${index}`);
  const sizes = new Map<number, number>();
  for (const topic of topics) {
    const partition = space.partitionOf(topic);
    sizes.set(partition, (sizes.get(partition) ?? 0) + 1);
  }
  expect([...sizes.keys()].sort((one, other) => one - other)).toEqual([...Array(PARTITIONS_OF_CLUSTER).keys()]);
  for (const size of sizes.values()) expect(Math.abs(size - 1_000)).toBeLessThan(200);
});

test('a single server has one partition', () => {
  const space = new KeySpace('vask:', 1);
  expect(space.partitions).toBe(1);
  expect(space.partitionOf('1001/chat')).toBe(0);
});

test('a key has the prefix, the tag of its partition and its name', () => {
  const space = new KeySpace('vask:', 1);
  expect(space.key(0, 'nodes')).toBe('vask:{0}:nodes');
  expect(() => space.key(1, 'nodes')).toThrow(RangeError);
});

test('two databases of one server have no name in common, since channels are the same in all of them', () => {
  const keyIn = (database: number): string => keySpaceOf({ kind: 'single', database }, 'vask:').key(0, 't:1001/chat');
  expect([0, 1, 12].map(keyIn)).toEqual(['vask:{0}:t:1001/chat', 'vask:1:{0}:t:1001/chat', 'vask:12:{0}:t:1001/chat']);
  expect(keySpaceOf({ kind: 'cluster', database: 0 }, 'vask:').partitions).toBe(PARTITIONS_OF_CLUSTER);
});
