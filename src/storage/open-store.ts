// Opens what is kept in SQL: finds the database, brings it up to date, and takes the key that seals its secrets.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { accountTable } from './accounts.ts';
import { appTable } from './apps.ts';
import { auditTable } from './audit.ts';
import { readChanges, readRevision } from './counters.ts';
import { type Database, StorageError } from './database.ts';
import { deviceTable } from './devices.ts';
import { endpointTable } from './endpoints.ts';
import { explained } from './file-faults.ts';
import { invitationTable } from './invitations.ts';
import { keyTable } from './keys.ts';
import { memberTable } from './members.ts';
import { alone, migrate, missing } from './migrate.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';
import { openPostgres } from './postgres.ts';
import type { Seal } from './seal.ts';
import { sealOf } from './secret-key.ts';
import { sessionTable } from './sessions.ts';
import { openSqlite } from './sqlite.ts';
import type { Store } from './store.ts';
import { tokenTable } from './tokens.ts';
import { usageTable } from './usage.ts';

export interface StoreOptions {
  /** `postgres://…`; null keeps everything in SQLite, in the data directory. */
  readonly url: string | null;
  readonly dataDirectory: string;
  /** Base64 of 32 bytes; null keeps the key in the data directory. */
  readonly secretKey: string | null;
}

const FILE_NAME = 'vask.db';

/** Throws a StorageError when somebody has to mend something first. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const database = await openDatabase(options);
  try {
    const seal = await alone(database, async (queries) => {
      await migrate(queries, Date.now());
      return sealOf(queries, options);
    });
    return storeOf(database, seal);
  } catch (error) {
    await database.close();
    throw options.url === null ? explained(error, options.dataDirectory) : error;
  }
}

/** What `openStore` would apply first. Changes nothing, and makes no database. */
export async function plannedMigrations(options: StoreOptions): Promise<readonly Migration[]> {
  if (options.url === null && !existsSync(join(options.dataDirectory, FILE_NAME))) {
    return MIGRATIONS.filter(({ only }) => only !== 'postgres');
  }
  const database = await openDatabase(options);
  try {
    return await missing(database);
  } finally {
    await database.close();
  }
}

async function openDatabase({ url, dataDirectory }: StoreOptions): Promise<Database> {
  if (url === null) return openFile(join(dataDirectory, FILE_NAME));
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres(url);
  throw new StorageError('databaseUrl is not the address of a PostgreSQL database: postgres://user:password@host/name');
}

async function openFile(path: string): Promise<Database> {
  try {
    return await openSqlite(path);
  } catch (error) {
    throw explained(error, path);
  }
}

function storeOf(database: Database, seal: Seal): Store {
  return {
    apps: appTable(database, seal),
    keys: keyTable(database, seal),
    endpoints: endpointTable(database, seal),
    accounts: accountTable(database),
    members: memberTable(database),
    sessions: sessionTable(database),
    tokens: tokenTable(database),
    invitations: invitationTable(database),
    devices: deviceTable(database),
    audit: auditTable(database),
    usage: usageTable(database),
    revision: () => readRevision(database),
    changes: (since) => readChanges(database, since),
    close: () => database.close(),
  };
}
