// Chapter P-10 and H-9.10 over real sockets. What is bounded by address is tried from behind a proxy that is trusted:
// the machine itself is not bounded.
import { expect, test } from 'bun:test';
import { closeFaults, httpFaults, refusal } from '../../src/protocol/faults.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { openVask } from '../support/open-vask.ts';
import type { TestServer } from '../support/server.ts';
import { frameBytes, requestText, TcpClient } from '../support/tcp.ts';

const PING = '{"event":"pusher:ping"}';
const PROXIED = { trustedProxies: ['127.0.0.1'] } as const;

async function from(vask: TestServer, address: string): Promise<RawClient> {
  return await new RawClient(vask.webSocketUrl(), { headers: { 'x-forwarded-for': address } }).opened();
}

const logged = ({ logLines }: TestServer, name: string): object[] =>
  logLines.map((line) => JSON.parse(line)).filter(({ event }) => event === name);

test('[P-10.1] a client from an address with too many new connections is told so and closed with 4100', async () => {
  await using vask = await openVask({ ...PROXIED, connectRate: 1 });
  // Each of several nodes bounds for itself.
  const clients = await Promise.all(Array.from({ length: 8 }, () => from(vask, '192.0.2.1')));
  const frames = await Promise.all(clients.map((client) => client.next()));
  const { text: message } = refusal(closeFaults.addressLimit);
  const refusals = frames.filter(({ event }) => event === 'pusher:error');
  expect(refusals.length).toBeGreaterThan(0);
  for (const { data } of refusals) expect(data).toEqual({ code: 4100, message });
  await (await from(vask, '192.0.2.2')).greeted();
  expect(logged(vask, 'flooded')[0]).toMatchObject({ level: 'warn', limit: 'connectRate', network: '192.0.2.1' });
});

test('[P-10.3] a client that floods the server is closed with 4101, and the others notice nothing', async () => {
  await using vask = await openVask({ clientMessageRate: 100 });
  const witness = await vask.client();
  await witness.subscribe('news');
  const flooder = await TcpClient.webSocket(vask.port);
  await flooder.text();
  flooder.write(Buffer.concat(Array.from({ length: 101 }, () => frameBytes(PING))));
  for (let pong = 0; pong < 100; pong++) expect(JSON.parse(await flooder.text()).event).toBe('pusher:pong');
  expect(await flooder.farewell()).toMatchObject({ errorCode: 4101, closeCode: 4101 });
  expect(await witness.heardNothing()).toBe(true);
});

test('[P-10.3] ping frames, which the engine answers, are bounded as well', async () => {
  await using vask = await openVask({ clientMessageRate: 100 });
  const flooder = await TcpClient.webSocket(vask.port);
  await flooder.text();
  flooder.write(Buffer.concat(Array.from({ length: 500 }, () => frameBytes('', { opcode: 9 }))));
  let pongs = 0;
  for (;;) {
    const { opcode } = await flooder.frame();
    if (opcode !== 10) break;
    pongs++;
  }
  expect(pongs).toBeLessThan(500);
  flooder.close();
});

test('[H-9.10] requests that fail again and again are answered 429 with Retry-After, those that are signed are not', async () => {
  await using vask = await openVask({ ...PROXIED, nodes: 1, badRequestRate: 5 });
  const ask = async (address: string, path: string): Promise<Response> =>
    await fetch(`${vask.url}${path}`, { headers: { 'x-forwarded-for': address } });
  const path = `/apps/${APP_ID}/channels`;
  const statuses: number[] = [];
  for (let at = 0; at < 5; at++) statuses.push((await ask('192.0.2.1', at % 2 === 0 ? path : '/none')).status);
  expect(statuses).toEqual([401, 404, 401, 404, 401]);
  const late = await ask('192.0.2.1', path);
  expect([late.status, await late.text()]).toEqual([429, `${httpFaults.tooManyBadRequests.text}\n`]);
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await ask('192.0.2.2', path)).status).toBe(401);
  expect((await ask('192.0.2.1', '/up')).status).toBe(200);
  expect((await vask.request('GET', path)).status).toBe(200);
  expect(logged(vask, 'flooded')).toEqual([expect.objectContaining({ limit: 'badRequestRate', network: '192.0.2.1' })]);
});

test('[P-10.8] sockets that say nothing, or never come to the end of a request, are closed', async () => {
  await using vask = await openVask({ requestTimeoutSeconds: 4 });
  const silent = new TcpClient(vask.port);
  const begun = new TcpClient(vask.port);
  begun.write('GET /up HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  const dripping = new TcpClient(vask.port);
  dripping.write('GET /up HTTP/1.1\r\n');
  const drops = Array.from({ length: 10_000 }, (_, at) => `X-${at}: y\r\n`)[Symbol.iterator]();
  const again = new TcpClient(vask.port);
  again.write(requestText('GET', '/up'));
  expect((await again.response()).status).toBe(200);
  again.write('GET /up HTTP/1.1\r\nHo');
  let isEnded = false;
  void dripping.ended.then(() => {
    isEnded = true;
  });
  await eventually('the end of what drips', async () => {
    dripping.write(drops.next().value ?? '');
    return isEnded || null;
  });
  await Promise.all([silent, begun, again].map((client) => client.ended));
  expect((await fetch(`${vask.url}/up`)).status).toBe(200);
}, 60_000);

test('[P-10.6] a server that holds too much memory is not ready, closes new connections with 4100, and serves the others', async () => {
  await using vask = await openVask({ nodes: 1, overloadMemoryBytes: 1_048_576 });
  const client = await vask.client();
  await client.subscribe('news');
  const ready = await eventually('an overloaded server', async () => {
    const answer = await fetch(`${vask.url}/ready`);
    return answer.status === 503 ? await answer.text() : null;
  });
  expect(ready).toMatch(/^not ready: overloaded: the process holds \d+ MiB \(overloadMemoryBytes is 1 MiB\)\n$/);
  const late = await TcpClient.webSocket(vask.port);
  const { message, closeCode } = await late.farewell();
  expect([message, closeCode]).toEqual([closeFaults.overloaded.text, 4100]);
  expect(await client.heardNothing()).toBe(true);
  const body = { name: 'still', channel: 'news', data: '{}' };
  expect((await vask.request('POST', `/apps/${APP_ID}/events`, { body })).status).toBe(200);
  expect((await client.next()).event).toBe('still');
  expect(logged(vask, 'overload')).toHaveLength(1);
});
