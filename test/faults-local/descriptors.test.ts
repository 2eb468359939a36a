// The process may open few files: connections end there, the server does not.
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenVask, limited } from '../support/broken-vask.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID, signedQuery } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { TcpClient } from '../support/tcp.ts';

const LIMIT = 300;
/** What the server keeps for itself. */
const RESERVED = 256;

async function inDirectory(act: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'vask-descriptors-'));
  try {
    await act(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function publish({ url }: BrokenVask, name: string): Promise<number> {
  const path = `/apps/${APP_ID}/events`;
  const body = JSON.stringify({ name, channel: 'news', data: '{}' });
  const answer = await fetch(`${url}${path}?${signedQuery('POST', path, body)}`, { method: 'POST', body });
  return answer.status;
}

const connect = (vask: BrokenVask): Promise<RawClient> => new RawClient(vask.webSocketUrl()).opened();

test('[P-2.9] with few descriptors the server takes as many connections as fit, refuses the others with 4100, and says so', async () => {
  await inDirectory(async (directory) => {
    await using vask = await BrokenVask.start(directory, limited(`-n ${LIMIT}`));
    expect(vask.logLines.find((line) => line.includes('"started"'))).toContain(`"maxConnections":${LIMIT - RESERVED}`);
    const clients: RawClient[] = [];
    while (clients.length < 60) clients.push(await connect(vask));
    const greetings = await Promise.all(clients.map((client) => client.next()));
    const refused = greetings.filter(({ event }) => event === 'pusher:error');
    expect(refused).toHaveLength(60 - (LIMIT - RESERVED));
    for (const { data } of refused) expect(data).toEqual({ code: 4100, message: 'Over capacity' });
    const told = vask.logLines.filter((line) => line.includes('"flooded"'));
    expect(told).toEqual([expect.stringContaining('"limit":"maxConnections"')]);
    const [first] = clients;
    await first?.subscribe('news');
    expect(await publish(vask, 'still')).toBe(200);
    expect((await first?.next())?.event).toBe('still');
  });
}, 60_000);

test('sockets that are opened until no descriptor is left keep others out for a while, and disturb nobody who is there', async () => {
  await inDirectory(async (directory) => {
    await using vask = await BrokenVask.start(directory, limited(`-n ${LIMIT}`));
    const [reader, writer] = [await (await connect(vask)).greeted(), await (await connect(vask)).greeted()];
    await reader.subscribe('private-news');
    await writer.subscribe('private-news');
    const silent = Array.from({ length: LIMIT + 100 }, () => new TcpClient(vask.port));
    await Promise.all(
      silent.map(({ socket }) =>
        socket.connecting ? new Promise((resolve) => socket.once('connect', resolve)) : null,
      ),
    );
    await eventually('a word of it', async () => {
      for (const client of [reader, writer]) expect(await client.heardNothing()).toBe(true);
      return vask.logLines.some((line) => line.includes('no file descriptor left')) || null;
    });
    for (const client of silent) client.close();
    const late = await eventually('a connection', async () => {
      const client = await connect(vask);
      return await client.greeted().catch(() => null);
    });
    await late.subscribe('news');
    expect(await publish(vask, 'again')).toBe(200);
    expect((await late.next()).event).toBe('again');
  });
}, 60_000);
