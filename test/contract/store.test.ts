// SQLite and PostgreSQL keep the store's contract; the PostgreSQL is a real one that is started here.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { startPostgres } from '../support/postgres.ts';
import { storeContract } from './store.ts';

async function open(url: string | null) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vask-store-'));
  const options = { url, dataDirectory, secretKey: null };
  const stores: readonly [Store, Store] = [await openStore(options), await openStore(options)];
  const close = async (): Promise<void> => {
    for (const store of stores) await store.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  };
  return { stores, close };
}

storeContract('SQLite', () => open(null));

storeContract('PostgreSQL', async () => {
  const postgres = await startPostgres();
  const { stores, close } = await open(await postgres.emptyDatabase());
  const closeAll = async (): Promise<void> => {
    await close();
    await postgres.stop();
  };
  return { stores, close: closeAll };
});
