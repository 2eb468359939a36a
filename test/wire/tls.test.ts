// TLS: one listener beside the plain one, one app behind both.
import { afterAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RawClient } from '../support/client.ts';
import { APP_ID, KEY, signedQuery } from '../support/credentials.ts';
import { openVask } from '../support/open-vask.ts';
import type { TestServer } from '../support/server.ts';
import { requestText, TcpClient } from '../support/tcp.ts';

const directory = mkdtempSync(join(tmpdir(), 'vask-tls-'));
const cert = join(directory, 'cert.pem');
const key = join(directory, 'key.pem');
const made = Bun.spawnSync(
  // biome-ignore format: a command line reads best as one
  ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert],
  { stdout: 'ignore', stderr: 'pipe' },
);
if (!made.success) throw new Error(`openssl made no certificate: ${made.stderr.toString()}`);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const both = { tls: { cert, key, port: 0 } };
const only = { tls: { cert, key, port: null } };
const [PLAIN, TLS] = [0, 1];

async function connect(vask: TestServer, listener: number): Promise<RawClient> {
  const url = `${(vask.urls[listener] ?? '').replace(/^http/, 'ws')}/app/${KEY}?protocol=7`;
  return await new RawClient(url, { tls: { rejectUnauthorized: false } }).opened();
}

/** A client that is let in. */
async function enter(vask: TestServer, listener: number): Promise<RawClient> {
  return await (await connect(vask, listener)).greeted();
}

async function publish(url: string | undefined, body: object): Promise<Response> {
  const [path, text] = [`/apps/${APP_ID}/events`, JSON.stringify(body)];
  const query = signedQuery('POST', path, text);
  return await fetch(`${url}${path}?${query}`, { method: 'POST', body: text, tls: { rejectUnauthorized: false } });
}

test('[H-1.5] both listeners serve WebSocket and HTTP', async () => {
  await using vask = await openVask(both);
  expect(vask.urls.map((url) => new URL(url).protocol)).toEqual(['http:', 'https:']);
  for (const listener of [PLAIN, TLS]) {
    const client = await enter(vask, listener);
    await client.subscribe('news');
    expect(await (await publish(vask.urls[listener], { name: 'a', channel: 'news', data: '1' })).json()).toEqual({});
    expect(await client.next()).toMatchObject({ event: 'a', channel: 'news' });
    await client.hangUp();
  }
});

test('[H-1.5] a server with TLS alone speaks it on its port', async () => {
  await using vask = await openVask(only);
  expect(vask.urls.map((url) => new URL(url).protocol)).toEqual(['https:']);
  const client = await enter(vask, 0);
  await client.hangUp();
});

test('[P-2.7] an app that demands TLS takes connections over TLS and closes plain ones with 4000', async () => {
  await using vask = await openVask({ ...both, app: { tlsOnly: true } });
  const welcome = await enter(vask, TLS);
  const refused = await connect(vask, PLAIN);
  expect(await refused.next()).toMatchObject({ event: 'pusher:error', data: { code: 4000 } });
  expect((await refused.closed).code).toBe(4000);
  expect(await welcome.heardNothing()).toBe(true);
});

test('[H-5.1] an event reaches the subscribers on both listeners but the one it leaves out, wherever that is', async () => {
  await using vask = await openVask(both);
  const clients = await Promise.all([PLAIN, TLS, PLAIN, TLS].map((listener) => enter(vask, listener)));
  for (const client of clients) await client.subscribe('private-a');
  for (const [at, excluded] of clients.entries()) {
    for (const url of vask.urls) {
      const body = { name: `e${at}`, channel: 'private-a', data: '1', socket_id: excluded.socketId };
      expect((await publish(url, body)).status).toBe(200);
      for (const client of clients) if (client !== excluded) expect((await client.next()).event).toBe(`e${at}`);
      expect(await excluded.heardNothing()).toBe(true);
    }
  }
});

test('[P-7.3] a client event crosses to the other listener and never comes back', async () => {
  await using vask = await openVask(both);
  const [plain, secure] = [await enter(vask, PLAIN), await enter(vask, TLS)];
  for (const client of [plain, secure]) await client.subscribe('private-a');
  for (const [from, to] of [
    [plain, secure],
    [secure, plain],
  ] as const) {
    from.say({ event: 'client-a', channel: 'private-a', data: { n: 1 } });
    expect(await to.next()).toEqual({ event: 'client-a', channel: 'private-a', data: { n: 1 } });
    expect(await from.heardNothing()).toBe(true);
  }
});

test('[P-1.2] what is no TLS on the port of TLS, and TLS on the other, do no harm', async () => {
  await using vask = await openVask(both);
  const ports = vask.urls.map((url) => Number(new URL(url).port));
  const hello = Buffer.from('16030100050100000100', 'hex');
  for (const port of ports) {
    for (const bytes of [requestText('GET', '/up'), hello, Buffer.alloc(1_000, 0x16), 'GET']) {
      const client = new TcpClient(port);
      client.write(bytes);
      client.socket.end();
      await client.ended;
      client.close();
    }
  }
  for (const listener of [PLAIN, TLS]) await (await enter(vask, listener)).hangUp();
});
