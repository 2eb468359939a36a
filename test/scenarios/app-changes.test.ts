// Changes of an app while its clients are connected (docs/protocol.md P-2.18).
import { expect, test } from 'bun:test';
import { changeApp, removeApp } from '../../src/engine/app-changed.ts';
import { type FrameFault, frameFaults } from '../../src/protocol/faults.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { appSettings, KEY, SECRET, testApp } from '../support/credentials.ts';
import { createWorld, type FakeClient } from '../support/world.ts';

/** The code and the beginning of the text of the error that the client was told, if any. */
function toldError(client: FakeClient): { code: number | null; message: string } | undefined {
  const told = client.next().findLast(({ event }) => event === 'pusher:error');
  return told?.data as { code: number | null; message: string } | undefined;
}

const beginning = ({ text }: FrameFault): string => text.split('{')[0] ?? '';

test('[P-2.18] the connections of a disabled app are closed with 4003 on all nodes, those of other apps stay', () => {
  const other = { id: '1002' as AppId, keys: [{ key: 'other', secret: 'hush' }] };
  const world = createWorld({ apps: [{}, other], nodes: 2 });
  const clients = world.nodes.map((node) => node.client());
  const stranger = world.knock({ key: 'other' });
  for (const client of clients) client.subscribe('presence-a', { user_id: client.socketId });
  world.change({ enabled: false });
  for (const client of clients) {
    expect(toldError(client)).toEqual({ code: 4003, message: 'Application disabled' });
    expect(client.closed).toEqual({ code: 4003, reason: 'Application disabled' });
  }
  expect(stranger.closed).toBeNull();
  expect(world.knock().closed?.code).toBe(4003);
  world.change({});
  expect(world.knock().closed).toBeNull();
});

test('[P-2.18] the connections of a removed app are closed with 4001, and nothing of it is kept', () => {
  const world = createWorld();
  const { engine } = world.nodes[0];
  const client = world.client();
  client.subscribe('private-a');
  client.signIn({ id: 'alice' });
  world.remove();
  expect(client.closed).toEqual({
    code: 4001,
    reason: `App key ${KEY} not in this cluster. Did you forget to specify the cluster?`,
  });
  expect(world.knock().closed?.code).toBe(4001);
  world.clock.advance(61_000);
  expect([engine.spaces.size, engine.connections]).toEqual([0, 0]);
});

test('[P-2.18] an app that comes back is served, also when it was removed a moment ago', () => {
  const world = createWorld();
  world.client();
  world.remove();
  world.change({});
  const client = world.client();
  world.clock.advance(61_000);
  world.publish('a', 'b', 'c');
  expect([client.closed, world.nodes[0].engine.spaces.size]).toEqual([null, 1]);
});

test('[P-2.18] whoever takes the id of a removed app finds nothing of it', () => {
  const world = createWorld({ app: { limits: { broadcastsPerMonth: 1 } } });
  const { engine } = world.nodes[0];
  world.client().subscribe('cache-news');
  world.publish('cache-news', 'secret', '1');
  engine.spaces.get(world.app.id)?.quota.spend(1, world.clock.now());
  world.remove();
  world.change({ limits: { broadcastsPerMonth: 1 } });
  const client = world.client();
  client.subscribe('cache-news');
  expect(client.nextEvents()).toEqual(['pusher_internal:subscription_succeeded', 'pusher:cache_miss']);
  expect(engine.spaces.get(world.app.id)?.quota.spent(world.clock.now())).toBe(0);
});

test('[P-2.18] switches and limits hold for the next message', () => {
  const world = createWorld();
  const client = world.client();
  client.subscribe('private-a');
  const send = (data: string): unknown => {
    client.next();
    client.say({ event: 'client-a', channel: 'private-a', data });
    return toldError(client)?.message;
  };
  expect(send('hello')).toBeUndefined();
  world.change({ limits: { eventBytes: 4 } });
  expect(send('hello')).toStartWith(beginning(frameFaults.clientEventTooLarge));
  world.change({ limits: { clientEventsPerSecond: 1 } });
  expect([send('a'), send('b')]).toEqual([undefined, expect.stringContaining('limit of 1 per second')]);
  world.change({ limits: { clientEventsPerSecond: 2 } });
  expect([send('a'), send('b')]).toEqual([undefined, undefined]);
  world.change({ clientEvents: false });
  expect(send('a')).toBe(frameFaults.clientEventsOff.text);
  world.change({ limits: { channelsPerConnection: 1 } });
  client.subscribe('b');
  expect(toldError(client)?.message).toStartWith(beginning(frameFaults.tooManyChannels));
  expect(client.closed).toBeNull();
});

test('[P-2.18] a lower number of connections closes nobody, and lets nobody in', () => {
  const world = createWorld();
  const clients = [world.client(), world.client()];
  world.change({ limits: { connections: 1 } });
  expect([...clients.map(({ closed }) => closed), world.knock().closed?.code]).toEqual([null, null, 4004]);
});

test('[P-2.18] a key that no longer counts closes no connection, and its signatures are refused', () => {
  const world = createWorld();
  const client = world.client();
  client.subscribe('private-a');
  world.change({ keys: [{ key: 'new', secret: SECRET }] });
  expect(client.closed).toBeNull();
  world.publish('private-a', 'still', '1');
  expect(client.nextEvents()).toContain('still');
  client.subscribe('private-b');
  expect(toldError(client)?.message).toStartWith(beginning(frameFaults.authWrongKey));
  expect([world.knock().closed?.code, world.knock({ key: 'new' }).closed]).toEqual([4001, null]);
});

test('[P-2.18] who need not sign in any more is not closed for not having done so', () => {
  const userAuthentication = { enabled: true, required: true, timeoutSeconds: 5 };
  const world = createWorld({ app: { userAuthentication } });
  const client = world.client();
  world.change({ userAuthentication: { ...userAuthentication, required: false } });
  world.clock.advance(10_000);
  expect(client.closed).toBeNull();
  // Whoever was let in without having to is not asked for it afterwards.
  world.change({});
  world.clock.advance(10_000);
  expect(client.closed).toBeNull();
});

test('a change of an app that nobody has asked for changes nothing', () => {
  const { engine } = createWorld().nodes[0];
  changeApp(engine, testApp({ enabled: false }));
  removeApp(engine, appSettings().id);
  expect(engine.spaces.size).toBe(0);
});
