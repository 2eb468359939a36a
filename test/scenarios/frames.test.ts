// Chapter P-3 of docs/protocol.md: what a frame looks like, and what becomes of one that is wrong.
import { describe, expect, test } from 'bun:test';
import { messageBytes } from '../../src/core/limits.ts';
import { closeFaults, frameFaults } from '../../src/protocol/faults.ts';
import { refused, succeeded, succeededWith } from '../support/expected.ts';
import { deeplyNested } from '../support/generators.ts';
import { createWorld, type FakeClient } from '../support/world.ts';

/** Every frame that a client can get, at least once. */
function longConversation(): FakeClient {
  const world = createWorld({ app: { subscriptionCount: true, subscriptionErrors: true } });
  const alice = world.knock();
  const bob = world.client();
  alice.signIn({ id: 'alice', watchlist: ['bob'] });
  alice.subscribe('news');
  alice.subscribe('cache-news');
  alice.subscribe('presence-room', { user_id: 'alice' });
  bob.subscribe('presence-room', { user_id: 'bob' });
  bob.signIn({ id: 'bob' });
  world.publish('news', 'text', 'not JSON');
  world.publish('#server-to-user-alice', 'personal', '{"a":1}');
  bob.say({ event: 'client-typing', channel: 'presence-room', data: { a: 1 } });
  bob.hangUp();
  alice.say({ event: 'pusher:ping' });
  alice.subscribe('news');
  return alice;
}

describe('frames from the server', () => {
  test('[P-3.1] data is a string, but in errors and client events', () => {
    const frames = longConversation().texts.map((text) => JSON.parse(text) as { event: string; data: unknown });
    for (const { event, data } of frames) {
      const isObject = event === 'pusher:error' || event.startsWith('client-');
      expect([event, typeof data]).toEqual([event, isObject ? 'object' : 'string']);
    }
    expect(new Set(frames.map(({ event }) => event))).toEqual(
      new Set([
        'pusher:connection_established',
        'pusher:signin_success',
        'pusher_internal:watchlist_events',
        'pusher_internal:subscription_succeeded',
        'pusher_internal:subscription_count',
        'pusher:cache_miss',
        'pusher_internal:member_added',
        'pusher_internal:member_removed',
        'text',
        'personal',
        'client-typing',
        'pusher:pong',
        'pusher:error',
        'pusher:subscription_error',
      ]),
    );
  });

  test('[P-3.1] data that the server makes is JSON', () => {
    for (const text of longConversation().texts) {
      const { event, data } = JSON.parse(text) as { event: string; data: unknown };
      if (typeof data === 'string' && event.startsWith('pusher')) JSON.parse(data);
    }
  });
});

describe('frames from a client', () => {
  test('[P-3.2] the data of a command may be an object or a string that holds one', () => {
    const alice = createWorld().client();
    alice.say({ event: 'pusher:subscribe', data: { channel: 'one' } });
    alice.say({ event: 'pusher:subscribe', data: '{"channel":"two"}' });
    expect(alice.next()).toEqual([succeeded('one'), succeeded('two')]);
    alice.say({ event: 'pusher:unsubscribe', data: '{"channel":"two"}' });
    alice.subscribe('two');
    expect(alice.next()).toEqual([succeeded('two')]);
  });

  test('[P-3.3] a refused command is answered with code and message, and the connection stays', () => {
    const alice = createWorld().client();
    alice.sayText('nonsense');
    alice.say({ event: 'client-x', channel: 'private-room', data: 1 });
    expect(alice.texts.slice(1)).toEqual([
      '{"event":"pusher:error","data":{"code":null,"message":"Invalid JSON in message"}}',
      '{"event":"pusher:error","data":{"code":4009,"message":"No current subscription to channel private-room, or subscription in progress"}}',
    ]);
    expect(alice.closed).toBeNull();
  });

  test.each([
    ['binary', null, refused(frameFaults.binary)],
    ['not JSON', '{', refused(frameFaults.badJson)],
    ['an array', '[]', refused(frameFaults.badJson)],
    ['a string', '"pusher:ping"', refused(frameFaults.badJson)],
    ['nested too deeply', deeplyNested(10_000), refused(frameFaults.badJson)],
    ['without an event', '{"data":{}}', refused(frameFaults.noEvent)],
    ['with a number as event', '{"event":1}', refused(frameFaults.noEvent)],
    [
      'with an array as data',
      '{"event":"pusher:subscribe","data":[]}',
      refused(frameFaults.badData, { event: 'pusher:subscribe', reason: 'data must be an object' }),
    ],
  ])('[P-3.4] a message that is %s is refused, and the connection stays', (_, text, expected) => {
    const alice = createWorld().client();
    alice.sayText(text);
    expect(alice.next()).toEqual([expected]);
    alice.say({ event: 'pusher:ping' });
    expect(alice.nextEvents()).toEqual(['pusher:pong']);
  });

  test('[P-3.5] a message beyond the bound is answered with an error and closed with 1009', () => {
    const world = createWorld();
    const limit = messageBytes(world.app.limits);
    const message = (bytes: number): string => '{"event":"pusher:ping","data":"'.padEnd(bytes - 2, 'x').concat('"}');
    const alice = world.client();
    alice.sayText(message(limit));
    expect(alice.nextEvents()).toEqual(['pusher:pong']);
    alice.sayText(message(limit + 1));
    expect(alice.next()).toEqual([refused(closeFaults.messageTooLarge, { limit })]);
    expect(alice.closed).toEqual({ code: 1009, reason: `Message too large (at most ${limit} bytes)` });
  });

  test('[P-3.5] the bound counts bytes, not characters', () => {
    const world = createWorld();
    const alice = world.client();
    const characters = Math.ceil(messageBytes(world.app.limits) / 2);
    alice.sayText(`{"event":"pusher:ping","data":"${'ü'.repeat(characters)}"}`);
    expect(alice.closed?.code).toBe(1009);
  });

  test.each(['', 'news', 'pusher:', 'pusher:Ping', 'pusher_internal:member_added', 'client', 'Client-x'])(
    '[P-3.6] the event %p is refused',
    (event) => {
      const alice = createWorld().client();
      alice.say({ event, channel: 'private-room', data: {} });
      expect(alice.next()).toEqual([refused(frameFaults.unsupportedEvent, { event })]);
    },
  );

  test('[P-3.7] commands take effect in order, and so do their answers', () => {
    const world = createWorld();
    const alice = world.client();
    alice.subscribe('presence-room', { user_id: 'alice' });
    alice.say({ event: 'pusher:ping' });
    alice.subscribe('presence-room', { user_id: 'alice' });
    alice.unsubscribe('presence-room');
    alice.subscribe('presence-room', { user_id: 'other' });
    expect(alice.next()).toEqual([
      succeededWith('presence-room', { alice: {} }),
      { event: 'pusher:pong', data: {} },
      refused(frameFaults.existingSubscription, { channel: 'presence-room' }),
      succeededWith('presence-room', { other: {} }),
    ]);
    world.publish('presence-room', 'hello', '1');
    expect(alice.nextEvents()).toEqual(['hello']);
  });
});
