// Brings a database to the form that this version of the program needs.
import { createHash } from 'node:crypto';
import { type Database, type Queries, StorageError } from './database.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';
import { textIn } from './rows.ts';

/** Any number will do, as long as every Vask takes the same one. */
const LOCK = 8_274_651;

/** A transaction that only one of all nodes that start at the same time is in. */
export function alone<Result>(database: Database, steps: (queries: Queries) => Promise<Result>): Promise<Result> {
  return database.transaction(async (queries) => {
    // SQLite's transaction has locked the whole database already.
    if (queries.kind === 'postgres') await queries.rows('select pg_advisory_xact_lock($1)', LOCK);
    return steps(queries);
  });
}

/** Applies what is missing: all of it or, when one fails, nothing. To be called alone. */
export async function migrate(
  queries: Queries,
  nowMs: number,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly Migration[]> {
  const planned = await missing(queries, migrations);
  await queries.script(
    'create table if not exists migrations ' +
      '(name text primary key, checksum text not null, applied_at_ms bigint not null)',
  );
  for (const migration of planned) await apply(queries, migration, nowMs);
  return planned;
}

async function apply(queries: Queries, migration: Migration, nowMs: number): Promise<void> {
  try {
    await queries.script(migration.sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(
      `the migration ${migration.name} failed, and nothing was changed: ${reason}. Give the server a database of its own`,
    );
  }
  const applied = 'insert into migrations (name, checksum, applied_at_ms) values ($1, $2, $3)';
  await queries.rows(applied, migration.name, checksum(migration), nowMs);
}

/** The migrations that the database still lacks; an error when it has others than this program knows. */
export async function missing(
  queries: Queries,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<readonly Migration[]> {
  const known = migrations.filter(({ only }) => only === null || only === queries.kind);
  const applied = await appliedOnes(queries);
  for (const name of applied.keys()) {
    if (known.some((migration) => migration.name === name)) continue;
    throw new StorageError(
      `the database has a migration that this version does not know (${name}), so a newer version has used it; ` +
        'start that version, or restore a backup from before',
    );
  }
  for (const migration of known) {
    const kept = applied.get(migration.name);
    if (kept === undefined || kept === checksum(migration)) continue;
    throw new StorageError(
      `the migration ${migration.name} is not the one that was applied to the database; install an unchanged version`,
    );
  }
  return known.filter(({ name }) => !applied.has(name));
}

async function appliedOnes(queries: Queries): Promise<ReadonlyMap<string, string>> {
  const tables =
    queries.kind === 'sqlite'
      ? "select name from sqlite_master where type = 'table' and name = 'migrations'"
      : "select tablename from pg_tables where schemaname = current_schema() and tablename = 'migrations'";
  if ((await queries.rows(tables)).length === 0) return new Map();
  const rows = await queries.rows('select name, checksum from migrations order by name');
  return new Map(rows.map((row) => [textIn(row, 'name'), textIn(row, 'checksum')]));
}

/** The same on every system: Git may end lines otherwise on Windows. */
function checksum({ sql }: Migration): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
}
