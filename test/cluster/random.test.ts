// Three nodes on a real Redis do whatever chance says, at the same time, while their connections are cut and they die:
// afterwards the ledger says what is true, and everything that was announced has alternated.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { PARTITIONS_OF_CLUSTER } from '../../src/redis/partitions.ts';
import { eventually } from '../support/eventually.ts';
import { type Fault, type LedgerPlace, LedgerWorld, presentIn } from '../support/ledger-world.ts';
import { printedSeed, randomFrom } from '../support/random.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';

const STEPS = 600;

interface Place extends LedgerPlace {
  stop(): Promise<void>;
}

async function oneServer(): Promise<Place> {
  const server = await startRedis();
  return { url: server.url, partitions: 1, servers: [server], stop: () => server.stop() };
}

async function threeMasters(): Promise<Place> {
  const { url, servers, stop } = await startRedisCluster();
  return { url, partitions: PARTITIONS_OF_CLUSTER, servers, stop };
}

const seed = printedSeed();
let worlds = 0;

async function run(place: LedgerPlace, faults: readonly Fault[], often: number): Promise<LedgerWorld> {
  worlds += 1;
  const random = randomFrom(seed + worlds);
  const world = new LedgerWorld(place, `random-${worlds}:`, random);
  await world.start();
  for (let step = 0; step < STEPS; step += 1) {
    world.act();
    if (faults.length > 0 && random() < often) await world.suffer(world.pick(faults));
    if (faults.length > 0 && random() < often / 2) await world.whole();
    // A turn of the loop, or the time that an answer takes.
    if (random() < 0.3) await world.command('PING');
  }
  for (const node of world.nodes.values()) await node.settled();
  let differences: readonly string[] = [];
  await eventually('a ledger that says what is true', async () => {
    differences = await world.differences().catch((error: unknown) => [String(error)]);
    return differences.length === 0 ? true : null;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${differences.join('\n')}`);
  });
  for (const node of world.nodes.values()) expect(node.failures).toEqual([]);
  return world;
}

async function expectTrueNews(world: LedgerWorld): Promise<void> {
  await world.settling.settled();
  expect(world.heard()).toEqual({ slips: [], present: presentIn(world) });
  expect(await world.factSlips()).toEqual([]);
}

async function expectNothingLeft(world: LedgerWorld): Promise<void> {
  await eventually('a list without the dead', async () => {
    if (world.observer.cluster.liveness.absence !== null) return null;
    const nodes = await world.observer.cluster.liveness.nodes();
    return nodes.length === world.nodes.size + 1 ? true : null;
  });
  for (const { handle } of world.nodes.values()) await handle.cluster.liveness.withdraw();
  await world.observer.cluster.liveness.withdraw();
  expect(await world.leftovers()).toEqual([]);
}

function randomOn(name: string, start: () => Promise<Place>): void {
  describe.skipIf(redisDirectory() === null)(`nodes at random on ${name}`, () => {
    let place: Place;
    beforeAll(async () => {
      place = await start();
    }, 30_000);
    afterAll(async () => await place.stop());

    test('the ledger is right and all news alternates', async () => {
      const world = await run(place, [], 0);
      await expectTrueNews(world);
      await expectNothingLeft(world);
      await world.stop();
    }, 60_000);

    test('also while connections to Redis are cut', async () => {
      const world = await run(place, ['cut'], 0.05);
      await expectTrueNews(world);
      await expectNothingLeft(world);
      await world.stop();
    }, 60_000);

    test('also while nodes die and others come for them', async () => {
      const world = await run(place, ['cut', 'crash'], 0.04);
      await expectTrueNews(world);
      await expectNothingLeft(world);
      await world.stop();
    }, 60_000);

    test('the ledger is right again after all was lost, again and again', async () => {
      const world = await run(place, ['cut', 'crash', 'flush'], 0.03);
      await expectNothingLeft(world);
      await world.stop();
    }, 60_000);
  });
}

randomOn('Redis', oneServer);
randomOn('Redis Cluster', threeMasters);
