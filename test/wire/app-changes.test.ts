// What clients and backends get over real sockets when their app changes under them.
import { expect, test } from 'bun:test';
import { changingServer } from '../support/changing-server.ts';
import { APP_ID, KEY } from '../support/credentials.ts';

const EVENTS = `/apps/${APP_ID}/events`;
const EVENT = { name: 'a', channel: 'news', data: 'b' };

test('[P-2.18, H-4.3] a disabled app: its clients are closed with 4003, its backend is answered 403, until it is back', async () => {
  await using server = changingServer();
  const clients = await Promise.all(Array.from({ length: 20 }, () => server.client()));
  server.change({ enabled: false });
  for (const client of clients) {
    expect(await client.next()).toMatchObject({ event: 'pusher:error', data: { code: 4003 } });
    expect(await client.closed).toEqual({ code: 4003, reason: 'Application disabled' });
  }
  expect((await (await server.knock()).closed).code).toBe(4003);
  expect((await server.request('POST', EVENTS, EVENT)).status).toBe(403);
  server.change({});
  await server.client();
  expect((await server.request('POST', EVENTS, EVENT)).status).toBe(200);
});

test('[P-2.18, H-4.3] a removed app: its clients are closed with 4001, its backend is answered 404', async () => {
  await using server = changingServer();
  const client = await server.client();
  await client.subscribe('news');
  server.remove();
  expect(await client.closed).toEqual({
    code: 4001,
    reason: `App key ${KEY} not in this cluster. Did you forget to specify the cluster?`,
  });
  expect((await (await server.knock()).closed).code).toBe(4001);
  expect((await server.request('POST', EVENTS, EVENT)).status).toBe(404);
  expect(server.engine.connections).toBe(0);
});

test('[P-2.18] a limit that changes holds for the next request, and the connections stay', async () => {
  await using server = changingServer();
  const client = await server.client();
  await client.subscribe('news');
  server.change({ limits: { eventBytes: 1, broadcastsPerMonth: 1 } });
  expect((await server.request('POST', EVENTS, { ...EVENT, data: 'bb' })).status).toBe(413);
  expect((await server.request('POST', EVENTS, EVENT)).status).toBe(200);
  expect(await client.next()).toMatchObject({ event: 'a', channel: 'news' });
  const over = await server.request('POST', EVENTS, EVENT);
  expect([over.status, await over.text()]).toEqual([403, expect.stringContaining('message quota exceeded')]);
  server.change({});
  expect((await server.request('POST', EVENTS, EVENT)).status).toBe(200);
});

test('[P-2.16] beyond the grace new clients are closed with 4004, within it they are let in', async () => {
  await using server = changingServer({ limits: { connections: 1, connectionGraceSeconds: 3_600 } });
  const clients = [await server.client(), await server.client()];
  server.change({ limits: { connections: 1 } });
  expect((await (await server.knock()).closed).code).toBe(4004);
  for (const client of clients) await client.subscribe('news');
});
