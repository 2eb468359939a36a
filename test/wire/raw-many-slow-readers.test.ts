// A thousand clients that stop reading at once. What waits for all of them is bounded, and those who read notice nothing.
import { expect, test } from 'bun:test';
import { APP_ID } from '../support/credentials.ts';
import { openVask } from '../support/open-vask.ts';
import type { TestServer } from '../support/server.ts';
import { TcpClient } from '../support/tcp.ts';

const STALLED = 1_000;
const READERS = 10;
const MIB = 1_048_576;
const TOTAL_BYTES = 64 * MIB;
/** As many as no reader is left without having been cut: more than the buffers of the system and the bound hold. */
const MOST_EVENTS = 5_000;
const DATA = 'x'.repeat(10_000);
const CHANNEL = 'news';

async function stalled(vask: TestServer): Promise<TcpClient> {
  const client = await TcpClient.webSocket(vask.port);
  await client.text();
  client.say(JSON.stringify({ event: 'pusher:subscribe', data: { channel: CHANNEL } }));
  await client.text();
  client.stopReading();
  return client;
}

test('[P-8.3] what waits for a thousand clients that do not read is bounded, and those who read get every event', async () => {
  await using vask = await openVask({ nodes: 1, backlogTotalBytes: TOTAL_BYTES, logLevel: 'warn' });
  const readers = await Promise.all(Array.from({ length: READERS }, () => vask.client()));
  for (const reader of readers) await reader.subscribe(CHANNEL);
  const slow: TcpClient[] = [];
  while (slow.length < STALLED) slow.push(...(await Promise.all(Array.from({ length: 100 }, () => stalled(vask)))));
  const beforeBytes = process.memoryUsage.rss();
  let mostBytes = beforeBytes;
  let published = 0;
  const waits: number[] = [];
  const cut = (): number => vask.logLines.filter((line) => line.includes('"slowReaderClosed"')).length;
  const subscribers = async (): Promise<number> => {
    const parameters = { info: 'subscription_count' };
    const answer = await vask.request('GET', `/apps/${APP_ID}/channels/${CHANNEL}`, { parameters });
    return ((await answer.json()) as { subscription_count: number }).subscription_count;
  };
  while (published < MOST_EVENTS && (published % 50 !== 0 || (await subscribers()) > READERS)) {
    const body = { name: `n${published}`, channel: CHANNEL, data: DATA };
    const startedMs = performance.now();
    expect((await vask.request('POST', `/apps/${APP_ID}/events`, { body })).status).toBe(200);
    for (const reader of readers) expect((await reader.next()).event).toBe(`n${published}`);
    waits.push(performance.now() - startedMs);
    published++;
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  }
  waits.sort((one, other) => one - other);
  const atPart = (part: number): string => (waits[Math.floor(waits.length * part)] ?? 0).toFixed(1);
  console.log(
    `${STALLED} stalled readers, ${published} events of 10 kB: all cut (${cut()} named as slow), memory at most ` +
      `${Math.round((mostBytes - beforeBytes) / MIB)} MiB more; publish to the last reader: median ${atPart(0.5)} ms, ` +
      `p99 ${atPart(0.99)} ms`,
  );
  expect(await subscribers()).toBe(READERS);
  expect(cut()).toBeGreaterThan(STALLED / 2);
  // Without a bound for all together it would be a thousand times `backlogBytes`.
  expect(mostBytes - beforeBytes).toBeLessThan(500 * MIB);
  for (const client of slow) client.close();
}, 120_000);
