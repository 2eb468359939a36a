// Two minutes of people who come and go as fast as it goes: afterwards memory and open files are where they were.
import { expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import Backend from 'pusher';
import { RawClient } from '../support/client.ts';
import { APP_ID, KEY, SECRET } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { PROGRAM } from '../support/program.ts';
import { ProgramVask } from '../support/program-vask.ts';

const PEOPLE = 40;
const WARM_MS = 30_000;
const SOAK_MS = 90_000;
/** The engine keeps what it has had for a while; a leak of a kilobyte for each connection would be far more than this. */
const GROWTH = { factor: 1.15, bytes: 16e6 };

function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** @returns how many connections came and went. */
async function churn(server: ProgramVask, backend: Backend, forMs: number): Promise<number> {
  const endMs = performance.now() + forMs;
  let lives = 0;
  const person = async (number: number): Promise<void> => {
    const address = `${server.url.replace(/^http/, 'ws')}/app/${KEY}?protocol=7&client=test&version=1.0`;
    while (performance.now() < endMs) {
      const client = await (await new RawClient(address).opened()).greeted();
      // A name that nobody has had before, and one that all have.
      await client.subscribe(`private-life-${lives++}`);
      client.say({ event: 'pusher:subscribe', data: { channel: 'everybody' } });
      if (lives % 50 === 0) await backend.trigger('everybody', 'news', { number });
      await client.hangUp();
    }
  };
  await Promise.all(Array.from({ length: PEOPLE }, (_, number) => person(number)));
  return lives;
}

test.skipIf(process.platform !== 'linux')(
  'connections that come and go leave nothing behind: memory is flat, and all files are closed',
  async () => {
    await using server = await ProgramVask.start(PROGRAM);
    const port = new URL(server.url).port;
    const backend = new Backend({ appId: APP_ID, key: KEY, secret: SECRET, host: '127.0.0.1', port, useTLS: false });
    await churn(server, backend, WARM_MS);
    const before = { bytes: residentBytes(server.pid), files: openFiles(server.pid) };
    const lives = await churn(server, backend, SOAK_MS);
    // Whatever waits for a later turn has its turn.
    await eventually('no more open files than before', async () =>
      openFiles(server.pid) <= before.files + 5 ? true : null,
    );
    const after = residentBytes(server.pid);
    console.log(`${lives} lives; resident ${Math.round(before.bytes / 1e6)} MB, then ${Math.round(after / 1e6)} MB`);
    expect(after).toBeLessThan(before.bytes * GROWTH.factor + GROWTH.bytes);
    expect(lives).toBeGreaterThan(1_000);
  },
  WARM_MS + SOAK_MS + 60_000,
);
