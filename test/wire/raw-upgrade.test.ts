// The request for a WebSocket and the answer to it, byte by byte, and the first frames behind it.
import { afterAll, describe, expect, test } from 'bun:test';
import { KEY } from '../support/credentials.ts';
import { startVask } from '../support/server.ts';
import { frameBytes, requestText, TcpClient, UPGRADE_HEADERS } from '../support/tcp.ts';

const vask = await startVask({ pathPrefix: '/realtime' });
afterAll(() => vask.stop());

/** The response to an upgrade, and the client behind it. */
async function upgrade(target: string, headers: Readonly<Record<string, string>> = {}) {
  const client = new TcpClient(vask.port);
  client.write(requestText('GET', target, { ...UPGRADE_HEADERS, ...headers }));
  const response = await client.response(true);
  return { client, response };
}

describe('[P-2.1, P-2.3] the path and the query', () => {
  test.each([
    [`/app/${KEY}`],
    [`/app/${KEY}/`],
    [`/app/${KEY}?protocol=7&client=js&version=8.6.0&flash=false`],
    [`/app/${KEY}?client=pusher-websocket-swift&version=10.1.10&protocol=7`],
    [`/app/${KEY}?client=java-client&protocol=5&version=2.4.4`],
    [`/app/${KEY}?unknown=%zz&&=&protocol=4&x`],
    [`/realtime/app/${KEY}?protocol=6`],
  ])('%s is let in', async (target) => {
    const { client, response } = await upgrade(target);
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
    const { client, response } = await upgrade(`/app/${KEY}`, headers);
    expect(response.status).toBe(101);
    await client.text();
    client.close();
  });

  test('that offers compression is let in without', async () => {
    const offered = { 'sec-websocket-extensions': 'permessage-deflate; client_max_window_bits' };
    const { client, response } = await upgrade(`/app/${KEY}`, offered);
    expect([response.status, response.headers.get('sec-websocket-extensions')]).toEqual([101, null]);
    client.close();
  });

  test('may have the first commands behind it, in the same packet', async () => {
    const client = new TcpClient(vask.port);
    const request = requestText('GET', `/app/${KEY}`, UPGRADE_HEADERS);
    const command = frameBytes('{"event":"pusher:subscribe","data":{"channel":"early"}}');
    client.write(Buffer.concat([Buffer.from(request), command, frameBytes('{"event":"pusher:ping"}')]));
    expect((await client.response(true)).status).toBe(101);
    const [greeting, ...answers] = [await client.text(), await client.text(), await client.text()].map(
      (text) => JSON.parse(text).event,
    );
    expect(greeting).toBe('pusher:connection_established');
    // Of several nodes one must ask the others first; a ping does not wait for that.
    expect(answers.toSorted()).toEqual(['pusher:pong', 'pusher_internal:subscription_succeeded']);
    client.close();
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
  const { client, response } = await upgrade(`/app/${KEY}`, { 'sec-websocket-protocol': offered });
  expect([response.status, response.headers.get('sec-websocket-protocol')]).toEqual([101, echoed]);
  client.close();
});

test('[P-2.10] a refused client gets its sub-protocol as well', async () => {
  const { client, response } = await upgrade('/app/unknown', { 'sec-websocket-protocol': 'pusher' });
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
  const client = new TcpClient(vask.port);
  client.write(requestText('GET', `/app/${KEY}`, headers));
  expect((await client.response()).status).toBe(status);
  client.close();
  const bystander = await vask.client();
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
  const client = await TcpClient.webSocket(vask.port);
  await client.text();
  client.say('{"event":"pusher:pong","data":"{}"}');
  client.say(text);
  expect(await client.text()).toBe('{"event":"pusher:pong","data":"{}"}');
  client.close();
});
