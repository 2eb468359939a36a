// Another server takes the place of the Redis that there was: a replica that sentinels promote, a master of a Redis
// Cluster that comes back empty, a slot that moves.
import { describe, expect, test } from 'bun:test';
import type { Actor } from '../support/actor.ts';
import { eventually } from '../support/eventually.ts';
import { FaultCluster } from '../support/fault-cluster.ts';
import type { Load } from '../support/load.ts';
import { type Redis, redisDirectory } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { startSentinel } from '../support/redis-sentinel.ts';
import { expectWhole } from '../support/truth.ts';

const ROOMS = ['presence-one', 'presence-two', 'presence-three'];
const CHANNELS = [...ROOMS, 'news', 'private-news', 'cache-news'];
const TIMEOUT_MS = 120_000;
const BOUND_MS = 20_000;

async function enter(cluster: FaultCluster): Promise<Actor[]> {
  const crowds = cluster.nodes.map(({ name, port }) =>
    cluster.crowd(
      [0, 1, 2].map((at) => `${name}-${at}`),
      CHANNELS,
      { port },
    ),
  );
  return (await Promise.all(crowds)).flat();
}

/** All nodes serve again, every room hears who comes and goes, and nobody has lost a socket. */
async function expectMended(cluster: FaultCluster, actors: readonly Actor[], load: Load, servers: readonly Redis[]) {
  const sinceMs = performance.now();
  await Promise.all(cluster.nodes.map((node) => node.ready()));
  const tookMs = performance.now() - sinceMs;
  console.log(`all nodes ready after ${Math.round(tookMs)} ms`);
  expect(tookMs).toBeLessThan(BOUND_MS);
  const newcomer = await cluster.actor('newcomer');
  await newcomer.join(...ROOMS);
  await eventually('the news of a newcomer', async () => {
    return actors.every((actor) => ROOMS.every((room) => actor.seat(room).roster.has('newcomer'))) || null;
  });
  await load.during(500);
  await load.end();
  console.log(load.report);
  for (const actor of actors) expect([actor.id, actor.losses]).toEqual([actor.id, 0]);
  await expectWhole(cluster, servers);
}

describe.skipIf(redisDirectory() === null)('the cluster', () => {
  test(
    'comes through the death of the master, in whose place the sentinels put the replica',
    async () => {
      await using redis = await startSentinel();
      await using cluster = await FaultCluster.start({ redisUrls: [redis.url] });
      const actors = await enter(cluster);
      const load = cluster.startLoad(CHANNELS);
      await load.during(500);
      await redis.master.kill();
      await redis.promoted();
      await expectMended(cluster, actors, load, [redis.replica]);
    },
    TIMEOUT_MS,
  );

  test(
    'comes through a failover that an operator asks for, while the old master lives on',
    async () => {
      await using redis = await startSentinel();
      await using cluster = await FaultCluster.start({ redisUrls: [redis.url] });
      const actors = await enter(cluster);
      const load = cluster.startLoad(CHANNELS);
      await load.during(500);
      await redis.failover();
      await load.during(4_000);
      await expectMended(cluster, actors, load, [redis.replica]);
    },
    TIMEOUT_MS,
  );

  test(
    'comes through the death of one master of a Redis Cluster, which comes back without its keys',
    async () => {
      await using redis = await startRedisCluster();
      await using cluster = await FaultCluster.start({ redisUrls: [redis.url] });
      const actors = await enter(cluster);
      const load = cluster.startLoad(CHANNELS);
      await load.during(500);
      await redis.servers[1]?.kill();
      await load.during(3_000);
      expect(load.refused.length).toBeGreaterThan(0);
      await redis.servers[1]?.restart();
      await expectMended(cluster, actors, load, redis.servers);
    },
    TIMEOUT_MS,
  );
});
