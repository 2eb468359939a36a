// Several processes on one SQLite database, as the server and the command line are, some of them killed at any moment.
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppId } from '../../src/protocol/ids.ts';
import { openStore } from '../../src/storage/open-store.ts';

const WRITER = join(import.meta.dir, '../support/usage-writer.ts');
const PROCESSES = 4;

/** Lets one write so often at least, and kills it in the middle. @returns how many additions it has told. */
async function writeAndDie(dataDirectory: string, additions: number): Promise<number> {
  const writer = Bun.spawn([process.execPath, WRITER, dataDirectory, '1'], { stdout: 'pipe', stderr: 'inherit' });
  let told = 0;
  for await (const chunk of writer.stdout) {
    told += chunk.length;
    if (told >= additions) writer.kill('SIGKILL');
  }
  await writer.exited;
  return told;
}

test('processes that write at the same time wait for each other, and what they kept survives kill -9', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vask-processes-'));
  const told = await Promise.all(
    Array.from({ length: PROCESSES }, (_, index) => writeAndDie(dataDirectory, 20 + 15 * index)),
  );
  const store = await openStore({ url: null, dataDirectory, secretKey: null });
  const kept = (await store.usage.read('1' as AppId, 'day', 0, 1))[0]?.broadcasts ?? 0;
  await store.close();
  rmSync(dataDirectory, { recursive: true, force: true });
  const sum = told.reduce((total, additions) => total + additions, 0);
  for (const additions of told) expect(additions).toBeGreaterThanOrEqual(20);
  // One of each process may have been kept and not yet told.
  expect(kept).toBeGreaterThanOrEqual(sum);
  expect(kept).toBeLessThanOrEqual(sum + PROCESSES);
}, 60_000);
