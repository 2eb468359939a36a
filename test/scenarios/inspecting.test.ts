// What a backend may know of channels, asked of the engine itself (docs/http-api.md H-6 tells it to the outside).
import { expect, test } from 'bun:test';
import { inspectChannel, inspectChannels, inspectMembers } from '../../src/engine/inspect.ts';
import type { ChannelName } from '../../src/protocol/ids.ts';
import { type Info, NO_INFO } from '../../src/protocol/publish-request.ts';
import { createWorld } from '../support/world.ts';

const EVERYTHING: Info = { userCount: true, subscriptionCount: true, cache: true };

/** Two tabs of alice on two nodes, a subscriber of news, and a remembered event. */
function livelyWorld() {
  const world = createWorld({ nodes: 2 });
  for (const node of world.nodes) node.client().subscribe('presence-room', { user_id: 'alice' });
  world.client().subscribe('news');
  world.publish('cache-news', 'hello', '1');
  world.clock.advance(500);
  const { engine } = world.nodes[0];
  const inspect = (channel: string, info: Info) => inspectChannel(engine, world.app, channel as ChannelName, info);
  return { world, engine, inspect };
}

test('a channel tells what was asked for and applies to it', async () => {
  const { inspect } = livelyWorld();
  expect(await inspect('presence-room', NO_INFO)).toEqual({ isOccupied: true, attributes: {} });
  expect(await inspect('presence-room', EVERYTHING)).toEqual({
    isOccupied: true,
    attributes: { user_count: 1, subscription_count: 2 },
  });
  expect(await inspect('news', EVERYTHING)).toEqual({ isOccupied: true, attributes: { subscription_count: 1 } });
  expect(await inspect('empty', EVERYTHING)).toEqual({ isOccupied: false, attributes: { subscription_count: 0 } });
});

test('a cache channel tells the remembered event and the time that it has left', async () => {
  const { world, inspect } = livelyWorld();
  expect(await inspect('cache-news', { ...NO_INFO, cache: true })).toEqual({
    isOccupied: false,
    attributes: { cache: { event: 'hello', data: '1', ttl: 1_800 } },
  });
  expect(await inspect('cache-other', { ...NO_INFO, cache: true })).toMatchObject({ attributes: { cache: null } });
  expect(await inspect('cache-news', NO_INFO)).toEqual({ isOccupied: false, attributes: {} });
  world.clock.advance(1_800_000);
  expect(await inspect('cache-news', EVERYTHING)).toMatchObject({ attributes: { cache: null } });
});

test('the occupied channels are those with subscribers, and each tells what applies to it', async () => {
  const { world, engine } = livelyWorld();
  const channels = async (prefix: string, info: Info) =>
    Object.fromEntries(await inspectChannels(engine, world.app, prefix, info));
  expect(await channels('', NO_INFO)).toEqual({ 'presence-room': {}, news: {} });
  expect(await channels('presence-', EVERYTHING)).toEqual({
    'presence-room': { user_count: 1, subscription_count: 2 },
  });
});

test('a channel of a user is not among them, whoever is signed in', async () => {
  const { world, engine } = livelyWorld();
  const alice = world.client();
  alice.signIn({ id: 'alice' });
  alice.subscribe('#server-to-user-alice');
  expect([...(await inspectChannels(engine, world.app, '#', NO_INFO))]).toEqual([]);
});

test('the members are told once each', async () => {
  const { world, engine } = livelyWorld();
  expect([...(await inspectMembers(engine, world.app, 'presence-room' as ChannelName))].map(String)).toEqual(['alice']);
  expect([...(await inspectMembers(engine, world.app, 'presence-other' as ChannelName))]).toEqual([]);
});
