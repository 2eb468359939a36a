// Chapter P-4 of docs/protocol.md, counts, on several nodes: what any of them knows all of them tell.
import { expect, test } from 'bun:test';
import { count } from '../support/expected.ts';
import { createWorld, type FakeClient, type World } from '../support/world.ts';

const NODES = 3;
const counting = (): World => createWorld({ app: { subscriptionCount: true }, nodes: NODES });

/** So many clients subscribe, at each node in turn. */
function crowd({ nodes }: World, size: number): FakeClient[] {
  return Array.from({ length: size }, (_, at) => {
    const client = (nodes[at % nodes.length] ?? nodes[0]).client();
    client.subscribe('news');
    return client;
  });
}

const oneOfEach = (clients: readonly FakeClient[]): readonly FakeClient[] => clients.slice(0, NODES);

test('[P-4.17] above a hundred on all nodes together there is one frame in five seconds, whatever the number of nodes', () => {
  const world = counting();
  const readers = oneOfEach(crowd(world, 100));
  for (const reader of readers) reader.next();
  crowd(world, 30);
  world.clock.advance(4_999);
  expect(readers.map((reader) => reader.next())).toEqual([[], [], []]);
  world.clock.advance(1);
  const told = [count('news', 130)];
  expect(readers.map((reader) => reader.next())).toEqual([told, told, told]);
});

test('[P-4.17] changes at all nodes in one stretch are told as one, and the last frame is true everywhere', () => {
  const world = counting();
  const clients = crowd(world, 150);
  const readers = oneOfEach(clients);
  world.clock.advance(60_000);
  for (const reader of readers) reader.next();
  for (let second = 0; second < 20; second++) {
    crowd(world, NODES);
    for (const client of clients.slice(NODES + second * 4, NODES + second * 4 + 4)) client.hangUp();
    world.clock.advance(1_000);
  }
  world.clock.advance(10_000);
  for (const reader of readers) {
    const frames = reader.next();
    expect(frames.length).toBeLessThanOrEqual(7);
    expect(frames.at(-1)).toEqual(count('news', 130));
  }
});

test('[P-4.16] a node that stops tells the others that its subscribers have gone', async () => {
  const world = counting();
  const [alice, bob] = crowd(world, 2);
  alice?.next();
  world.nodes[1]?.engine.cluster.liveness.withdraw();
  expect(alice?.next()).toEqual([count('news', 1)]);
  expect(bob?.closed).toBeNull();
});

test('[P-4.16] clients that are closed because their node stops are counted out at the others', () => {
  const world = counting();
  const [alice, bob] = crowd(world, 2);
  alice?.next();
  bob?.next();
  const there = world.nodes[1]?.engine;
  if (there !== undefined) there.phase = 'stopping';
  bob?.hangUp();
  expect(alice?.next()).toEqual([count('news', 1)]);
  expect(bob?.next()).toEqual([]);
});
