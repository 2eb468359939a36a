// Chapter P-1 of docs/protocol.md: apps never meet, and no client disturbs another.
import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { publish } from '../../src/engine/publish.ts';
import { terminate } from '../../src/engine/terminate.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { NO_INFO } from '../../src/protocol/publish-request.ts';
import { Signer } from '../../src/protocol/signatures.ts';
import { memberAdded, succeeded, succeededWith, watchlist } from '../support/expected.ts';
import { holds, hostileText } from '../support/generators.ts';
import { createWorld, type FakeClient, type World } from '../support/world.ts';

const OTHER = { key: 'key-of-the-other', secret: 'secret-of-the-other' };
const signer = new Signer(OTHER.secret);

/** Two apps whose clients use the same names. */
function twoApps(): World {
  return createWorld({
    apps: [{ subscriptionCount: false }, { id: '1002' as AppId, keys: [OTHER], subscriptionCount: false }],
  });
}

function otherClient(world: World): FakeClient {
  const client = world.knock({ key: OTHER.key });
  client.next();
  return client;
}

function otherSubscribe(client: FakeClient, channel: string, channelData: string): void {
  const auth = `${OTHER.key}:${signer.sign(`${client.socketId}:${channel}:${channelData}`)}`;
  client.say({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } });
}

function otherSignIn(client: FakeClient, userData: string): void {
  const auth = `${OTHER.key}:${signer.sign(`${client.socketId}::user::${userData}`)}`;
  client.say({ event: 'pusher:signin', data: { auth, user_data: userData } });
}

describe('two apps with the same names', () => {
  test('[P-1.1] events stay in their app', () => {
    const world = twoApps();
    const alice = world.client();
    const eve = otherClient(world);
    alice.subscribe('news');
    eve.subscribe('news');
    alice.next();
    eve.next();
    world.publish('news', 'hello', '{}');
    expect(alice.nextEvents()).toEqual(['hello']);
    expect(eve.next()).toEqual([]);
  });

  test('[P-1.1] cached events stay in their app', () => {
    const world = twoApps();
    world.publish('cache-news', 'hello', '{}');
    const eve = otherClient(world);
    eve.subscribe('cache-news');
    expect(eve.nextEvents()).toEqual(['pusher_internal:subscription_succeeded', 'pusher:cache_miss']);
  });

  test('[P-1.1] members stay in their app', () => {
    const world = twoApps();
    const alice = world.client();
    const eve = otherClient(world);
    alice.subscribe('presence-room', { user_id: 'alice' });
    otherSubscribe(eve, 'presence-room', '{"user_id":"eve"}');
    expect(alice.next()).toEqual([succeededWith('presence-room', { alice: {} })]);
    expect(eve.next()).toEqual([succeededWith('presence-room', { eve: {} })]);
    eve.hangUp();
    expect(alice.next()).toEqual([]);
  });

  test('[P-1.1] users stay in their app', () => {
    const world = twoApps();
    const alice = world.client();
    const eve = otherClient(world);
    alice.signIn({ id: 'alice', watchlist: ['bob'] });
    alice.next();
    otherSignIn(eve, '{"id":"bob","watchlist":["alice"]}');
    expect(alice.next()).toEqual([]);
    expect(eve.next().at(-1)).toEqual(watchlist([], ['alice']));
    void terminate(world.nodes[0].engine, world.app, 'bob' as UserId);
    expect(eve.closed).toBeNull();
  });

  test('[P-1.1] the socket id of another app excludes nobody', () => {
    const world = twoApps();
    const { engine } = world.nodes[0];
    const alice = world.client();
    const eve = otherClient(world);
    alice.subscribe('news');
    eve.subscribe('news');
    alice.next();
    const except = eve.connection?.socketId ?? null;
    const event = { name: 'hello', data: '{}' };
    void publish(engine, world.app, { event, channels: ['news' as ChannelName], except, info: NO_INFO });
    expect(alice.nextEvents()).toEqual(['hello']);
  });

  test('[P-1.1] a key of the other app opens nothing', () => {
    const world = twoApps();
    const alice = world.client();
    otherSubscribe(alice, 'presence-room', '{"user_id":"alice"}');
    expect(alice.next()).toMatchObject([{ event: 'pusher:error', data: { code: 4009 } }]);
  });
});

describe('strangers', () => {
  const NAMES = ['event', 'data', 'channel', 'auth', 'channel_data', 'user_data'];

  test('[P-1.2] whatever a client says, the others are served', () => {
    const world = createWorld();
    const alice = world.client();
    alice.subscribe('presence-room', { user_id: 'alice' });
    alice.next();
    holds(
      fc.property(fc.array(fc.oneof(hostileText(NAMES), fc.constant(null)), { maxLength: 10 }), (messages) => {
        const eve = world.client();
        for (const message of messages) eve.sayText(message);
        expect(alice.next()).toEqual([]);
        eve.hangUp();
        alice.say({ event: 'pusher:ping', data: {} });
        expect(alice.nextEvents()).toEqual(['pusher:pong']);
      }),
    );
    expect(world.happenings.filter(({ kind }) => kind === 'failed')).toEqual([]);
  });

  test('[P-1.2] names that every object inherits are names like any other', () => {
    const world = createWorld();
    const alice = world.client();
    const bob = world.client();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      alice.subscribe(name);
      expect(alice.next()).toEqual([succeeded(name)]);
    }
    alice.subscribe('presence-room', { user_id: 'alice' });
    alice.next();
    bob.subscribe('presence-room', { user_id: '__proto__' });
    expect(alice.next()).toEqual([memberAdded('presence-room', '__proto__')]);
    expect(bob.texts.at(-1)).toContain('\\"hash\\":{\\"alice\\":{},\\"__proto__\\":{}}');
  });
});
