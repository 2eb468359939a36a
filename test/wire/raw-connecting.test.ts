// Connecting and being refused, byte by byte: what a client's own WebSocket library sees before any SDK does.
import { afterAll, describe, expect, test } from 'bun:test';
import { APP_ID, KEY, userAuth } from '../support/credentials.ts';
import { openVask } from '../support/open-vask.ts';
import { startVask, type TestServerOptions } from '../support/server.ts';
import { frameBytes, requestText, TcpClient, UPGRADE_HEADERS } from '../support/tcp.ts';

const OTHER = '0123456789abcdef0123';
const shared = await startVask({
  pathPrefix: '/realtime',
  apps: [{}, { id: '2' as never, keys: [{ key: OTHER, secret: 'x' }], enabled: false }],
});
afterAll(() => shared.stop());

/** The response to an upgrade, and the client behind it. */
async function upgrade(port: number, target: string, headers: Readonly<Record<string, string>> = {}) {
  const client = new TcpClient(port);
  client.write(requestText('GET', target, { ...UPGRADE_HEADERS, ...headers }));
  const response = await client.response(true);
  return { client, response };
}

describe('[P-2.1] the path and the query', () => {
  test.each([
    [`/app/${KEY}`],
    [`/app/${KEY}/`],
    [`/app/${KEY}?protocol=7&client=js&version=8.6.0&flash=false`],
    [`/app/${KEY}?client=pusher-websocket-swift&version=10.1.10&protocol=7`],
    [`/app/${KEY}?client=java-client&protocol=5&version=2.4.4`],
    [`/app/${KEY}?unknown=%zz&&=&protocol=4&x`],
    [`/realtime/app/${KEY}?protocol=6`],
  ])('%s is let in', async (target) => {
    const { client, response } = await upgrade(shared.port, target);
    expect(response.status).toBe(101);
    const { event, data } = JSON.parse(await client.text());
    expect(event).toBe('pusher:connection_established');
    expect(JSON.parse(data)).toEqual({ socket_id: expect.stringMatching(/^\d+\.\d+$/), activity_timeout: 120 });
    client.close();
  });
});

describe('[P-2.1] the request', () => {
  test.each([
    ['in capitals', { upgrade: 'WebSocket', connection: 'UPGRADE' }],
    ['as Firefox sends it', { connection: 'keep-alive, Upgrade' }],
    ['with cookies and a user agent', { cookie: 'a=b; c="d"', 'user-agent': 'x'.repeat(1_000) }],
  ])('%s is let in', async (_, headers) => {
    const { client, response } = await upgrade(shared.port, `/app/${KEY}`, headers);
    expect(response.status).toBe(101);
    await client.text();
    client.close();
  });

  test('that offers compression is let in without', async () => {
    const offered = { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits' };
    const { client, response } = await upgrade(shared.port, `/app/${KEY}`, offered);
    expect([response.status, response.headers.get('sec-websocket-extensions')]).toEqual([101, null]);
    client.close();
  });

  test('may have the first commands behind it, in the same packet', async () => {
    const client = new TcpClient(shared.port);
    const request = requestText('GET', `/app/${KEY}`, UPGRADE_HEADERS);
    const command = frameBytes('{"event":"pusher:subscribe","data":{"channel":"early"}}');
    client.write(Buffer.concat([Buffer.from(request), command, frameBytes('{"event":"pusher:ping"}')]));
    expect((await client.response(true)).status).toBe(101);
    const events = [await client.text(), await client.text(), await client.text()].map(
      (text) => JSON.parse(text).event,
    );
    expect(events).toEqual(['pusher:connection_established', 'pusher_internal:subscription_succeeded', 'pusher:pong']);
    client.close();
  });
});

describe('[P-2.5] a refusal is an upgrade, an error frame and a clean close with the same code', () => {
  test.each([
    ['[P-2.2] version 3', 4007, `/app/${KEY}?protocol=3`],
    ['[P-2.2] version 8', 4007, `/app/${KEY}?protocol=8`],
    ['[P-2.2] version 0', 4007, `/app/${KEY}?protocol=0`],
    ['[P-2.2] a version with a fraction', 4006, `/app/${KEY}?protocol=7.1`],
    ['[P-2.2] a version in words', 4006, `/app/${KEY}?protocol=seven`],
    ['[P-2.2] a negative version', 4006, `/app/${KEY}?protocol=-7`],
    ['[P-2.2] a version of a thousand digits', 4006, `/app/${KEY}?protocol=${'7'.repeat(1_000)}`],
    ['[P-2.2] an empty version', 4008, `/app/${KEY}?protocol=`],
    ['[P-2.6] an unknown key', 4001, '/app/unknown?protocol=7'],
    ['[P-2.6] an unknown key of 1,000 characters', 4001, `/app/${'k'.repeat(1_000)}?protocol=7`],
    ['[P-2.6] a key that every object inherits', 4001, '/app/__proto__?protocol=7'],
    ['[P-2.6] the id of an app', 4001, `/app/${APP_ID}?protocol=7`],
    ['[P-2.6] no key', 4005, '/app/?protocol=7'],
    ['[P-2.6] no path', 4005, '/'],
    ['[P-2.6] a longer path', 4005, `/app/${KEY}/more?protocol=7`],
    ['[P-2.6] the path of the HTTP API', 4005, `/apps/${APP_ID}/events`],
    ['[P-2.6] a prefix that is not configured', 4005, `/other/app/${KEY}?protocol=7`],
    ['[P-2.6] a disabled app', 4003, `/app/${OTHER}?protocol=7`],
  ])('%s → %d', async (_, code, target) => {
    const { client, response } = await upgrade(shared.port, target);
    expect(response.status).toBe(101);
    const farewell = await client.farewell();
    expect(farewell).toMatchObject({ errorCode: code, closeCode: code });
    expect(farewell.reason).not.toBe('');
    expect(farewell.message.startsWith(farewell.reason.slice(0, 80))).toBe(true);
  });

  const required = { userAuthentication: { enabled: true, required: true, timeoutSeconds: 1 } };
  const limited: readonly (readonly [string, number, TestServerOptions, Record<string, string>])[] = [
    ['[P-2.7] no TLS where the app demands it', 4000, { app: { tlsOnly: true } }, {}],
    [
      '[P-2.7] a proxy that is not trusted says that it was TLS',
      4000,
      { app: { tlsOnly: true }, trustedProxies: ['10.0.0.0/8'] },
      { 'x-forwarded-proto': 'https' },
    ],
    [
      '[P-2.7] a trusted proxy says that it was not TLS',
      4000,
      { app: { tlsOnly: true }, trustedProxies: ['127.0.0.1'] },
      { 'x-forwarded-proto': 'http, https' },
    ],
    [
      '[P-2.8] a page of another origin',
      4009,
      { app: { allowedOrigins: ['a.example'] } },
      { origin: 'https://b.example' },
    ],
    ['[P-2.13] a connection that does nothing', 4202, { inactiveTimeoutSeconds: 1 }, {}],
    ['[P-2.12] a client that answers no ping', 4201, { activityTimeoutSeconds: 1, pongTimeoutSeconds: 1 }, {}],
    ['[P-2.14] a connection that proves nothing in time', 4009, { app: required }, {}],
  ];
  test.concurrent.each(limited)('%s → %d', async (_, code, options, headers) => {
    await using vask = await openVask(options);
    const { client, response } = await upgrade(vask.port, `/app/${KEY}`, headers);
    expect(response.status).toBe(101);
    if (code > 4200 || (code === 4009 && headers['origin'] === undefined)) await client.text();
    expect(await client.farewell()).toMatchObject({ errorCode: code, closeCode: code });
  });

  test.each([
    ['[P-2.9] a full app', 4004, { app: { limits: { connections: 1 } } }],
    ['[P-2.9] a full node', 4100, { maxConnections: 1 }],
  ] as const)('%s → %d, and there is room again when somebody has left', async (_, code, options) => {
    await using vask = await openVask(options);
    const first = await vask.client();
    const { client } = await upgrade(vask.port, `/app/${KEY}`);
    expect(await client.farewell()).toMatchObject({ errorCode: code, closeCode: code });
    await first.hangUp();
    const second = await vask.client();
    expect(second.socketId).not.toBe(first.socketId);
  });

  test('[P-6.4] the end of a user → 4200', async () => {
    await using vask = await openVask();
    const client = await TcpClient.webSocket(vask.port);
    const greeting = JSON.parse(JSON.parse(await client.text()).data);
    const userData = '{"id":"7"}';
    const auth = userAuth(greeting.socket_id, userData);
    client.say(JSON.stringify({ event: 'pusher:signin', data: { auth, user_data: userData } }));
    expect(JSON.parse(await client.text()).event).toBe('pusher:signin_success');
    const { status } = await vask.request('POST', `/apps/${APP_ID}/users/7/terminate_connections`, { body: {} });
    expect(status).toBe(200);
    expect(await client.farewell()).toMatchObject({ errorCode: 4200, closeCode: 4200 });
  });

  test('[P-2.15] the stop of the server → 4200, for each of many clients', async () => {
    const vask = await startVask({ shutdownSeconds: 1 });
    const clients = await Promise.all(Array.from({ length: 40 }, () => TcpClient.webSocket(vask.port)));
    await Promise.all(clients.map((client) => client.text()));
    const [farewells] = await Promise.all([Promise.all(clients.map((client) => client.farewell())), vask.stop()]);
    expect(new Set(farewells.map(({ errorCode, closeCode }) => `${errorCode} ${closeCode}`))).toEqual(
      new Set(['4200 4200']),
    );
  });
});

describe('those who are let in', () => {
  const welcome: readonly (readonly [string, TestServerOptions, Record<string, string>])[] = [
    [
      '[P-2.7] whom a trusted proxy forwards from TLS',
      { app: { tlsOnly: true }, trustedProxies: ['127.0.0.0/8'] },
      { 'x-forwarded-proto': 'https' },
    ],
    ['[P-2.8] without an origin', { app: { allowedOrigins: ['a.example'] } }, {}],
    ['[P-2.8] of the allowed origin', { app: { allowedOrigins: ['a.example'] } }, { origin: 'https://a.example:8443' }],
  ];
  test.each(welcome)('%s', async (_, options, headers) => {
    await using vask = await openVask(options);
    const { client } = await upgrade(vask.port, `/app/${KEY}`, headers);
    expect(JSON.parse(await client.text()).event).toBe('pusher:connection_established');
    client.close();
  });

  test.concurrent('[P-2.12] a client that answers the ping frames stays', async () => {
    await using vask = await openVask({ activityTimeoutSeconds: 1, pongTimeoutSeconds: 1 });
    const client = await TcpClient.webSocket(vask.port);
    await client.text();
    for (let round = 0; round < 2; round++) {
      const { opcode, payload } = await client.frame();
      expect(opcode).toBe(9);
      client.say(payload, { opcode: 10 });
    }
    client.say('{"event":"pusher:ping"}');
    expect(await client.text()).toBe('{"event":"pusher:pong","data":"{}"}');
    client.close();
  });

  test.concurrent('[P-2.14] a connection that subscribes with a signature in time stays', async () => {
    await using vask = await openVask({
      app: { userAuthentication: { enabled: true, required: true, timeoutSeconds: 1 } },
      activityTimeoutSeconds: 2,
    });
    const [stays, goes] = await Promise.all([vask.client(), vask.client()]);
    await stays.subscribe('private-a');
    expect((await goes.closed).code).toBe(4009);
    expect(await stays.heardNothing()).toBe(true);
  });
});

test.each([
  ['pusher-channels-protocol-7', 'pusher-channels-protocol-7'],
  ['pusher', 'pusher'],
  ['graphql-ws, pusher-channels-protocol-5 , pusher', 'pusher-channels-protocol-5'],
  ['graphql-ws', null],
  ['pusher-channels-protocol-', null],
  ['xpusher', null],
])('[P-2.10] of the sub-protocols %s the answer names %p', async (offered, echoed) => {
  const { client, response } = await upgrade(shared.port, `/app/${KEY}`, { 'sec-websocket-protocol': offered });
  expect([response.status, response.headers.get('sec-websocket-protocol')]).toEqual([101, echoed]);
  client.close();
});

test('[P-2.10] a refused client gets its sub-protocol as well', async () => {
  const { client, response } = await upgrade(shared.port, '/app/unknown', { 'sec-websocket-protocol': 'pusher' });
  expect(response.headers.get('sec-websocket-protocol')).toBe('pusher');
  expect((await client.farewell()).closeCode).toBe(4001);
});

const { 'sec-websocket-key': _, ...KEYLESS } = UPGRADE_HEADERS;
test.each([
  ['without a key', KEYLESS, 426],
  ['with an empty key', { ...UPGRADE_HEADERS, 'sec-websocket-key': '' }, 426],
  ['with a key that is too short', { ...UPGRADE_HEADERS, 'sec-websocket-key': 'abc' }, 426],
  ['of version 12', { ...UPGRADE_HEADERS, 'sec-websocket-version': '12' }, 426],
  ['to something else', { ...UPGRADE_HEADERS, upgrade: 'h2c' }, 426],
])('[H-9.2] an upgrade %s is an HTTP error and does no harm', async (_, headers, status) => {
  const client = new TcpClient(shared.port);
  client.write(requestText('GET', `/app/${KEY}`, headers));
  expect((await client.response()).status).toBe(status);
  client.close();
  const bystander = await shared.client();
  await bystander.hangUp();
});

test.each([
  '{"event":"pusher:ping"}',
  '{"event":"pusher:ping","data":{}}',
  '{"event":"pusher:ping","data":"{}"}',
  '{"event":"pusher:ping","data":null}',
  '{"event":"pusher:ping","data":[1]}',
  '{"data":{"x":1},"channel":1,"event":"pusher:ping"}',
])('[P-2.11] %s is answered with data exactly "{}", and a pong is silently accepted', async (text) => {
  const client = await TcpClient.webSocket(shared.port);
  await client.text();
  client.say('{"event":"pusher:pong","data":"{}"}');
  client.say(text);
  expect(await client.text()).toBe('{"event":"pusher:pong","data":"{}"}');
  client.close();
});

test('[P-2.5] what comes behind the message that ends a connection is not served', async () => {
  const client = await TcpClient.webSocket(shared.port);
  await client.text();
  const late = frameBytes('{"event":"pusher:subscribe","data":{"channel":"late"}}');
  client.write(Buffer.concat([frameBytes('x'.repeat(200_000)), late, late]));
  expect((await client.farewell()).closeCode).toBe(1009);
  const answer = await shared.request('GET', `/apps/${APP_ID}/channels/late`);
  expect(await answer.json()).toEqual({ occupied: false });
});

test('[P-4.20] after many clients that come, subscribe and vanish, nothing of them is left', async () => {
  await using vask = await openVask({ maxConnections: 20 });
  for (let round = 0; round < 20; round++) {
    const clients = await Promise.all(Array.from({ length: 20 }, () => TcpClient.webSocket(vask.port)));
    await Promise.all(
      clients.map(async (client, at) => {
        expect(JSON.parse(await client.text()).event).toBe('pusher:connection_established');
        client.say(JSON.stringify({ event: 'pusher:subscribe', data: { channel: `c${at % 5}` } }));
        await client.text();
        if (at % 2 === 0) client.socket.resetAndDestroy();
        else client.say('', { opcode: 8 });
        await client.ended;
      }),
    );
    // The news of a reset may come a moment later; a server that counted wrong would soon be full.
    for (;;) {
      const answer = await vask.request('GET', `/apps/${APP_ID}/channels`);
      if ((await answer.text()) === '{"channels":{}}') break;
    }
  }
});
