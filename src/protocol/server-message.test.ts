import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { anyText, holds, jsonValue } from '../../test/support/generators.ts';
import type { ChannelName, SocketId, UserId } from './ids.ts';
import * as server from './server-message.ts';

const channel = (text: string) => text as ChannelName;
const user = (text: string) => text as UserId;

interface Frame {
  readonly event: string;
  readonly channel?: string;
  readonly data: string;
}
const parse = (frame: string) => JSON.parse(frame) as Frame;
const dataOf = (frame: string): unknown => JSON.parse(parse(frame).data);

describe('exact frames', () => {
  test.each([
    [
      '[P-2.3] connection_established',
      server.connectionEstablished('123.456' as SocketId, 120),
      '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"123.456\\",\\"activity_timeout\\":120}"}',
    ],
    ['[P-2.11] pong', server.pong, '{"event":"pusher:pong","data":"{}"}'],
    [
      '[P-4.3] subscription_succeeded',
      server.subscriptionSucceeded(channel('x')),
      '{"event":"pusher_internal:subscription_succeeded","channel":"x","data":"{}"}',
    ],
    [
      '[P-4.13] member_added',
      server.memberAdded(channel('presence-x'), { userId: user('3'), info: '{"name":"A"}' }),
      '{"event":"pusher_internal:member_added","channel":"presence-x","data":"{\\"user_id\\":\\"3\\",\\"user_info\\":{\\"name\\":\\"A\\"}}"}',
    ],
    [
      '[P-4.13] member_removed',
      server.memberRemoved(channel('presence-x'), user('3')),
      '{"event":"pusher_internal:member_removed","channel":"presence-x","data":"{\\"user_id\\":\\"3\\"}"}',
    ],
    [
      '[P-4.16] subscription_count',
      server.subscriptionCount(channel('x'), 3),
      '{"event":"pusher_internal:subscription_count","channel":"x","data":"{\\"subscription_count\\":3}"}',
    ],
    [
      '[P-4.19] cache_miss',
      server.cacheMiss(channel('cache-x')),
      '{"event":"pusher:cache_miss","channel":"cache-x","data":"{}"}',
    ],
    [
      '[P-6.1] signin_success',
      server.signInSuccess('{"id":"7"}'),
      '{"event":"pusher:signin_success","data":"{\\"user_data\\":\\"{\\\\\\"id\\\\\\":\\\\\\"7\\\\\\"}\\"}"}',
    ],
    [
      '[P-6.3] watchlist_events',
      server.watchlistEvents([user('8')], [user('9')]),
      '{"event":"pusher_internal:watchlist_events","data":"{\\"events\\":[{\\"name\\":\\"online\\",\\"user_ids\\":[\\"8\\"]},{\\"name\\":\\"offline\\",\\"user_ids\\":[\\"9\\"]}]}"}',
    ],
    [
      '[P-3.3] error with a code',
      server.error(4301, 'no "more"'),
      '{"event":"pusher:error","data":{"code":4301,"message":"no \\"more\\""}}',
    ],
    [
      '[P-3.3] error without a code',
      server.error(null, 'no'),
      '{"event":"pusher:error","data":{"code":null,"message":"no"}}',
    ],
    [
      '[P-4.8] subscription_error',
      server.subscriptionError('private-x', 'no', 401),
      '{"event":"pusher:subscription_error","channel":"private-x","data":"{\\"type\\":\\"AuthError\\",\\"error\\":\\"no\\",\\"status\\":401}"}',
    ],
    [
      '[H-5.2] an event of the backend',
      server.event(channel('x'), { name: 'e', data: '{"a":1}' }),
      '{"event":"e","channel":"x","data":"{\\"a\\":1}"}',
    ],
    [
      '[P-7.4] a client event with an object',
      server.clientEvent(channel('private-x'), 'client-e', '{ "a" : 1.0 }', null),
      '{"event":"client-e","channel":"private-x","data":{ "a" : 1.0 }}',
    ],
    [
      '[P-7.5] a client event with a string, on a presence channel',
      server.clientEvent(channel('presence-x'), 'client-e', '"text"', user('3')),
      '{"event":"client-e","channel":"presence-x","data":"text","user_id":"3"}',
    ],
  ])('%s', (_, frame, expected) => {
    expect(frame).toBe(expected);
    expect(typeof parse(frame).event).toBe('string');
  });
});

describe('rosters', () => {
  test('[P-4.11] every id is in the hash, and data holds JSON once', () => {
    const members = [
      { userId: user('1'), info: '{"name":"A"}' },
      { userId: user('2'), info: '{}' },
    ];
    expect(dataOf(server.presenceSucceeded(channel('presence-x'), members))).toEqual({
      presence: { ids: ['1', '2'], hash: { '1': { name: 'A' }, '2': {} }, count: 2 },
    });
  });

  test('[P-4.11] any ids and infos arrive as they are', () => {
    const infos = jsonValue(['name']).map((value) => JSON.stringify(value));
    const members = fc.uniqueArray(fc.record({ userId: anyText.map(user), info: infos }), {
      selector: ({ userId }) => userId,
    });
    holds(
      fc.property(members, (roster) => {
        const { presence } = dataOf(server.presenceSucceeded(channel('presence-x'), roster)) as {
          presence: { ids: string[]; hash: Record<string, unknown>; count: number };
        };
        expect<string[]>(presence.ids).toEqual(roster.map(({ userId }) => userId));
        expect(presence.count).toBe(roster.length);
        for (const { userId, info } of roster) {
          expect(Object.hasOwn(presence.hash, userId)).toBe(true);
          expect(JSON.stringify(presence.hash[userId])).toBe(JSON.stringify(JSON.parse(info)));
        }
      }),
    );
  });
});

describe('any text', () => {
  test('[P-3.1] arrives in data as the string that was published', () => {
    holds(
      fc.property(anyText, anyText, (name, data) => {
        const frame = server.event(channel('x'), { name, data });
        expect(JSON.parse(frame)).toEqual({ event: name, channel: 'x', data });
        expect(server.eventFrames({ name, data })(channel('x'))).toBe(frame);
      }),
    );
  });

  test('[P-3.1] arrives in the frames that name a user or a message', () => {
    holds(
      fc.property(anyText, (text) => {
        const name = channel('presence-x');
        const member = { userId: user(text), info: '[]' };
        expect(dataOf(server.memberAdded(name, member))).toEqual({ user_id: text, user_info: [] });
        expect(dataOf(server.memberRemoved(name, user(text)))).toEqual({ user_id: text });
        expect(dataOf(server.signInSuccess(text))).toEqual({ user_data: text });
        expect(dataOf(server.watchlistEvents([user(text)], []))).toEqual({
          events: [{ name: 'online', user_ids: [text] }],
        });
        expect(JSON.parse(server.clientEvent(name, text, '1', user(text)))).toMatchObject({
          event: text,
          user_id: text,
        });
        expect(JSON.parse(server.error(null, text))).toEqual({
          event: 'pusher:error',
          data: { code: null, message: text },
        });
        expect(parse(server.subscriptionError(text, text, 401)).channel).toBe(text);
      }),
    );
  });

  test('[P-6.2] may be the id in the channel of a user', () => {
    holds(
      fc.property(anyText, (text) => {
        const name = channel(`#server-to-user-${text}`);
        const published = { name: 'e', data: 'd' };
        expect(parse(server.event(name, published)).channel).toBe(name);
        expect(parse(server.eventFrames(published)(name)).channel).toBe(name);
        expect(parse(server.subscriptionSucceeded(name)).channel).toBe(name);
      }),
    );
  });
});

test('[P-6.3] only changes that have happened are told', () => {
  expect(dataOf(server.watchlistEvents([], [user('9')]))).toEqual({ events: [{ name: 'offline', user_ids: ['9'] }] });
});
