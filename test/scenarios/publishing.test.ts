// What the backend publishes, asked of the engine itself (docs/http-api.md H-5 tells it to the outside).
import { expect, test } from 'bun:test';
import type { Answer } from '../../src/engine/answer.ts';
import { publish } from '../../src/engine/publish.ts';
import type { ChannelName } from '../../src/protocol/ids.ts';
import { NO_INFO } from '../../src/protocol/publish-request.ts';
import { lateWorld } from '../support/late-world.ts';
import { createWorld, type FakeClient, type World } from '../support/world.ts';

function publishTo(world: World, channels: readonly string[], except: FakeClient | null = null): Answer<void> {
  return publish(world.nodes[0].engine, world.app, {
    event: { name: 'hello "all"', data: '{"a":1}' },
    channels: channels as readonly ChannelName[],
    except: except?.connection?.socketId ?? null,
    info: NO_INFO,
  });
}

const hello = (channel: string) => ({ event: 'hello "all"', channel, data: { a: 1 } });

test('an event on several channels reaches the subscribers of each, on all nodes', () => {
  const world = createWorld({ nodes: 2 });
  const clients = world.nodes.map((node) => node.client());
  for (const client of clients) for (const channel of ['a', 'cache-b', 'c']) client.subscribe(channel);
  for (const client of clients) client.next();
  void publishTo(world, ['a', 'cache-b', 'unheard']);
  for (const client of clients) expect(client.next()).toEqual([hello('a'), hello('cache-b')]);
  const late = world.client();
  late.subscribe('cache-b');
  expect(late.next().at(-1)).toEqual(hello('cache-b'));
});

test('an event on one channel has the same frame as on several', () => {
  const world = createWorld();
  const alice = world.client();
  alice.subscribe('a');
  void publishTo(world, ['a']);
  void publishTo(world, ['a', 'b']);
  const [one, other] = alice.texts.slice(-2);
  expect(one).toBe('{"event":"hello \\"all\\"","channel":"a","data":"{\\"a\\":1}"}');
  expect(other).toBe(one ?? '');
});

test('the connection that is named as the sender does not get it, every other one does', () => {
  const world = createWorld({ nodes: 2 });
  const [alice, bob] = [world.client(), (world.nodes[1] ?? world).client()];
  for (const client of [alice, bob]) client.subscribe('a');
  for (const client of [alice, bob]) client.next();
  void publishTo(world, ['a'], bob);
  expect([alice.next().length, bob.next().length]).toEqual([1, 0]);
  bob.hangUp();
  void publishTo(world, ['a'], bob);
  expect(alice.next()).toEqual([hello('a')]);
});

test('the answer comes when the cluster has taken the event on all channels, in one step', async () => {
  const { world, late } = lateWorld();
  let isAnswered = false;
  const answered = Promise.resolve(publishTo(world, ['a', 'b', 'c'])).then(() => {
    isAnswered = true;
  });
  expect([late.waiting, isAnswered]).toEqual([1, false]);
  late.carryOut();
  await late.answer();
  await answered;
  expect(isAnswered).toBe(true);
});

test('an event that the cluster did not take is answered as a failure, and has reached none of the channels', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  for (const channel of ['a', 'b']) alice.subscribe(channel);
  await late.settle();
  alice.next();
  const answer = Promise.resolve(publishTo(world, ['a', 'b'])).then(
    () => 'taken',
    (error: unknown) => String(error),
  );
  late.isBroken = true;
  late.carryOut();
  await late.settle();
  expect(await answer).toBe('Error: The cluster is away.');
  expect(alice.next()).toEqual([]);
});
