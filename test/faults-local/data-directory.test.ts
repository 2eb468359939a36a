// The folder with what the server keeps is not what it should be: closed, damaged, or full.
import { afterAll, beforeEach, describe, expect, test } from 'bun:test';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppId } from '../../src/protocol/ids.ts';
import { openStore } from '../../src/storage/open-store.ts';
import { BrokenVask, limited, UNPRIVILEGED } from '../support/broken-vask.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID, signedQuery } from '../support/credentials.ts';

const WRITER = join(import.meta.dir, '../support/app-writer.ts');
const root = mkdtempSync(join(tmpdir(), 'vask-broken-'));
// Also for the user who may not write.
chmodSync(root, 0o755);
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(root, 'data-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function publish({ url }: BrokenVask, name: string): Promise<number> {
  const path = `/apps/${APP_ID}/events`;
  const body = JSON.stringify({ name, channel: 'news', data: '{}' });
  return (await fetch(`${url}${path}?${signedQuery('POST', path, body)}`, { method: 'POST', body })).status;
}

describe('the server does not start, and says which file and what to do,', () => {
  test('in a folder that it may not write to', async () => {
    chmodSync(directory, 0o555);
    const { exitCode, said } = await BrokenVask.fail(directory, UNPRIVILEGED);
    expect(exitCode).toBe(1);
    expect(said).toContain(`The database cannot be used: ${join(directory, 'vask.db')}: EACCES: permission denied.`);
    expect(said).toContain('The user that runs the server must be able to write there');
    chmodSync(directory, 0o755);
  });

  test('with something else in the place of its database, which it leaves as it is', async () => {
    const path = join(directory, 'vask.db');
    const content = Buffer.alloc(20_000, 'no database ');
    writeFileSync(path, content);
    const { exitCode, said } = await BrokenVask.fail(directory);
    expect(exitCode).toBe(1);
    expect(said).toContain(`The database cannot be used: ${path}: file is not a database. The file is damaged`);
    expect(await Bun.file(path).bytes()).toEqual(new Uint8Array(content));
  });

  test('with a database of which a part was overwritten', async () => {
    const store = await openStore({ url: null, dataDirectory: directory, secretKey: null });
    await store.close();
    const path = join(directory, 'vask.db');
    const bytes = await Bun.file(path).bytes();
    bytes.fill(0xff, 4_096);
    for (const name of [path, `${path}-wal`, `${path}-shm`]) rmSync(name, { force: true });
    writeFileSync(path, bytes);
    const { exitCode, said } = await BrokenVask.fail(directory);
    expect(exitCode).toBe(1);
    expect(said).toMatch(/vask\.db: .*malformed.*put a backup in its place/s);
  });

  test('where there is no room', async () => {
    const { exitCode, said } = await BrokenVask.fail(directory, limited('-f 8'));
    expect(exitCode).toBe(1);
    expect(said).toMatch(/The database cannot be used: .*look for room on the disk/s);
    await using vask = await BrokenVask.start(directory);
    expect(await publish(vask, 'a')).toBe(200);
  });
});

test('when the disk is full, what was promised is there, what was refused is not, and reading goes on', async () => {
  const child = Bun.spawn([...limited('-f 2048'), process.execPath, WRITER, directory], {
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const promised = (await new Response(child.stdout).text()).trim().split('\n');
  const said = await new Response(child.stderr).text();
  expect(await child.exited).toBe(0);
  expect(promised.length).toBeGreaterThan(10);
  expect(said).toMatch(/full|I\/O error/);
  expect(said).toContain(`apps: ${promised.length + 1}`);
  const store = await openStore({ url: null, dataDirectory: directory, secretKey: null });
  const kept = await store.apps.list({ limit: 100_000 });
  expect(kept).toHaveLength(promised.length + 1);
  for (const id of [promised[0], promised.at(-1)]) expect(await store.apps.get(id as AppId)).toMatchObject({ id });
  await store.close();
}, 60_000);

test('a server whose disk fills up goes on with its clients, and says what it could not keep', async () => {
  await using vask = await BrokenVask.start(directory);
  const client = await (await new RawClient(vask.webSocketUrl()).opened()).greeted();
  await client.subscribe('news');
  vask.fillDisk();
  for (let n = 0; n < 100; n++) {
    expect(await publish(vask, `n${n}`)).toBe(200);
    expect((await client.next()).event).toBe(`n${n}`);
  }
  const { exitCode, said } = await vask.stop();
  expect((await client.closed).code).toBe(4200);
  expect(said).toMatch(/"level":"error","event":"failed","doing":"[^"]*usage[^"]*","error":"[^"]*(full|I\/O)/);
  expect(exitCode).toBe(0);
}, 60_000);
