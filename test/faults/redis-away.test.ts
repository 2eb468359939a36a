// Redis itself stops, forgets, starts again or cannot be reached, for one node or for all, while clients are connected
// and backends publish.
import { describe, expect, test } from 'bun:test';
import type { Actor } from '../support/actor.ts';
import { type Cut, openCut } from '../support/cut.ts';
import { eventually } from '../support/eventually.ts';
import { FaultCluster } from '../support/fault-cluster.ts';
import type { Load } from '../support/load.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { expectGapless, expectUnheard, expectWhole } from '../support/truth.ts';

const ROOM = 'presence-room';
const CHANNELS = [ROOM, 'news', 'private-news'];
const BOUND_MS = 15_000;
const TIMEOUT_MS = 120_000;

interface Scene extends AsyncDisposable {
  readonly redis: Redis;
  /** Of each node to Redis. */
  readonly cables: readonly Cut[];
  readonly cluster: FaultCluster;
  readonly actors: readonly Actor[];
  readonly load: Load;
}

/** Three nodes with three clients each, under load. */
async function openScene(): Promise<Scene> {
  const redis = await startRedis();
  const cables = await Promise.all([0, 1, 2].map(() => openCut(redis.port)));
  const redisUrls = cables.map(({ port }) => `redis://127.0.0.1:${port}`);
  const cluster = await FaultCluster.start({ redisUrls });
  const crowds = cluster.nodes.map(({ name, port }) => {
    return cluster.crowd(
      [0, 1, 2].map((at) => `${name}-${at}`),
      CHANNELS,
      { port },
    );
  });
  const actors = (await Promise.all(crowds)).flat();
  const load = cluster.startLoad(CHANNELS);
  await load.during(500);
  return {
    redis,
    cables,
    cluster,
    actors,
    load,
    async [Symbol.asyncDispose]() {
      redis.resume();
      await cluster[Symbol.asyncDispose]();
      await Promise.all(cables.map((cable) => cable.close()));
      await redis.stop();
    },
  };
}

/** All nodes serve again, nobody has lost a socket, and all is as it should be. */
async function expectMended({ cluster, redis, actors, load }: Scene): Promise<void> {
  const sinceMs = performance.now();
  await Promise.all(cluster.nodes.map((node) => node.ready()));
  const tookMs = performance.now() - sinceMs;
  console.log(`all nodes ready after ${Math.round(tookMs)} ms`);
  expect(tookMs).toBeLessThan(BOUND_MS);
  await load.during(500);
  await load.end();
  console.log(load.report);
  for (const actor of actors) expect([actor.id, actor.losses]).toEqual([actor.id, 0]);
  await expectWhole(cluster, [redis]);
}

/** Somebody new is in the room for everybody, and gone for everybody: nobody was told so before. */
async function expectNews({ cluster, actors }: Scene, id: string): Promise<void> {
  const newcomer = await cluster.actor(id);
  await newcomer.join(ROOM);
  await eventually(
    'the news of a newcomer',
    async () => actors.every((actor) => actor.seat(ROOM).roster.has(id)) || null,
  );
  newcomer.hangUp();
  await eventually(
    'the news that he left',
    async () => actors.every((actor) => !actor.seat(ROOM).roster.has(id)) || null,
  );
  for (const actor of actors) {
    const news = actor.seat(ROOM).news.filter((each) => each.id === id);
    expect([actor.id, ...news.map(({ what }) => what)]).toEqual([actor.id, 'added', 'removed']);
  }
}

describe.skipIf(redisDirectory() === null)('the cluster', () => {
  test(
    'goes on without a node that is cut off from Redis, which says so and comes back with its clients',
    async () => {
      await using scene = await openScene();
      const { cluster, cables, actors, load } = scene;
      const [others, cutOff] = [actors.slice(3), actors.slice(0, 3)];
      const cutMs = performance.now();
      await cables[0]?.cut();
      await eventually(
        'a node that is not ready',
        async () => (await cluster.node(0).readiness()).status === 503 || null,
      );
      console.log(`/ready: ${(await cluster.node(0).readiness()).text.trim()}`);
      expect(await cluster.publish(0, ['news'], 'n', { n: -1 })).toBe(503);
      await eventually('the news that they are gone', async () => {
        return others.every((actor) => cutOff.every(({ id }) => !actor.seat(ROOM).roster.has(id))) || null;
      });
      console.log(`members of a node that is cut off are gone after ${Math.round(performance.now() - cutMs)} ms`);
      await load.during(1_000);
      await cables[0]?.heal();
      await cluster.node(0).ready();
      await expectNews(scene, 'newcomer');
      await load.during(500);
      await load.end();
      expect(load.refused.length).toBeGreaterThan(0);
      expectUnheard(actors, [-1]);
      expectGapless(others, 'news', load);
      await expectMended(scene);
    },
    TIMEOUT_MS,
  );

  test(
    'comes through a cable of one node that holds everything for six seconds',
    async () => {
      await using scene = await openScene();
      const { cluster, cables, actors, load } = scene;
      cables[1]?.freeze();
      await load.during(6_000);
      await cables[1]?.heal();
      await cluster.node(1).ready();
      await expectNews(scene, 'newcomer');
      await load.end();
      expectGapless([...actors.slice(0, 3), ...actors.slice(6)], 'news', load);
      await expectMended(scene);
    },
    TIMEOUT_MS,
  );

  test(
    'comes through a restart of Redis, which has lost everything',
    async () => {
      await using scene = await openScene();
      await scene.redis.restart();
      await Promise.all(scene.cluster.nodes.map((node) => node.ready()));
      await expectNews(scene, 'newcomer');
      await expectMended(scene);
    },
    TIMEOUT_MS,
  );

  test(
    'comes through FLUSHALL',
    async () => {
      await using scene = await openScene();
      await scene.redis.command('FLUSHALL');
      // Before they notice, they are ready as they were.
      await scene.load.during(2_000);
      await Promise.all(scene.cluster.nodes.map((node) => node.ready()));
      await expectNews(scene, 'newcomer');
      await expectMended(scene);
    },
    TIMEOUT_MS,
  );

  test(
    'comes through four seconds in which Redis answers nobody',
    async () => {
      await using scene = await openScene();
      await scene.redis.command('CLIENT', 'PAUSE', '4000');
      await scene.load.during(4_500);
      await Promise.all(scene.cluster.nodes.map((node) => node.ready()));
      await expectNews(scene, 'newcomer');
      await expectMended(scene);
    },
    TIMEOUT_MS,
  );

  test(
    'comes through a Redis that is stopped for eight seconds',
    async () => {
      await using scene = await openScene();
      scene.redis.pause();
      await scene.load.during(8_000);
      expect(scene.load.refused.length).toBeGreaterThan(0);
      scene.redis.resume();
      await Promise.all(scene.cluster.nodes.map((node) => node.ready()));
      await expectNews(scene, 'newcomer');
      await expectMended(scene);
    },
    TIMEOUT_MS,
  );

  test(
    'refuses publishes while nobody reaches Redis, carries out none of them, and is whole afterwards',
    async () => {
      await using scene = await openScene();
      const { cluster, cables, actors, load } = scene;
      await Promise.all(cables.map((cable) => cable.cut()));
      const isAway = async (): Promise<boolean> => {
        const answers = await Promise.all(cluster.nodes.map((node) => node.readiness()));
        return answers.every(({ status }) => status === 503);
      };
      await eventually('nodes that are not ready', async () => (await isAway()) || null);
      const refusedBefore = load.refused.length;
      // Who leaves and who comes meanwhile is told about when it is over.
      const [leaver, ...others] = actors;
      leaver?.leave(ROOM);
      const comer = await cluster.actor('comer');
      const seat = comer.ask(ROOM);
      await load.during(15_000);
      expect(seat.isSubscribed).toBe(false);
      const refused = load.refused.slice(refusedBefore);
      expect(refused.length).toBeGreaterThan(100);
      await Promise.all(cables.map((cable) => cable.heal()));
      await eventually('the one who came while it was away', async () => seat.isSubscribed || null);
      await eventually('the news of those who came and left', async () => {
        const isTold = (actor: Actor): boolean => {
          const { roster } = actor.seat(ROOM);
          return roster.has('comer') && !roster.has(leaver?.id ?? '');
        };
        return others.every(isTold) || null;
      });
      expectUnheard(actors, refused);
      await expectMended(scene);
    },
    TIMEOUT_MS,
  );
});
