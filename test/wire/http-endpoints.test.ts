// Every endpoint of the HTTP API as documented, by the app's id and by its key, and what clients get of it.
import { afterAll, describe, expect, test } from 'bun:test';
import type { RawClient } from '../support/client.ts';
import { APP_ID, KEY } from '../support/credentials.ts';
import { type RequestOptions, startVask } from '../support/server.ts';

const vask = await startVask();
afterAll(() => vask.stop());

let channels = 0;
/** A channel of its own for each test. */
const fresh = (prefix = ''): string => `${prefix}c${++channels}`;

/** What a successful request answers: 200 and an object, as the strictest SDKs want it. */
async function succeed(method: string, path: string, options?: RequestOptions): Promise<unknown> {
  const answer = await vask.request(method, path, options);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
  return await answer.json();
}

async function subscriber(channel: string, user?: string): Promise<RawClient> {
  const client = await vask.client();
  const { event } = await client.subscribe(channel, user === undefined ? undefined : { user_id: user });
  expect(event).toBe('pusher_internal:subscription_succeeded');
  return client;
}

describe.each([
  ['id', APP_ID],
  ['key', KEY],
])('[H-1.1] with the %s of the app in the path', (_, app) => {
  const base = `/apps/${app}`;

  test('[H-5.1, H-5.2, H-5.9] POST events publishes to each channel, and data arrives as the string that it is', async () => {
    const [a, b] = [fresh(), fresh()];
    const [onA, onB] = [await subscriber(a), await subscriber(b)];
    for (const data of ['{"a":1}', 'no JSON', '', '"\u2028\\ud800\0ä🦊"', '1e400']) {
      expect(
        await succeed('POST', `${base}/events`, { body: { name: 'App\\Events\\Ünïcode 🦊', channels: [a, b], data } }),
      ).toEqual({});
      for (const [client, channel] of [[onA, a] as const, [onB, b] as const]) {
        expect(JSON.parse(await client.nextText())).toEqual({ event: 'App\\Events\\Ünïcode 🦊', channel, data });
      }
    }
  });

  test('[H-5.1] socket_id leaves out one connection; one that nobody has leaves out none', async () => {
    const channel = fresh();
    const [left, other, outsider] = [await subscriber(channel), await subscriber(channel), await vask.client()];
    const publish = (socket_id: string): Promise<unknown> =>
      succeed('POST', `${base}/events`, { body: { name: 'a', channel, data: '1', socket_id } });
    await publish(left.socketId);
    await other.next();
    expect(await left.heardNothing()).toBe(true);
    // One that is connected, though not to the channel, and one that is not connected at all.
    for (const socketId of [outsider.socketId, '1.1']) {
      await publish(socketId);
      await Promise.all([left.next(), other.next()]);
    }
  });

  test('[H-5.5] a channel that is named twice gets the event once', async () => {
    const channel = fresh();
    const client = await subscriber(channel);
    await succeed('POST', `${base}/events`, { body: { name: 'a', channels: [channel, channel, channel], data: '1' } });
    await client.next();
    expect(await client.heardNothing()).toBe(true);
  });

  test('[H-5.3] info of an event tells of each channel what it has, zeros too', async () => {
    const [presence, plain, empty] = [fresh('presence-'), fresh(), fresh()];
    await subscriber(presence, 'u');
    await subscriber(presence, 'u');
    await subscriber(plain);
    const body = { name: 'a', channels: [presence, plain, empty], data: '1', info: 'user_count,subscription_count' };
    expect(await succeed('POST', `${base}/events`, { body })).toEqual({
      channels: {
        [presence]: { user_count: 1, subscription_count: 2 },
        [plain]: { subscription_count: 1 },
        [empty]: { subscription_count: 0 },
      },
    });
  });

  test('[H-5.3] info of a batch is aligned by index, and {} when nobody asks', async () => {
    const [a, b] = [fresh(), fresh()];
    const client = await subscriber(a);
    const event = (channel: string, info?: string): object => ({ name: channel, channel, data: '1', info });
    const body = { batch: [event(a, 'subscription_count'), event(b), event(b, 'subscription_count')] };
    expect(await succeed('POST', `${base}/batch_events`, { body })).toEqual({
      batch: [{ subscription_count: 1 }, {}, { subscription_count: 0 }],
    });
    expect(await succeed('POST', `${base}/batch_events`, { body: { batch: [event(a), event(b)] } })).toEqual({});
    expect([(await client.next()).event, (await client.next()).event]).toEqual([a, a]);
    expect(await succeed('POST', `${base}/batch_events`, { body: { batch: [] } })).toEqual({});
  });

  test('[H-5.4] a fault in the seventh event of a batch, or in the last name of a list, publishes nothing', async () => {
    const channel = fresh();
    const client = await subscriber(channel);
    const event = { name: 'a', channel, data: '1' };
    const batch = [...Array(6).fill(event), { ...event, data: 'x'.repeat(10_241) }, event];
    expect((await vask.request('POST', `${base}/batch_events`, { body: { batch } })).status).toBe(413);
    const list = { ...event, channels: [channel, 'a b'] };
    expect((await vask.request('POST', `${base}/events`, { body: list })).status).toBe(400);
    expect(await client.heardNothing()).toBe(true);
  });

  test('[H-5.6] parameters may stand in the query when the body is empty', async () => {
    const channel = fresh();
    const client = await subscriber(channel);
    const parameters = { name: 'a b', channel, data: '{"ä":"+&="}' };
    expect(await succeed('POST', `${base}/events`, { parameters })).toEqual({});
    expect(await client.next()).toEqual({ event: 'a b', channel, data: { ä: '+&=' } });
  });

  test('[H-6.1] GET channels lists the occupied channels with the prefix', async () => {
    const own = fresh('presence-list-');
    expect(await succeed('GET', `${base}/channels`, { parameters: { filter_by_prefix: own } })).toEqual({
      channels: {},
    });
    await subscriber(own, 'u');
    await subscriber(own, 'u');
    const list = (parameters: Record<string, string>): Promise<unknown> =>
      succeed('GET', `${base}/channels`, { parameters });
    expect(await list({ filter_by_prefix: own })).toEqual({ channels: { [own]: {} } });
    expect(await list({ filter_by_prefix: own, info: 'user_count,subscription_count' })).toEqual({
      channels: { [own]: { user_count: 1, subscription_count: 2 } },
    });
    expect(await succeed('GET', `${base}/channels`)).toMatchObject({ channels: { [own]: {} } });
  });

  test('[H-6.2] GET of a channel tells whether it is occupied, and what info asks for', async () => {
    const [presence, cache] = [fresh('presence-'), fresh('cache-')];
    const show = (channel: string, info?: string): Promise<unknown> =>
      succeed('GET', `${base}/channels/${channel}`, info === undefined ? {} : { parameters: { info } });
    expect(await show(presence)).toEqual({ occupied: false });
    expect(await show(presence, 'user_count,subscription_count')).toEqual({
      occupied: false,
      user_count: 0,
      subscription_count: 0,
    });
    expect(await show(cache, 'cache')).toEqual({ occupied: false, cache: null });
    await subscriber(presence, 'u');
    await subscriber(presence, 'u');
    expect(await show(presence, 'user_count,subscription_count')).toEqual({
      occupied: true,
      user_count: 1,
      subscription_count: 2,
    });
    await succeed('POST', `${base}/events`, { body: { name: 'kept', channel: cache, data: '{"a":1}' } });
    expect(await show(cache, 'cache')).toEqual({
      occupied: false,
      cache: { event: 'kept', data: '{"a":1}', ttl: expect.any(Number) },
    });
  });

  test('[H-6.4] GET users lists each member once, ids as strings', async () => {
    const channel = fresh('presence-');
    const users = `${base}/channels/${channel}/users`;
    expect(await succeed('GET', users)).toEqual({ users: [] });
    const client = await vask.client();
    await client.subscribe(channel, { user_id: 47 });
    await subscriber(channel, '47');
    await subscriber(channel, 'ä "quoted" 🦊');
    expect(await succeed('GET', users)).toEqual({ users: [{ id: '47' }, { id: 'ä "quoted" 🦊' }] });
  });

  test('[H-1.4, H-7.1] POST of an event to a user reaches all of the user’s connections, whatever the id', async () => {
    for (const id of ['7', 'a b', 'ä/ß', 'a+b%20c', '../x', '🦊']) {
      const clients = await Promise.all([vask.client(), vask.client()]);
      for (const client of clients) expect((await client.signIn({ id })).event).toBe('pusher:signin_success');
      const path = `${base}/users/${encodeURIComponent(id)}/events`;
      expect(await succeed('POST', path, { body: { name: 'hello', data: '1' } })).toEqual({});
      for (const client of clients) {
        expect(await client.next()).toEqual({ event: 'hello', channel: `#server-to-user-${id}`, data: 1 });
        await client.hangUp();
      }
      expect(await succeed('POST', path, { body: { name: 'hello', data: '1' } })).toEqual({});
    }
  });

  test('[H-5.8] an event on the channel of a user reaches the user', async () => {
    const client = await vask.client();
    await client.signIn({ id: 'via-channel' });
    const channel = '#server-to-user-via-channel';
    expect(await succeed('POST', `${base}/events`, { body: { name: 'a', channels: [channel], data: '1' } })).toEqual(
      {},
    );
    expect(await client.next()).toEqual({ event: 'a', channel, data: 1 });
    await client.hangUp();
  });

  test('[H-7.2] POST terminate_connections closes the connections of the user with 4200 and no others', async () => {
    const [tab, other, stranger] = await Promise.all([vask.client(), vask.client(), vask.client()]);
    for (const client of [tab, other]) await client.signIn({ id: 'out' });
    await stranger.subscribe(fresh('presence-'), { user_id: 'out' });
    const path = `${base}/users/out/terminate_connections`;
    expect(await succeed('POST', path, { body: {} })).toEqual({});
    for (const client of [tab, other]) expect((await client.closed).code).toBe(4200);
    expect(await stranger.heardNothing()).toBe(true);
    expect(await succeed('POST', path)).toEqual({});
  });

  test('[H-8.1] POST of channel events publishes the body as it is, and answers 202 with nothing', async () => {
    const channel = fresh();
    const [client, left] = [await subscriber(channel), await subscriber(channel)];
    const options = { body: 'raw "body" ä', parameters: { name: 'a', socket_id: left.socketId } };
    const answer = await vask.request('POST', `${base}/channels/${channel}/events`, options);
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    expect(JSON.parse(await client.nextText())).toEqual({ event: 'a', channel, data: 'raw "body" ä' });
    expect(await left.heardNothing()).toBe(true);
  });

  test('[H-8.2] GET stats tells the connections, and the users of a presence channel', async () => {
    const [presence, plain] = [fresh('presence-'), fresh()];
    await subscriber(presence, 'u');
    await subscriber(presence, 'u');
    expect(await succeed('GET', `${base}/channels/${presence}/stats`)).toEqual({
      occupied: true,
      user_count: 1,
      connection_count: 2,
    });
    expect(await succeed('GET', `${base}/channels/${plain}/stats`)).toEqual({ occupied: false, connection_count: 0 });
  });
});

test('[H-6.5] channels of single users are not listed', async () => {
  const client = await vask.client();
  await client.signIn({ id: 'hidden' });
  await client.subscribe('#server-to-user-hidden');
  const { channels: listed } = (await succeed('GET', `/apps/${APP_ID}/channels`)) as { channels: object };
  expect(Object.keys(listed).filter((name) => name.startsWith('#'))).toEqual([]);
});

test('[H-6.1] a channel may be called as what every object inherits', async () => {
  const client = await vask.client();
  for (const channel of ['__proto__', 'constructor', 'toString']) await client.subscribe(channel);
  const body = { name: 'a', channels: ['__proto__', 'constructor'], data: '1', info: 'subscription_count' };
  const answer = await vask.request('POST', `/apps/${APP_ID}/events`, { body });
  expect(await answer.text()).toBe(
    '{"channels":{"__proto__":{"subscription_count":1},"constructor":{"subscription_count":1}}}',
  );
  const parameters = { filter_by_prefix: '__', info: 'subscription_count' };
  const list = await vask.request('GET', `/apps/${APP_ID}/channels`, { parameters });
  expect(await list.text()).toBe('{"channels":{"__proto__":{"subscription_count":1}}}');
  await client.hangUp();
});
