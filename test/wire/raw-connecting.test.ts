// Being let in or refused, and being sent away, byte by byte: what a client's own WebSocket library sees before any SDK.
import { afterAll, describe, expect, test } from 'bun:test';
import { RawClient } from '../support/client.ts';
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
  test.concurrent.each(limited)(
    '%s → %d',
    async (_, code, options, headers) => {
      await using vask = await openVask(options);
      const { client, response } = await upgrade(vask.port, `/app/${KEY}`, headers);
      expect(response.status).toBe(101);
      if (code > 4200 || (code === 4009 && headers['origin'] === undefined)) await client.text();
      expect(await client.farewell()).toMatchObject({ errorCode: code, closeCode: code });
    },
    20_000,
  );

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

  test('[P-2.15] who comes back to a stopping server → 4100', async () => {
    const vask = await startVask({ lingerMs: 1_000 });
    const client = await vask.client();
    const stopped = vask.stop();
    expect((await client.closed).code).toBe(4200);
    const again = await new RawClient(vask.webSocketUrl()).opened();
    expect(await again.next()).toMatchObject({ event: 'pusher:error', data: { code: 4100 } });
    expect((await again.closed).code).toBe(4100);
    await stopped;
  });

  test.each([0, 1])(
    '[P-2.15] the stop of the server within %d s → 4200, for each of many clients',
    async (shutdownSeconds) => {
      const vask = await startVask({ shutdownSeconds });
      const clients = await Promise.all(Array.from({ length: 40 }, () => TcpClient.webSocket(vask.port)));
      await Promise.all(clients.map((client) => client.text()));
      const [farewells] = await Promise.all([Promise.all(clients.map((client) => client.farewell())), vask.stop()]);
      expect(new Set(farewells.map(({ errorCode, closeCode }) => `${errorCode} ${closeCode}`))).toEqual(
        new Set(['4200 4200']),
      );
    },
  );
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
  }, 20_000);

  test.concurrent('[P-2.14] a connection that subscribes with a signature in time stays', async () => {
    await using vask = await openVask({
      app: { userAuthentication: { enabled: true, required: true, timeoutSeconds: 2 } },
    });
    const [stays, goes] = await Promise.all([vask.client(), vask.client()]);
    await stays.subscribe('private-a');
    expect((await goes.closed).code).toBe(4009);
    expect(await stays.heardNothing()).toBe(true);
  }, 20_000);
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
