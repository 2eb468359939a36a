// The cluster on Redis keeps the contract, on each arrangement of servers. They are real and are started here.
import { afterAll, beforeAll, describe } from 'bun:test';
import type { Cluster } from '../../src/engine/ports.ts';
import { KeySpace, PARTITIONS_OF_CLUSTER } from '../../src/redis/partitions.ts';
import { channelsTogether, ledgerNode, Settling } from '../support/ledger-nodes.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startSentinel } from '../support/redis-sentinel.ts';
import { clusterContract } from './cluster.ts';
import { APP, type ContractCluster } from './stage.ts';

interface Place {
  readonly url: string;
  readonly partitions: number;
  readonly servers: readonly { command(...args: readonly string[]): Promise<unknown> }[];
  stop(): Promise<void>;
}

/** Time passes for whatever has an end. */
const PASS = `#!lua flags=allow-cross-slot-keys
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 and left <= tonumber(ARGV[2]) then redis.call('DEL', key) end
  if left > tonumber(ARGV[2]) then redis.call('PEXPIRE', key, left - ARGV[2]) end
end`;

let clusters = 0;

function newCluster(place: Place): ContractCluster {
  clusters += 1;
  const prefix = `contract-${clusters}:`;
  const handles = ['a', 'b', 'c'].map((name) => ledgerNode({ url: place.url, prefix, name }));
  const settling = new Settling(
    handles.map(({ cluster }) => cluster),
    prefix,
    place.partitions,
  );
  const keys = new KeySpace(prefix, place.partitions);
  return {
    nodes: settling.nodes as readonly Cluster[] as ContractCluster['nodes'],
    settled: () => settling.settled(),
    async pass(milliseconds) {
      for (const server of place.servers) await server.command('EVAL', PASS, '0', prefix, String(milliseconds));
    },
    async close() {
      await Promise.all(handles.map((handle) => handle.stop()));
    },
    shares: place.partitions,
    together: (channels) => channelsTogether(keys, APP, channels),
  };
}

function contractOn(name: string, start: () => Promise<Place>): void {
  describe.skipIf(redisDirectory() === null)(name, () => {
    let place: Place | null = null;
    beforeAll(async () => {
      place = await start();
    }, 30_000);
    afterAll(async () => await place?.stop());
    clusterContract(name, () => {
      if (place === null) throw new Error('There is no server before the first test.');
      return newCluster(place);
    });
  });
}

contractOn('Redis', async () => {
  const server = await startRedis();
  return { url: server.url, partitions: 1, servers: [server], stop: () => server.stop() };
});

contractOn('Redis with sentinels', async () => {
  const { url, master, stop } = await startSentinel();
  return { url, partitions: 1, servers: [master], stop };
});

contractOn('Redis Cluster', async () => {
  const { url, servers, stop } = await startRedisCluster();
  return { url, partitions: PARTITIONS_OF_CLUSTER, servers, stop };
});
