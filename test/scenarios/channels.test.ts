// Chapter P-4 of docs/protocol.md, all kinds of channels: who gets in, what it is answered, and what it hears.
import { describe, expect, test } from 'bun:test';
import { frameFaults } from '../../src/protocol/faults.ts';
import { channelAuth, KEY } from '../support/credentials.ts';
import { refused, succeeded } from '../support/expected.ts';
import { createWorld } from '../support/world.ts';

const MEMBER = { user_id: 'alice' };

describe('kinds', () => {
  // prefix, then: signature, members, cache, client events.
  const KINDS = [
    ['', false, false, false, false],
    ['private-', true, false, false, true],
    ['presence-', true, true, false, true],
    ['private-encrypted-', true, false, false, false],
    ['cache-', false, false, true, false],
    ['private-cache-', true, false, true, true],
    ['private-encrypted-cache-', true, false, true, false],
    ['presence-cache-', true, true, true, true],
  ] as const;

  test.each(KINDS)('[P-4.1] "%s" decides over signature (%p)', (prefix, needsSignature) => {
    const alice = createWorld().client();
    alice.say({ event: 'pusher:subscribe', data: { channel: `${prefix}x`, channel_data: '{"user_id":"alice"}' } });
    expect(alice.nextEvents()[0]).toBe(needsSignature ? 'pusher:error' : 'pusher_internal:subscription_succeeded');
  });

  test.each(KINDS)('[P-4.1] "%s" decides over members and cache', (prefix, _, hasMembers, hasCache) => {
    const alice = createWorld().client();
    alice.subscribe(`${prefix}x`, hasMembers ? MEMBER : undefined);
    const [first, second] = alice.next();
    expect(first?.data).toEqual(hasMembers ? { presence: { ids: ['alice'], hash: { alice: {} }, count: 1 } } : {});
    expect(second?.event).toBe(hasCache ? 'pusher:cache_miss' : undefined);
  });

  test.each(KINDS)('[P-4.1] "%s" decides over client events', (prefix, _s, hasMembers, _c, takesEvents) => {
    const world = createWorld();
    const [alice, bob] = [world.client(), world.client()];
    for (const each of [alice, bob]) each.subscribe(`${prefix}x`, hasMembers ? MEMBER : undefined);
    bob.next();
    alice.say({ event: 'client-x', channel: `${prefix}x`, data: {} });
    expect(bob.nextEvents()).toEqual(takesEvents ? ['client-x'] : []);
  });

  test('[P-4.1] a channel of a user needs a sign-in and takes no client events', () => {
    const alice = createWorld().client();
    alice.subscribe('#server-to-user-alice');
    expect(alice.nextEvents()).toEqual(['pusher:error']);
    alice.signIn({ id: 'alice' });
    alice.subscribe('#server-to-user-alice');
    alice.next();
    alice.say({ event: 'client-x', channel: '#server-to-user-alice', data: {} });
    expect(alice.nextEvents()).toEqual(['pusher:error']);
  });
});

describe('names', () => {
  test.each(['a', 'A-Z_a=z@0,9.;', 'x'.repeat(200)])('[P-4.2] %s is taken', (channel) => {
    const alice = createWorld().client();
    alice.subscribe(channel);
    expect(alice.next()).toEqual([succeeded(channel)]);
  });

  test.each(['', 'a b', 'a/b', 'ä', 'a"b', 'a\n', 'x'.repeat(201)])('[P-4.2] %j is refused', (channel) => {
    const alice = createWorld().client();
    alice.subscribe(channel);
    expect(alice.next()).toEqual([refused(frameFaults.badChannelName, { channel })]);
  });

  test('[P-4.2] the id in the name of a user may have any character', () => {
    const alice = createWorld().client();
    alice.signIn({ id: 'ü "?/' });
    alice.next();
    alice.subscribe('#server-to-user-ü "?/');
    expect(alice.next()).toEqual([succeeded('#server-to-user-ü "?/')]);
  });
});

describe('subscribing', () => {
  test.each(['news', 'private-room', 'private-encrypted-room'])(
    '[P-4.3] %s is answered with data that is exactly "{}"',
    (channel) => {
      const alice = createWorld().client();
      alice.subscribe(channel);
      expect(alice.texts.slice(1)).toEqual([
        `{"event":"pusher_internal:subscription_succeeded","channel":"${channel}","data":"{}"}`,
      ]);
    },
  );

  test('[P-4.3] on a public channel auth is not looked at', () => {
    const alice = createWorld().client();
    alice.say({ event: 'pusher:subscribe', data: { channel: 'news', auth: 'nonsense' } });
    expect(alice.next()).toEqual([succeeded('news')]);
  });

  const CHANNEL = 'private-room';
  const right = '0'.repeat(64);
  test.each([
    [undefined, refused(frameFaults.authMissing, { channel: CHANNEL })],
    ['', refused(frameFaults.authMissing, { channel: CHANNEL })],
    [null, refused(frameFaults.authMissing, { channel: CHANNEL })],
    ['nonsense', refused(frameFaults.authMalformed)],
    [':x', refused(frameFaults.authMalformed)],
    [`${KEY}:`, refused(frameFaults.authMalformed)],
    [`other:${right}`, refused(frameFaults.authWrongKey, { key: 'other' })],
    [`__proto__:${right}`, refused(frameFaults.authWrongKey, { key: '__proto__' })],
  ])('[P-4.4] the auth %p is refused', (auth, expected) => {
    const alice = createWorld().client();
    alice.say({ event: 'pusher:subscribe', data: { channel: CHANNEL, auth } });
    expect(alice.next()).toEqual([expected]);
  });

  test('[P-4.4] the signature of another channel, another connection or in capitals is refused', () => {
    const world = createWorld();
    const [alice, bob] = [world.client(), world.client()];
    const own = channelAuth(alice.socketId, CHANNEL);
    const wrong = [
      channelAuth(alice.socketId, 'private-other'),
      channelAuth(bob.socketId, CHANNEL),
      own.slice(0, -1),
      `${own}0`,
      KEY + own.slice(KEY.length).toUpperCase(),
    ];
    for (const auth of wrong) alice.say({ event: 'pusher:subscribe', data: { channel: CHANNEL, auth } });
    const answers = alice.next();
    expect(answers).toHaveLength(wrong.length);
    for (const { data } of answers) expect(data).toMatchObject({ code: 4009 });
    alice.say({ event: 'pusher:subscribe', data: { channel: CHANNEL, auth: own } });
    expect(alice.next()).toEqual([succeeded(CHANNEL)]);
  });

  test('[P-4.5] one subscription more than allowed is refused, and one less makes room', () => {
    const alice = createWorld({ app: { limits: { channelsPerConnection: 2 } } }).client();
    for (const channel of ['one', 'two', 'three']) alice.subscribe(channel);
    expect(alice.next()).toEqual([
      succeeded('one'),
      succeeded('two'),
      refused(frameFaults.tooManyChannels, { limit: 2 }),
    ]);
    alice.unsubscribe('one');
    alice.subscribe('three');
    expect(alice.next()).toEqual([succeeded('three')]);
  });

  test('[P-4.7] a second subscription to the same channel is refused, and the first one stays', () => {
    const world = createWorld();
    const alice = world.client();
    alice.subscribe('news');
    alice.subscribe('news');
    expect(alice.next()).toEqual([
      succeeded('news'),
      {
        event: 'pusher:error',
        data: { code: frameFaults.existingSubscription.code, message: 'Existing subscription to channel news' },
      },
    ]);
    world.publish('news', 'hello', '{}');
    expect(alice.nextEvents()).toEqual(['hello']);
    alice.unsubscribe('news');
    world.publish('news', 'hello', '{}');
    expect(alice.next()).toEqual([]);
  });

  test('[P-4.8] with subscriptionErrors on, the channel is told as well', () => {
    const alice = createWorld({ app: { subscriptionErrors: true } }).client();
    alice.say({ event: 'pusher:subscribe', data: { channel: 'private-room' } });
    alice.subscribe('a b');
    const auth = refused(frameFaults.authMissing, { channel: 'private-room' });
    const name = refused(frameFaults.badChannelName, { channel: 'a b' });
    const told = (channel: string, error: string, status: number) => ({
      event: 'pusher:subscription_error',
      channel,
      data: { type: 'AuthError', error, status },
    });
    expect(alice.next()).toEqual([
      auth,
      told('private-room', (auth.data as { message: string }).message, 401),
      name,
      told('a b', (name.data as { message: string }).message, 400),
    ]);
  });

  test('[P-4.8] without it, only the error frame comes', () => {
    const alice = createWorld().client();
    alice.say({ event: 'pusher:subscribe', data: { channel: 'private-room' } });
    expect(alice.nextEvents()).toEqual(['pusher:error']);
  });
});

describe('hearing', () => {
  test('[P-4.10] a subscriber hears nothing before subscription_succeeded, and everything after it', () => {
    const world = createWorld();
    const alice = world.client();
    world.publish('news', 'early', '{}');
    alice.subscribe('news');
    for (const name of ['one', 'two', 'three']) world.publish('news', name, '{}');
    expect(alice.nextEvents()).toEqual(['pusher_internal:subscription_succeeded', 'one', 'two', 'three']);
  });

  test('[P-4.10] who is refused hears nothing', () => {
    const world = createWorld();
    const alice = world.client();
    alice.say({ event: 'pusher:subscribe', data: { channel: 'private-room', auth: `${KEY}:x` } });
    alice.next();
    world.publish('private-room', 'secret', '{}');
    expect(alice.next()).toEqual([]);
  });

  test('[P-4.12] unsubscribing has no answer, and afterwards nothing comes', () => {
    const world = createWorld();
    const alice = world.client();
    alice.subscribe('news');
    alice.next();
    alice.unsubscribe('news');
    world.publish('news', 'hello', '{}');
    expect(alice.next()).toEqual([]);
  });

  test.each(['news', 'a b', '', '__proto__', '#server-to-user-1'])(
    '[P-4.12] unsubscribing from %p without a subscription is ignored',
    (channel) => {
      const alice = createWorld().client();
      alice.unsubscribe(channel);
      expect(alice.next()).toEqual([]);
    },
  );

  test('[P-4.20] when a connection ends, its subscriptions end', () => {
    const world = createWorld({ nodes: 1, app: { subscriptionCount: true } });
    const [alice, bob] = [world.client(), world.client()];
    for (const each of [alice, bob]) each.subscribe('news');
    alice.subscribe('presence-room', MEMBER);
    alice.subscribe('presence-other', MEMBER);
    bob.subscribe('presence-room', { user_id: 'bob' });
    bob.next();
    alice.hangUp();
    expect(bob.nextEvents()).toEqual(['pusher_internal:subscription_count', 'pusher_internal:member_removed']);
    expect([...(world.nodes[0].engine.spaces.get(world.app.id)?.channels.keys() ?? [])]).toEqual([
      'news',
      'presence-room',
    ] as never[]);
  });
});
