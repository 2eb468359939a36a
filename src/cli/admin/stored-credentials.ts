// Credentials of the apps in the database of this machine, for commands that sign.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import type { AppId } from '../../protocol/ids.ts';
import { openStore } from '../../storage/open-store.ts';
import type { Store } from '../../storage/store.ts';
import { Failure, messageOf } from '../failure.ts';

const PAGE = 200;

interface Stored {
  readonly app: string;
  readonly key: string;
  readonly secret: string;
}

/** Whether there is a database. Looking must not make one. */
export function hasDatabase({ databaseUrl, dataDirectory }: Config): boolean {
  return databaseUrl !== null || existsSync(join(dataDirectory, 'vask.db'));
}

/** @param wanted id or key; null for every app. */
export async function storedCredentials(config: Config, wanted: string | null): Promise<readonly Stored[]> {
  const { databaseUrl: url, dataDirectory, secretKey } = config;
  let store: Store | null = null;
  try {
    store = await openStore({ url, dataDirectory, secretKey });
    const ofId = wanted === null ? [] : await pairsOf(store, wanted as AppId);
    if (ofId.length > 0) return ofId;
    const all = await allPairs(store);
    return wanted === null ? all : all.filter(({ key }) => key === wanted);
  } catch (error) {
    throw new Failure(`The database cannot be looked into: ${messageOf(error)}`);
  } finally {
    await store?.close();
  }
}

async function allPairs(store: Store): Promise<readonly Stored[]> {
  const pairs: Stored[] = [];
  let after: string | undefined;
  do {
    const apps = await store.apps.list({ limit: PAGE, after });
    for (const { id } of apps) pairs.push(...(await pairsOf(store, id)));
    after = apps.length === PAGE ? apps.at(-1)?.id : undefined;
  } while (after !== undefined);
  return pairs;
}

/** Those that count, the ones that stay first. */
async function pairsOf(store: Store, app: AppId): Promise<readonly Stored[]> {
  const nowMs = Date.now();
  const active = (await store.keys.list(app)).filter(({ retiresAtMs }) => retiresAtMs === null || retiresAtMs > nowMs);
  const staying = active.filter(({ retiresAtMs }) => retiresAtMs === null);
  const retiring = active.filter(({ retiresAtMs }) => retiresAtMs !== null);
  return [...staying, ...retiring].map(({ key, secret }) => ({ app, key, secret }));
}
