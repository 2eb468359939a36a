// Clients that stop reading. They are closed when more than `backlogBytes` waits for them, and nobody else notices.
import { expect, test } from 'bun:test';
import type { RawClient } from '../support/client.ts';
import { APP_ID } from '../support/credentials.ts';
import { openVask } from '../support/open-vask.ts';
import type { TestServer } from '../support/server.ts';
import { frameBytes, TcpClient } from '../support/tcp.ts';

const BACKLOG_BYTES = 65_536;
const EVENTS = 2_000;
const PATH = `/apps/${APP_ID}/events`;
const DATA = 'x'.repeat(10_000);
const MIB = 1_048_576;

async function slowReader(vask: TestServer, channel: string): Promise<TcpClient> {
  const client = await TcpClient.webSocket(vask.port);
  await client.text();
  client.say(JSON.stringify({ event: 'pusher:subscribe', data: { channel } }));
  await client.text();
  client.stopReading();
  return client;
}

/** Publishes numbered events one after the other; every answer must be a success. */
async function publishMany(vask: TestServer, channel: string): Promise<void> {
  for (let n = 1; n <= EVENTS; n++) {
    const { status } = await vask.request('POST', PATH, { body: { name: `n${n}`, channel, data: DATA } });
    if (status !== 200) throw new Error(`Answered ${status}.`);
  }
}

async function expectAll(reader: RawClient): Promise<void> {
  for (let n = 1; n <= EVENTS; n++) expect((await reader.next()).event).toBe(`n${n}`);
}

async function subscribers(vask: TestServer, channel: string): Promise<number> {
  const answer = await vask.request('GET', `/apps/${APP_ID}/channels/${channel}`, {
    parameters: { info: 'subscription_count' },
  });
  return ((await answer.json()) as { subscription_count: number }).subscription_count;
}

test('[P-8.1, P-8.2] fifty clients that do not read are closed, while a reader beside them gets every event', async () => {
  await using vask = await openVask({ backlogBytes: BACKLOG_BYTES });
  const reader = await vask.client();
  await reader.subscribe('news');
  const slow = await Promise.all(Array.from({ length: 50 }, () => slowReader(vask, 'news')));
  const before = process.memoryUsage.rss();
  await Promise.all([publishMany(vask, 'news'), expectAll(reader)]);
  // A server that kept everything would hold 50 × 20 MB.
  expect(process.memoryUsage.rss() - before).toBeLessThan(300 * MIB);
  expect(await subscribers(vask, 'news')).toBe(1);
  const closed = vask.logLines.filter((line) => JSON.parse(line).event === 'disconnected');
  expect(closed).toHaveLength(slow.length);
  for (const client of slow) client.close();
}, 30_000);

test('[P-8.1] what a slow reader got until it was closed has no gap', async () => {
  await using vask = await openVask({ backlogBytes: BACKLOG_BYTES });
  const client = await slowReader(vask, 'news');
  await publishMany(vask, 'news');
  expect(await subscribers(vask, 'news')).toBe(0);
  client.resumeReading();
  const names: string[] = [];
  await (async () => {
    for (;;) names.push(JSON.parse(await client.text()).event);
  })().catch(() => undefined);
  await client.ended;
  expect(names.length).toBeLessThan(EVENTS);
  expect(names).toEqual(names.map((_, at) => `n${at + 1}`));
}, 30_000);

test('[P-8.1] a client that asks and asks and reads no answer is closed', async () => {
  await using vask = await openVask({ backlogBytes: BACKLOG_BYTES });
  const client = await slowReader(vask, 'news');
  const pings = Buffer.concat(Array.from({ length: 10_000 }, () => frameBytes('{"event":"pusher:ping"}')));
  let rounds = 0;
  for (; rounds < 200 && (await subscribers(vask, 'news')) > 0; rounds++) client.write(pings);
  expect(rounds).toBeLessThan(200);
  client.close();
}, 30_000);

test('[P-8.1] the close of a slow reader is logged with what waited for it', async () => {
  const app = { limits: { eventBytes: 100_000 } };
  await using vask = await openVask({ backlogBytes: 64 * MIB, inactiveTimeoutSeconds: 1, app });
  const client = await slowReader(vask, 'news');
  const witness = await vask.client();
  const body = { name: 'n', channel: 'news', data: 'x'.repeat(100_000) };
  // More than the system's buffers take, and between half of the bound and the bound.
  for (let n = 0; n < 480; n++) await vask.request('POST', PATH, { body });
  // The same look at all connections that finds the witness inactive sees what waits for the slow reader.
  expect((await witness.closed).code).toBe(4202);
  for (let n = 0; n < 600 && (await subscribers(vask, 'news')) > 0; n++) await vask.request('POST', PATH, { body });
  const logged = vask.logLines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'slowReaderClosed');
  expect(logged).toEqual([expect.objectContaining({ level: 'warn', backlogBytes: expect.any(Number) })]);
  expect(logged[0].backlogBytes).toBeGreaterThan(MIB);
  client.close();
}, 30_000);
