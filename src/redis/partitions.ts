// Where keys lie: a partition is all keys with one hash tag, so that one script may touch them on a Redis Cluster too.
import type { RedisAddress } from './address.ts';

/** Enough to spread over any cluster of some masters, and few enough to be asked one by one. */
export const PARTITIONS_OF_CLUSTER = 32;

const SLOTS = 16_384;
const CRC_POLYNOMIAL = 0x1021;

/** The slot of a hash tag, or of a key without one: CRC16 (XMODEM) of its bytes. */
export function slotOf(tag: string): number {
  let crc = 0;
  for (const byte of new TextEncoder().encode(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ CRC_POLYNOMIAL : crc << 1) & 0xffff;
  }
  return crc % SLOTS;
}

/** One tag for each equal share of the slots, in their order: each is the least number that lies there. */
export function tagsOf(partitions: number): readonly string[] {
  const tags = new Map<number, string>();
  for (let number = 0; tags.size < partitions; number += 1) {
    const share = Math.floor((slotOf(String(number)) * partitions) / SLOTS);
    if (!tags.has(share)) tags.set(share, String(number));
  }
  return [...tags].sort(([one], [other]) => one - other).map(([, tag]) => tag);
}

/** The names of keys and of Redis' own channels, the same on every node with the same prefix. */
export class KeySpace {
  readonly partitions: number;
  readonly #heads: readonly string[];

  constructor(prefix: string, partitions: number) {
    this.partitions = partitions;
    this.#heads = tagsOf(partitions).map((tag) => `${prefix}{${tag}}:`);
  }

  /** In which partition the topic has everything of its own. */
  partitionOf(topic: string): number {
    return this.partitions === 1 ? 0 : hashOf(topic) % this.partitions;
  }

  key(partition: number, name: string): string {
    const head = this.#heads[partition];
    if (head === undefined) throw new RangeError(`there is no partition ${partition}`);
    return head + name;
  }
}

export function partitionsOf({ kind }: Pick<RedisAddress, 'kind'>): number {
  return kind === 'cluster' ? PARTITIONS_OF_CLUSTER : 1;
}

/** The names of whoever has this prefix there. Channels are not divided by databases as keys are, so the names are. */
export function keySpaceOf(address: Pick<RedisAddress, 'kind' | 'database'>, prefix: string): KeySpace {
  const { database } = address;
  return new KeySpace(database === 0 ? prefix : `${prefix}${database}:`, partitionsOf(address));
}

// FNV-1a over UTF-16 units. Nodes must agree on it across versions of the runtime, which promises that of no hash.
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  // The low bits of FNV are its weakest.
  return (hash ^ (hash >>> 16)) >>> 0;
}
