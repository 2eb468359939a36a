// Nodes that die or stop under load: what the clients of the others see, and what is left of the dead.
import { expect, test } from 'bun:test';
import type { Actor } from '../support/actor.ts';
import { Churn } from '../support/churn.ts';
import { eventually } from '../support/eventually.ts';
import { FaultCluster } from '../support/fault-cluster.ts';
import { printedSeed, randomFrom } from '../support/random.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { expectGapless, expectWhole } from '../support/truth.ts';

const ROOM = 'presence-room';
const CHANNELS = [ROOM, 'news'];
/** Generous, for a busy machine; what it took is printed. */
const BOUND_MS = 10_000;
const TIMEOUT_MS = 120_000;

const names = (what: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${what}-${at}`);

/** Resolves when each of the witnesses was told that all of the lost are gone. @returns how long the slowest news took. */
async function allGone(witnesses: readonly Actor[], lost: readonly string[], sinceMs: number): Promise<number> {
  const told = (actor: Actor) =>
    actor.seat(ROOM).news.filter(({ what, id }) => what === 'removed' && lost.includes(id));
  await eventually('the news that all are gone', async () => {
    return witnesses.every((actor) => told(actor).length >= lost.length) || null;
  });
  for (const actor of witnesses) {
    expect(
      told(actor)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([...lost].toSorted());
  }
  return Math.max(...witnesses.flatMap((actor) => told(actor).map(({ atMs }) => atMs))) - sinceMs;
}

test.skipIf(redisDirectory() === null)(
  'the members of a node that is killed under load are gone for all others, once, and come back with it',
  async () => {
    const random = randomFrom(printedSeed());
    await using redis = await startRedis();
    await using cluster = await FaultCluster.start({ redisUrls: [redis.url] });
    const { port } = cluster.node(2);
    const witnesses = [
      ...(await cluster.crowd(names('first', 2), CHANNELS, { port: cluster.node(0).port })),
      ...(await cluster.crowd(names('second', 2), CHANNELS, { port: cluster.node(1).port })),
    ];
    const lost = await cluster.crowd(names('lost', 10), CHANNELS, { port });
    const restless = await cluster.crowd(names('restless', 4), [], { port: cluster.node(1).port });
    const load = cluster.startLoad(CHANNELS);
    const churn = new Churn(restless, [ROOM, 'news', 'presence-other'], random);
    await load.during(1_000);
    const killedMs = performance.now();
    await cluster.node(2).kill();
    const tookMs = await allGone(
      witnesses,
      lost.map(({ id }) => id),
      killedMs,
    );
    console.log(`members of a killed node gone after ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(BOUND_MS);
    await load.during(500);
    await cluster.node(2).start();
    await eventually('everybody back', async () => lost.every(({ isBack }) => isBack) || null);
    await load.during(500);
    await Promise.all([churn.end(), load.end()]);
    console.log(`${load.report}; ${churn.moves} moves`);
    expect(load.refused).toEqual([]);
    for (const actor of witnesses) expect(actor.losses).toBe(0);
    expectGapless(witnesses, 'news', load);
    await expectWhole(cluster, [redis]);
  },
  TIMEOUT_MS,
);

test.skipIf(redisDirectory() === null)(
  'a node that stops for ten seconds is fenced, and comes back with all its clients still connected',
  async () => {
    await using redis = await startRedis();
    await using cluster = await FaultCluster.start({ redisUrls: [redis.url] });
    const witnesses = await cluster.crowd(names('witness', 3), CHANNELS, { port: cluster.node(0).port });
    const frozen = await cluster.crowd(names('frozen', 10), CHANNELS, { port: cluster.node(1).port });
    const load = cluster.startLoad(CHANNELS);
    await load.during(500);
    const frozenMs = performance.now();
    cluster.node(1).freeze();
    const tookMs = await allGone(
      witnesses,
      frozen.map(({ id }) => id),
      frozenMs,
    );
    console.log(`members of a frozen node gone after ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(BOUND_MS);
    await load.during(Math.max(0, 10_000 - (performance.now() - frozenMs)));
    cluster.node(1).thaw();
    await eventually('the members back', async () => {
      return witnesses.every((actor) => frozen.every(({ id }) => actor.seat(ROOM).roster.has(id))) || null;
    });
    await load.during(500);
    await load.end();
    console.log(load.report);
    for (const actor of [...witnesses, ...frozen]) expect([actor.id, actor.losses]).toEqual([actor.id, 0]);
    expectGapless(witnesses, 'news', load);
    await expectWhole(cluster, [redis]);
  },
  TIMEOUT_MS,
);

test.skipIf(redisDirectory() === null)(
  'when all nodes are killed and started again, nothing of their first lives is left',
  async () => {
    await using redis = await startRedis();
    await using cluster = await FaultCluster.start({ redisUrls: [redis.url] });
    const actors = await cluster.crowd(names('someone', 9), CHANNELS);
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await eventually('everybody back', async () => actors.every(({ isBack }) => isBack) || null);
    await expectWhole(cluster, [redis]);
  },
  TIMEOUT_MS,
);
