import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { deeplyNested, holds, hostileText, jsonValue } from '../../test/support/generators.ts';
import { type HttpFault, httpFaults, isRefusal } from './faults.ts';
import type { ChannelName, SocketId } from './ids.ts';
import { decodeBatch, decodeInfo, decodePublish, NO_INFO } from './publish-request.ts';

const BOUNDS = {
  batchEvents: 10,
  channelNameLength: 200,
  channelsPerEvent: 100,
  eventBytes: 10_240,
  eventNameLength: 200,
};
const NO_QUERY = new Map<string, string>();

const channel = (text: string) => text as ChannelName;
const publish = (body: string) => decodePublish(body, NO_QUERY, BOUNDS);
const publishFields = (fields: object) => publish(JSON.stringify({ name: 'e', channel: 'x', data: 'd', ...fields }));
const batch = (...events: readonly unknown[]) => decodeBatch(JSON.stringify({ batch: events }), BOUNDS);
const faultOf = (answer: object) => (isRefusal<HttpFault>(answer) ? answer.fault : null);

describe('a request to publish', () => {
  test('[H-5.1] on several channels, with all that may be said', () => {
    const body = JSON.stringify({
      name: 'App\\Events\\OrderShipped',
      channels: ['a', 'private-b'],
      data: '{"some":"data"}',
      socket_id: '1.2',
      info: 'user_count, subscription_count',
    });
    expect(publish(body)).toEqual({
      event: { name: 'App\\Events\\OrderShipped', data: '{"some":"data"}' },
      channels: [channel('a'), channel('private-b')],
      except: '1.2' as SocketId,
      info: { userCount: true, subscriptionCount: true, cache: false },
    });
  });

  test('[H-5.1] on one channel, as PHP sends it', () => {
    expect(publish('{"name":"e","channel":"x","data":"","socket_id":null,"info":null}')).toEqual({
      event: { name: 'e', data: '' },
      channels: [channel('x')],
      except: null,
      info: NO_INFO,
    });
  });

  test('[H-5.5] a channel that is named twice counts once', () => {
    expect(publishFields({ channels: ['a', 'b', 'a'] })).toMatchObject({ channels: [channel('a'), channel('b')] });
  });

  test('[H-5.6] may stand in the query when the body is empty', () => {
    const query = new Map([
      ['name', 'e'],
      ['channel', 'x'],
      ['data', 'd'],
      ['__proto__', 'y'],
    ]);
    expect(decodePublish('', query, BOUNDS)).toMatchObject({ event: { name: 'e', data: 'd' } });
  });

  test('[H-5.8] may name the channel of a user', () => {
    expect(publishFields({ channel: '#server-to-user-ü b' })).toMatchObject({
      channels: [channel('#server-to-user-ü b')],
    });
  });

  test.each(['client-x', 'pusher', 'pusherx:y', 'Pusher:x', 'ü\n', '__proto__'])(
    '[H-5.9] may name its event %j',
    (name) => {
      expect(publishFields({ name })).toMatchObject({ event: { name } });
    },
  );

  const { badBody, badChannelName, badInfo, badParameter, eventTooLarge, eventNameTooLong } = httpFaults;
  const { missingParameter, reservedEventName, tooManyChannels } = httpFaults;

  test.each(['', 'null', '[]', '"x"', '1', '{', 'name=e&channel=x', '{"name":"e",}', '\ufeff{}'])(
    '[H-5.7] is not the body %j',
    (body) => {
      // Without a body, the parameters of the query count, and there are none.
      expect(faultOf(publish(body))).toBe(body === '' ? badParameter : badBody);
    },
  );

  test.each<[object, HttpFault]>([
    [{ name: undefined }, badParameter],
    [{ name: null }, badParameter],
    [{ name: '' }, badParameter],
    [{ name: 1 }, badParameter],
    [{ name: ['e'] }, badParameter],
    [{ name: 'pusher:x' }, reservedEventName],
    [{ name: 'pusher_internal:x' }, reservedEventName],
    [{ data: undefined }, badParameter],
    [{ data: null }, badParameter],
    [{ data: {} }, badParameter],
    [{ data: 1 }, badParameter],
    [{ channel: undefined }, missingParameter],
    [{ channel: null }, missingParameter],
    [{ channel: 1 }, badParameter],
    [{ channel: ['x'] }, badParameter],
    [{ channel: '' }, badChannelName],
    [{ channel: 'a b' }, badChannelName],
    [{ channel: '#x' }, badChannelName],
    [{ channels: [] }, badParameter],
    [{ channels: 'x' }, badParameter],
    [{ channels: {} }, badParameter],
    [{ channels: { length: 1, 0: 'x' } }, badParameter],
    [{ channels: ['a', 1] }, badParameter],
    [{ channels: ['a', null] }, badParameter],
    [{ channels: ['a', 'b c'] }, badChannelName],
    [{ socket_id: 1.2 }, badParameter],
    [{ socket_id: '' }, badParameter],
    [{ socket_id: '1' }, badParameter],
    [{ socket_id: '1.2:private-x' }, badParameter],
    [{ socket_id: ['1.2'] }, badParameter],
    [{ info: 'user_count,x' }, badInfo],
    [{ info: 'user_count,' }, badInfo],
    [{ info: 1 }, badParameter],
    [{ info: {} }, badParameter],
    [{ info: { toString: 1, valueOf: 1 } }, badParameter],
    [{ info: [['user_count']] }, badParameter],
  ])('[H-5.7] is refused with %j', (fields, fault) => {
    expect(faultOf(publishFields(fields))).toBe(fault);
  });

  test('[H-5.7] is refused in the known words', () => {
    expect(publishFields({ name: 1 })).toMatchObject({ text: 'Expected name parameter to be a string' });
    expect(publishFields({ channel: 'a b' })).toMatchObject({ text: "Invalid channel name: 'a b'" });
  });

  test.each<[string, HttpFault, (size: number) => object, number]>([
    ['characters of an event name', eventNameTooLong, (size) => ({ name: 'x'.repeat(size) }), 200],
    ['characters of a channel name', badChannelName, (size) => ({ channel: 'x'.repeat(size) }), 200],
    ['channels', tooManyChannels, (size) => ({ channels: Array.from({ length: size }, (_, n) => `c${n}`) }), 100],
    ['bytes of data', eventTooLarge, (size) => ({ data: 'x'.repeat(size) }), 10_240],
    ['characters of two bytes', eventTooLarge, (size) => ({ data: 'ü'.repeat(size) }), 5_120],
    ['characters of four bytes', eventTooLarge, (size) => ({ data: '😀'.repeat(size) }), 2_560],
  ])('[H-5.7] may have so many %s and no more', (_, fault, fields, limit) => {
    expect(faultOf(publishFields(fields(limit)))).toBeNull();
    expect(faultOf(publishFields(fields(limit + 1)))).toBe(fault);
  });

  test('[H-5.7] that is nested deeply does no harm', () => {
    const deep = deeplyNested(100_000);
    expect(faultOf(publish(deep))).toBe(badBody);
    for (const name of ['name', 'data', 'channels', 'channel', 'socket_id', 'info']) {
      const others = JSON.stringify({ name: 'e', channel: 'x', data: 'd' }).slice(0, -1);
      expect(faultOf(publish(`${others},"${name}":${deep}}`))).toBe(badParameter);
    }
  });
});

describe('a batch', () => {
  const event = { name: 'e', channel: 'x', data: 'd' };

  test('[H-5.4] has several requests', () => {
    expect(batch(event, { ...event, info: 'cache' })).toMatchObject([
      { channels: [channel('x')], info: NO_INFO },
      { channels: [channel('x')], info: { cache: true } },
    ]);
  });

  test('[H-5.4] may be empty', () => {
    expect(batch()).toEqual([]);
  });

  test('[H-5.4] with one bad event is refused as a whole', () => {
    expect(faultOf(batch(event, { ...event, channel: 'a b' }, event))).toBe(httpFaults.badChannelName);
    expect(faultOf(batch(event, { ...event, data: 'x'.repeat(10_241) }))).toBe(httpFaults.eventTooLarge);
  });

  test('[H-5.7] may have so many events and no more', () => {
    expect(faultOf(batch(...Array(10).fill(event)))).toBeNull();
    const refused = batch(...Array(11).fill(event));
    expect(refused).toMatchObject({ fault: httpFaults.batchTooLarge, text: 'Batch too large (11 events, at most 10)' });
  });

  test.each<[string, HttpFault]>([
    ['', httpFaults.badBody],
    ['[]', httpFaults.badBody],
    ['{', httpFaults.badBody],
    ['{}', httpFaults.missingParameter],
    ['{"batch":null}', httpFaults.badParameter],
    ['{"batch":{}}', httpFaults.badParameter],
    ['{"batch":[null]}', httpFaults.badParameter],
    ['{"batch":[[]]}', httpFaults.badParameter],
    ['{"batch":["e"]}', httpFaults.badParameter],
    ['{"batch":[{}]}', httpFaults.badParameter],
  ])('[H-5.7] is not the body %j', (body, fault) => {
    expect(faultOf(decodeBatch(body, BOUNDS))).toBe(fault);
  });
});

test.each([[undefined], [null], [''], [[]]])('[H-5.3] the info %j asks for nothing', (info) => {
  expect(decodeInfo(info)).toEqual(NO_INFO);
});

test('[H-5.3] info may be an array', () => {
  expect(decodeInfo(['cache', 'user_count'])).toEqual({ userCount: true, subscriptionCount: false, cache: true });
});

const NAMES = ['name', 'data', 'channel', 'channels', 'socket_id', 'info', 'batch'];
const FAULTS = new Set<unknown>(Object.values(httpFaults));

test('[P-1.2] any body is a request or refused', () => {
  holds(
    fc.property(hostileText(NAMES), hostileText(NAMES), (body, query) => {
      const answer = decodePublish(body, new Map([['name', query]]), BOUNDS);
      expect(isRefusal(answer) ? FAULTS.has(answer.fault) : answer.channels.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('[P-1.2] any value of any parameter is taken or refused', () => {
  holds(
    fc.property(fc.constantFrom(...NAMES), jsonValue(NAMES), (name, value) => {
      const answer = publishFields({ [name]: value });
      expect(isRefusal(answer) ? FAULTS.has(answer.fault) : answer.channels.length > 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('[P-1.2] any body is a batch or refused', () => {
  const bodies = fc.oneof(
    hostileText(NAMES),
    jsonValue(NAMES).map((value) => JSON.stringify({ batch: value })),
  );
  holds(
    fc.property(bodies, (body) => {
      const answer = decodeBatch(body, BOUNDS);
      expect(isRefusal(answer) ? FAULTS.has(answer.fault) : Array.isArray(answer)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
