// Opens the database that the server of this machine keeps, found as the server finds it.
import type { Config } from '../../config/schema.ts';
import { StorageError } from '../../storage/database.ts';
import { openStore } from '../../storage/open-store.ts';
import type { Store } from '../../storage/store.ts';
import type { Options } from '../command-table.ts';
import { configuration } from '../configuration.ts';
import { Failure } from '../failure.ts';

export const LOCAL_OPTIONS = {
  config: { type: 'string', short: 'c', value: 'FILE', text: "the server's configuration (or VASK_CONFIG)" },
  'data-directory': { type: 'string', value: 'DIRECTORY', text: 'where the server keeps its database' },
  'database-url': { type: 'string', value: 'URL', text: 'the PostgreSQL database of the server' },
} as const satisfies Options;

export interface LocalValues {
  readonly config?: string | undefined;
  readonly 'data-directory'?: string | undefined;
  readonly 'database-url'?: string | undefined;
}

export interface LocalStore {
  readonly store: Store;
  readonly config: Config;
}

export async function openLocalStore(values: LocalValues): Promise<LocalStore> {
  const config = localConfig(values);
  const { databaseUrl: url, dataDirectory, secretKey } = config;
  try {
    return { config, store: await openStore({ url, dataDirectory, secretKey }) };
  } catch (error) {
    if (error instanceof StorageError) throw new Failure(error.message);
    throw error;
  }
}

function localConfig(values: LocalValues): Config {
  const flags = Object.fromEntries(
    Object.keys(LOCAL_OPTIONS).flatMap((name) => {
      const value = values[name as keyof LocalValues];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return configuration(flags);
}
