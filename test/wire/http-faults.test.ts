// Every refusal of the HTTP API, provoked over real sockets as a backend with a bug would. The last test fails when the
// catalogue has one that no test here provokes.
import { afterAll, describe, expect, test } from 'bun:test';
import { type HttpFault, httpFaults } from '../../src/protocol/faults.ts';
import { APP_ID, KEY, SECRET, signedQuery } from '../support/credentials.ts';
import { type RequestOptions, startVask } from '../support/server.ts';

type FaultName = keyof typeof httpFaults;

const DISABLED = { id: '2' as never, keys: [{ key: 'second', secret: 'second secret' }], enabled: false };
const vask = await startVask({ apps: [{}, DISABLED] });
const throttled = await startVask({ app: { limits: { requestsPerSecond: 1 } } });
const metered = await startVask({ app: { limits: { messagesPerSecond: 1, broadcastsPerMonth: 102 } } });
afterAll(() => Promise.all([vask.stop(), throttled.stop(), metered.stop()]));

const APP = `/apps/${APP_ID}`;
const EVENT = { name: 'a', channel: 'b', data: 'c' };
const provoked = new Set<FaultName>();

const post = (body: string | object, path = 'events', options: RequestOptions = {}): Promise<Response> =>
  vask.request('POST', `${APP}/${path}`, { body, ...options });
const get = (path: string, parameters: Record<string, string> = {}): Promise<Response> =>
  vask.request('GET', `${APP}/${path}`, { parameters });
const batch = (...entries: readonly unknown[]): Promise<Response> => post({ batch: entries }, 'batch_events');

/** The request of `post(EVENT)` with one thing in its query exchanged. */
function altered(change: (query: string) => string): Promise<Response> {
  const body = JSON.stringify(EVENT);
  return fetch(`${vask.url}${APP}/events?${change(signedQuery('POST', `${APP}/events`, body))}`, {
    method: 'POST',
    body,
  });
}

/** One line of plain text, status and words as the catalogue has them. */
async function expectFault(name: FaultName, answer: Response): Promise<void> {
  const fault: HttpFault = httpFaults[name];
  const text = await answer.text();
  const words = fault.text.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  expect(text).toMatch(new RegExp(`^${words.join('[^\\n]*')}\n$`));
  expect(text).not.toContain(SECRET);
  expect(answer.status).toBe(fault.status);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  provoked.add(name);
}

const long = 'x'.repeat(201);
const cases: readonly (readonly [FaultName, string, () => Promise<Response>])[] = [
  ['badBody', 'a body that is no JSON', () => post('hello')],
  ['badBody', 'a body that is an array', () => post('[]')],
  ['badBody', 'a body that is null', () => post('null')],
  ['badBody', 'a body that is nested 100,000 deep', () => post('['.repeat(100_000))],
  ['badBody', 'a batch without a body', () => post('', 'batch_events')],
  ['badBody', 'an event to a user without a body', () => post('', 'users/7/events')],
  ['badIdempotencyKey', 'an empty idempotency key', () => post({ ...EVENT, idempotency_key: '' })],
  ['badIdempotencyKey', 'an idempotency key that is a number', () => post({ ...EVENT, idempotency_key: 1 })],
  ['badIdempotencyKey', 'a long idempotency key', () => post({ ...EVENT, idempotency_key: 'k'.repeat(256) })],
  [
    'idempotencyConflict',
    'another event under the same idempotency key',
    async () => {
      await post({ ...EVENT, idempotency_key: 'same' });
      return await post({ ...EVENT, data: 'other', idempotency_key: 'same' });
    },
  ],
  ['badParameter', 'no name', () => post({ ...EVENT, name: undefined })],
  ['badParameter', 'an empty name', () => post({ ...EVENT, name: '' })],
  ['badParameter', 'a number as name', () => post({ ...EVENT, name: 1 })],
  ['badParameter', 'an object as data', () => post({ ...EVENT, data: {} })],
  ['badParameter', 'null as data', () => post({ ...EVENT, data: null })],
  ['badParameter', 'no data', () => post({ ...EVENT, data: undefined })],
  ['badParameter', 'no channel in the list', () => post({ ...EVENT, channels: [] })],
  ['badParameter', 'a text as list of channels', () => post({ ...EVENT, channels: 'a' })],
  ['badParameter', 'a number as channel', () => post({ ...EVENT, channels: ['a', 1] })],
  ['badParameter', 'a number as socket_id', () => post({ ...EVENT, socket_id: 1.2 })],
  ['badParameter', 'a socket_id of another form', () => post({ ...EVENT, socket_id: '1.2\n' })],
  ['badParameter', 'an object as info', () => post({ ...EVENT, info: { toString: 1 } })],
  ['badParameter', 'a batch that is no array', () => post({ batch: {} }, 'batch_events')],
  ['badParameter', 'a batch of numbers', () => batch(1)],
  ['badParameter', 'a batch of arrays', () => batch([])],
  ['badParameter', 'no parameters in body or query', () => post('')],
  ['badParameter', 'no name for a channel event', () => post('data', 'channels/a/events')],
  ['missingParameter', 'no channel', () => post({ ...EVENT, channel: undefined })],
  ['missingParameter', 'null as channel', () => post({ ...EVENT, channel: null })],
  ['missingParameter', 'no batch', () => post({}, 'batch_events')],
  ['badChannelName', 'a space in the name', () => post({ ...EVENT, channel: 'a b' })],
  ['badChannelName', 'no name', () => post({ ...EVENT, channel: '' })],
  ['badChannelName', 'a name of 201 characters', () => post({ ...EVENT, channel: long })],
  ['badChannelName', 'one bad name in a list', () => post({ ...EVENT, channels: ['a', 'b\n', 'c'] })],
  ['badChannelName', 'a name that begins with #', () => post({ ...EVENT, channel: '#x' })],
  ['badChannelName', 'a bad name in a batch', () => batch(EVENT, { ...EVENT, channel: 'ä' })],
  ['badChannelName', 'a bad name in the path', () => get('channels/a%20b')],
  ['badChannelName', 'a long name in the path', () => get(`channels/${long}`)],
  ['badChannelName', 'a bad name in the path of members', () => get('channels/presence-%2F/users')],
  ['badChannelName', 'a bad name in the path of statistics', () => get('channels/%00/stats')],
  ['badChannelName', 'a malformed escape in the path', () => get('channels/%zz')],
  [
    'badChannelName',
    'a bad name in the path of events',
    () => post('x', 'channels/a%20b/events', { parameters: { name: 'a' } }),
  ],
  ['reservedEventName', 'pusher:', () => post({ ...EVENT, name: 'pusher:error' })],
  ['reservedEventName', 'pusher_internal:', () => post({ ...EVENT, name: 'pusher_internal:member_added' })],
  ['reservedEventName', 'pusher: to a user', () => post({ name: 'pusher:error', data: '' }, 'users/7/events')],
  ['eventNameTooLong', '201 characters', () => post({ ...EVENT, name: long })],
  [
    'tooManyChannels',
    '101 channels',
    () => post({ ...EVENT, channels: Array.from({ length: 101 }, (_, n) => `c${n}`) }),
  ],
  ['batchTooLarge', '11 events', () => batch(...Array(11).fill(EVENT))],
  ['badInfo', 'an unknown attribute', () => post({ ...EVENT, info: 'user_count,hello' })],
  ['badInfo', 'an unknown attribute in a batch', () => batch({ ...EVENT, info: 'hello' })],
  ['badInfo', 'an unknown attribute of all channels', () => get('channels', { info: 'hello' })],
  ['badInfo', 'an unknown attribute of a channel', () => get('channels/a', { info: 'hello' })],
  ['userCountPrefix', 'no prefix', () => get('channels', { info: 'user_count' })],
  ['userCountPrefix', 'another prefix', () => get('channels', { info: 'user_count', filter_by_prefix: 'private-' })],
  ['userCountChannel', 'a channel without members', () => get('channels/a', { info: 'user_count' })],
  ['cacheChannel', 'a channel without cache', () => get('channels/private-a', { info: 'cache' })],
  ['notPresence', 'a channel without members', () => get('channels/private-a/users')],
  ['extraneous', 'info for members', () => get('channels/presence-a/users', { info: 'user_count' })],
  ['badUserId', '[H-7.3] 129 characters', () => post({ name: 'a', data: 'b' }, `users/${'x'.repeat(129)}/events`)],
  ['badUserId', '[H-7.3] 129 characters to end', () => post({}, `users/${'x'.repeat(129)}/terminate_connections`)],
  ['missingAuth', 'nothing signed', () => fetch(`${vask.url}${APP}/channels`)],
  ['missingAuth', 'no signature', () => altered((query) => query.replace(/&auth_signature=.*/, ''))],
  ['missingAuth', 'no timestamp', () => altered((query) => query.replace(/auth_timestamp=\d+&/, ''))],
  ['missingAuth', 'no version', () => altered((query) => query.replace('auth_version=1.0&', ''))],
  [
    'missingAuth',
    'no key without an app in the path',
    () => fetch(`${vask.url}/users/7/terminate_connections`, { method: 'POST' }),
  ],
  ['unknownKey', 'a key that nobody has', () => post(EVENT, 'events', { key: 'nobody' })],
  ['unknownKey', 'a key that every object inherits', () => post(EVENT, 'events', { key: '__proto__' })],
  ['unknownKey', 'the key of another app', () => post(EVENT, 'events', { key: 'second', secret: 'second secret' })],
  [
    'unknownKey',
    'an unknown key without an app in the path',
    () => vask.request('POST', '/users/7/terminate_connections', { key: 'nobody' }),
  ],
  ['badVersion', '2.0', () => altered((query) => query.replace('auth_version=1.0', 'auth_version=2.0'))],
  ['badTimestamp', 'a word', () => altered((query) => query.replace(/auth_timestamp=\d+/, 'auth_timestamp=now'))],
  ['badTimestamp', 'a fraction', () => altered((query) => query.replace(/(auth_timestamp=\d+)/, '$1.5'))],
  ['expired', 'eleven minutes ago', () => post(EVENT, 'events', { nowMs: Date.now() - 660_000 })],
  ['expired', 'in eleven minutes', () => post(EVENT, 'events', { nowMs: Date.now() + 660_000 })],
  ['wrongSignature', 'another secret', () => post(EVENT, 'events', { secret: 'another' })],
  ['wrongSignature', 'a signature that is cut', () => altered((query) => query.slice(0, -1))],
  [
    'wrongSignature',
    'a signature in capitals',
    () => altered((query) => query.replace(/[0-9a-f]{64}$/, (hex) => hex.toUpperCase())),
  ],
  ['wrongSignature', 'a parameter that was not signed', () => altered((query) => `${query}&info=user_count`)],
  [
    'wrongBodyMd5',
    'another body',
    () =>
      fetch(`${vask.url}${APP}/events?${signedQuery('POST', `${APP}/events`, '{}')}`, { method: 'POST', body: '{ }' }),
  ],
  [
    'wrongBodyMd5',
    'no body',
    () => fetch(`${vask.url}${APP}/events?${signedQuery('POST', `${APP}/events`, '{}')}`, { method: 'POST' }),
  ],
  [
    'missingAuth',
    'a body that was not signed',
    () => fetch(`${vask.url}${APP}/events?${signedQuery('POST', `${APP}/events`, '')}`, { method: 'POST', body: '{}' }),
  ],
  [
    'appDisabled',
    'a right signature',
    () => vask.request('POST', '/apps/2/events', { body: EVENT, key: 'second', secret: 'second secret' }),
  ],
  [
    'appDisabled',
    'a right signature, by key',
    () => vask.request('GET', '/apps/second/channels', { key: 'second', secret: 'second secret' }),
  ],
  ['unknownApp', 'an id that nobody has', () => vask.request('POST', '/apps/3/events', { body: EVENT })],
  ['unknownApp', 'an id that every object inherits', () => vask.request('GET', '/apps/__proto__/channels')],
  ['notFound', 'another path', () => fetch(`${vask.url}/hello`)],
  ['notFound', 'a path of an app that there is not', () => get('hello')],
  ['notFound', 'a longer path', () => get('channels/a/users/b')],
  ['notFound', 'a channel without name', () => get('channels//users')],
  ['wrongMethod', 'GET for POST', () => get('events')],
  ['wrongMethod', 'POST for GET', () => post({}, 'channels')],
  ['wrongMethod', 'DELETE', () => vask.request('DELETE', `${APP}/channels`)],
  ['bodyTooLarge', '900,000 bytes', () => post('x'.repeat(900_000))],
  ['eventTooLarge', '10,241 bytes', () => post({ ...EVENT, data: 'x'.repeat(10_241) })],
  ['eventTooLarge', '5,121 characters of two bytes', () => post({ ...EVENT, data: 'ä'.repeat(5_121) })],
  ['eventTooLarge', 'one of a batch', () => batch(EVENT, { ...EVENT, data: 'x'.repeat(10_241) })],
  ['eventTooLarge', 'data to a user', () => post({ name: 'a', data: 'x'.repeat(10_241) }, 'users/7/events')],
  ['eventTooLarge', 'a raw body', () => post('x'.repeat(10_241), 'channels/a/events', { parameters: { name: 'a' } })],
  ['upgradeRequired', 'a page in a browser', () => fetch(`${vask.url}/app/${KEY}`)],
];

describe('[H-4.1] a refusal is one line of text, with the status of the catalogue', () => {
  test.each(cases)('%s: %s', async (name, _, request) => {
    await expectFault(name, await request());
  });

  test('[H-9.4] what exceeds the rate is told when to come again', async () => {
    // Each node keeps to the rate by itself, and there may be three.
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => throttled.request('POST', `${APP}/events`, { body: EVENT })),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(1);
    for (const answer of refused) {
      expect(answer.headers.get('retry-after')).toBe('1');
      await expectFault('tooManyRequests', answer);
    }
    // Requests that nobody signed do not use up the rate of those who did.
    const { status } = await throttled.request('POST', `${APP}/events`, { body: EVENT, secret: 'another' });
    expect(status).toBe(401);
  });

  test('[H-9.7, H-9.8] more broadcasts than the rate allows may come later, more than the month has may not', async () => {
    const publish = (path: string, body: object) => metered.request('POST', `${APP}/${path}`, { body });
    const channels = Array.from({ length: 100 }, (_, n) => `room-${n}`);
    const refusedAs = async (name: FaultName, answer: Response): Promise<Response> => {
      await expectFault(name, answer);
      return answer;
    };
    expect((await publish('events', { ...EVENT, channels })).status).toBe(200);
    const waiting = await refusedAs('tooManyMessages', await publish('users/7/events', { name: 'a', data: 'b' }));
    expect(Number(waiting.headers.get('retry-after'))).toBeWithin(80, 101);
    await refusedAs('tooManyMessages', await publish('events', EVENT));
    await refusedAs('overMessageQuota', await publish('batch_events', { batch: [EVENT, EVENT, EVENT] }));
    // What only asks, and what is wrong in itself, costs nothing.
    expect((await metered.request('GET', `${APP}/channels`)).status).toBe(200);
    expect((await publish('events', { ...EVENT, name: '' })).status).toBe(400);
  });

  test('[H-9.1] 405 names the methods of the path', async () => {
    expect((await get('events')).headers.get('allow')).toBe('POST, OPTIONS');
    expect((await post({}, 'channels')).headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  test('every refusal of the catalogue is provoked', () => {
    // What only a broken cluster brings about is shown in http-failure.test.ts, floods in floods.test.ts.
    const elsewhere: readonly FaultName[] = ['internal', 'tooManyBadRequests', 'unavailable'];
    expect([...provoked, ...elsewhere].sort()).toEqual((Object.keys(httpFaults) as FaultName[]).sort());
  });
});

test('[H-2.7] the answer to a wrong signature has the string to sign, never the signature that would be right', async () => {
  const body = JSON.stringify(EVENT);
  const query = signedQuery('POST', `${APP}/events`, body);
  const right = query.slice(-64);
  const answer = await altered(() => query.replace(right, 'wrong'));
  const text = await answer.text();
  expect(text).toContain(`"POST\\n${APP}/events\\nauth_key=${KEY}&auth_timestamp=`);
  expect(text).not.toContain(right);
});

test('[H-4.1] what a stranger puts into a refusal stays on its one line', async () => {
  const hostile = 'a\r\nSet-Cookie: b\u2028c\u0085d\0';
  for (const body of [
    { ...EVENT, channel: hostile },
    { ...EVENT, name: `pusher:${hostile}` },
    { ...EVENT, info: hostile },
  ]) {
    const answer = await post(body);
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([400, null]);
    expect((await answer.text()).split(/[\r\n\u2028\u2029\u0085\0]/)).toEqual([expect.any(String), '']);
  }
});

test('[H-2.7] after all these refusals there is no secret in the log', () => {
  const log = vask.logLines.join('');
  expect(log).toContain('"requestRefused"');
  expect(log).not.toContain(SECRET);
  expect(log).not.toContain('second secret');
});
