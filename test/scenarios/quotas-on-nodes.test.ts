// Chapter P-2 of docs/protocol.md, connection quotas, on several nodes: each knows what all of them have.
import { describe, expect, test } from 'bun:test';
import type { AppId } from '../../src/protocol/ids.ts';
import { appTopicOf } from '../../src/protocol/topics.ts';
import { APP_ID, type TestApp } from '../support/credentials.ts';
import { FaultyWorld } from '../support/faulty-world.ts';
import { createWorld, type FakeClient, type World } from '../support/world.ts';

const OVER_QUOTA = { code: 4004, reason: 'Account over quota' };
const OTHER: TestApp = { id: '1002' as AppId, keys: [{ key: 'other', secret: 'hush' }] };
const NONE = { connections: 0, connectionGraceSeconds: 0, broadcastsPerMonth: 0 };

const isIn = (client: FakeClient): boolean => client.connection !== null;

function knockAt({ nodes }: World, index: number, key?: string): FakeClient {
  return (nodes[index] ?? nodes[0]).knock(key === undefined ? {} : { key });
}

describe('the quota of an app', () => {
  test('[P-2.9] holds for all nodes together', () => {
    const world = createWorld({ app: { limits: { connections: 3 } }, nodes: 3 });
    const clients = [0, 1, 2].map((index) => knockAt(world, index));
    expect(clients.map(isIn)).toEqual([true, true, true]);
    expect([0, 1, 2].map((index) => knockAt(world, index).closed)).toEqual([OVER_QUOTA, OVER_QUOTA, OVER_QUOTA]);
    clients[1]?.hangUp();
    expect([isIn(knockAt(world, 2)), isIn(knockAt(world, 0))]).toEqual([true, false]);
  });

  test('[P-2.9] is known to a node that joins later, before its first client comes', () => {
    const world = createWorld({ app: { limits: { connections: 2 } }, nodes: 2 });
    expect([0, 1].map((index) => isIn(knockAt(world, index)))).toEqual([true, true]);
    const late = world.join();
    expect(late.knock().closed).toEqual(OVER_QUOTA);
  });

  test('[P-2.9] is free again when a node has withdrawn', () => {
    const world = createWorld({ app: { limits: { connections: 2 } }, nodes: 3 });
    expect([1, 1].map((index) => isIn(knockAt(world, index)))).toEqual([true, true]);
    expect(isIn(knockAt(world, 0))).toBe(false);
    world.nodes[1]?.engine.cluster.liveness.withdraw();
    expect([0, 2, 0].map((index) => isIn(knockAt(world, index)))).toEqual([true, true, false]);
  });

  test('[P-2.16] the grace begins at the node where the number is exceeded', () => {
    const world = createWorld({ app: { limits: { connections: 2, connectionGraceSeconds: 60 } }, nodes: 3 });
    expect([0, 1, 2].map((index) => isIn(knockAt(world, index)))).toEqual([true, true, true]);
    world.clock.advance(60_000);
    expect(isIn(knockAt(world, 2))).toBe(false);
  });

  test('[P-9.2] a node that has been away learns how many there are by now, though it has none itself', async () => {
    const faulty = new FaultyWorld({ app: { limits: { connections: 2 } } });
    await faulty.heal();
    const clients = [faulty.client(1), faulty.client(1)];
    await faulty.calm();
    await faulty.cut(0);
    for (const client of clients) client.hangUp();
    await faulty.calm();
    const refused = faulty.at(0).node.knock();
    await faulty.calm();
    expect(isIn(refused)).toBe(false);
    await faulty.heal();
    const admitted = faulty.at(0).node.knock();
    await faulty.calm();
    expect(isIn(admitted)).toBe(true);
  });
});

describe('the quota of an owner', () => {
  test('[P-2.17] holds for all apps on all nodes', () => {
    const owner = { id: 'anna', quotas: { ...NONE, connections: 3 } };
    const world = createWorld({ apps: [{}, OTHER], nodes: 3, owner });
    const alice = knockAt(world, 0);
    expect([isIn(alice), isIn(knockAt(world, 1, 'other')), isIn(knockAt(world, 2))]).toEqual([true, true, true]);
    expect([0, 1, 2].map((index) => knockAt(world, index, 'other').closed)).toEqual([
      OVER_QUOTA,
      OVER_QUOTA,
      OVER_QUOTA,
    ]);
    alice.hangUp();
    expect(isIn(knockAt(world, 1))).toBe(true);
  });

  test('[P-2.17] is known to a node that joins later', () => {
    const owner = { id: 'anna', quotas: { ...NONE, connections: 2 } };
    const world = createWorld({ apps: [{}, OTHER], nodes: 2, owner });
    expect([isIn(knockAt(world, 0)), isIn(knockAt(world, 1, 'other'))]).toEqual([true, true]);
    const late = world.join();
    expect([late.knock().closed, late.knock({ key: 'other' }).closed]).toEqual([OVER_QUOTA, OVER_QUOTA]);
  });

  test('[P-2.17] an app that changes hands takes along the connections that it has elsewhere', () => {
    const world = createWorld({ nodes: 2, owner: { id: 'anna', quotas: NONE } });
    for (const index of [0, 1, 1]) knockAt(world, index);
    world.change({}, 'bert');
    expect(
      world.nodes.map(({ engine: { owners } }) => [owners.get('anna')?.connections, owners.get('bert')?.connections]),
    ).toEqual([
      [0, 3],
      [0, 3],
    ]);
  });
});

describe('what concerns an app as a whole', () => {
  const listensTo = (faulty: FaultyWorld): boolean[] =>
    [0, 1].map((index) => faulty.at(index).way.listensTo.includes(appTopicOf(APP_ID as AppId)));

  test('[P-2.9] is heard from the first connection on', async () => {
    const faulty = new FaultyWorld();
    await faulty.heal();
    expect(listensTo(faulty)).toEqual([false, false]);
    faulty.client(1);
    await faulty.heal();
    expect(listensTo(faulty)).toEqual([false, true]);
  });

  test('[P-2.9] an answer that is older than what was heard meanwhile does not count', async () => {
    const faulty = new FaultyWorld();
    const [alice] = [faulty.client(0)];
    await faulty.calm();
    faulty.client(1);
    // The number is told, the topic is listened to, and the question is asked.
    await faulty.carryOut(1, 2);
    await faulty.answer(1, 1);
    await faulty.carryOut(1, 1);
    alice?.hangUp();
    await faulty.carryOut(0, 1);
    faulty.at(1).way.hear(0);
    await faulty.heal();
    expect(faulty.at(1).node.engine.spaces.get(faulty.world.app.id)?.connectionsElsewhere).toBe(0);
  });
});
