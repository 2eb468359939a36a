// The embedded database: one file, one connection, one thing at a time.
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SQL } from 'bun';
import { type Database, type Queries, type Row, type Steps, storable, type Value } from './database.ts';
import { turns } from './turns.ts';

/** How long another process, such as the command line beside the server, may hold the database. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 5;

export async function openSqlite(path: string): Promise<Database> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite would make it readable for everybody; its other files take the mode of this one.
  await (await open(path, 'a', 0o600)).close();
  const sql = new SQL({ adapter: 'sqlite', filename: path });
  const connection = queriesOf(sql);
  // Waiting inside SQLite would stop the whole server, so it gives up at once and we wait.
  for (const pragma of ['busy_timeout = 0', 'journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']) {
    await connection.rows(`pragma ${pragma}`);
  }
  // Without it a query would slip into the transaction of somebody else: there is only one connection.
  const inTurn = turns();
  return {
    kind: 'sqlite',
    rows: (statement, ...values) => inTurn(() => connection.rows(statement, ...values)),
    change: (statement, ...values) => inTurn(() => connection.change(statement, ...values)),
    script: (statements) => inTurn(() => connection.script(statements)),
    transaction: (steps) => inTurn(() => transaction(connection, steps)),
    relaxed: (steps) => inTurn(() => relaxed(connection, steps)),
    close: () => inTurn(() => sql.close()),
  };
}

function queriesOf(sql: SQL): Queries {
  const run = (statement: string, values: readonly Value[]) =>
    whenFree(() => sql.unsafe<Row[]>(numbered(statement), values.map(storable)));
  return {
    kind: 'sqlite',
    rows: (statement, ...values) => run(statement, values),
    change: async (statement, ...values) => affectedBy(await run(statement, values)),
    script: async (statements) => {
      await run(statements, []);
    },
  };
}

/** SQLite takes `$2` for a name and counts names as they come; `?2` is the second value wherever it stands. */
function numbered(statement: string): string {
  return statement.replaceAll(/\$(\d+)/g, '?$1');
}

function affectedBy(result: object): number {
  return 'affectedRows' in result && typeof result.affectedRows === 'number' ? result.affectedRows : 0;
}

/** A statement that found the database held has done nothing, so it may be tried again. */
async function whenFree<Result>(attempt: () => PromiseLike<Result>): Promise<Result> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() > endMs) throw error;
      await Bun.sleep(RETRY_MS);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof SQL.SQLiteError && error.code.startsWith('SQLITE_BUSY');
}

async function transaction<Result>(connection: Queries, steps: (queries: Queries) => Promise<Result>): Promise<Result> {
  // Immediate: a transaction that begins with reading could not become a writing one when another process was faster.
  await connection.rows('begin immediate');
  try {
    const result = await steps(connection);
    await connection.rows('commit');
    return result;
  } catch (error) {
    // After some failures, a full disk for one, SQLite has done so itself and there is nothing to roll back.
    await connection.rows('rollback').catch(() => undefined);
    throw error;
  }
}

async function relaxed<Result>(connection: Queries, steps: Steps<Result>): Promise<Result> {
  await connection.rows('pragma synchronous = NORMAL');
  try {
    return await transaction(connection, steps);
  } finally {
    await connection.rows('pragma synchronous = FULL');
  }
}
