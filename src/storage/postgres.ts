// A PostgreSQL server, for several nodes that share what is kept. A pool of connections.
import { SQL } from 'bun';
import { type Database, type Queries, type Row, type Steps, StorageError, storable, type Value } from './database.ts';

const CONNECTIONS = 10;
const CONNECT_SECONDS = 10;
/** Two transactions that wait for each other: the server ends one of them, and it may be run again. */
const DEADLOCK = '40P01';
const ATTEMPTS = 5;

export async function openPostgres(url: string): Promise<Database> {
  const sql = new SQL(url, { max: CONNECTIONS, connectionTimeout: CONNECT_SECONDS });
  const pool = queriesOf(sql);
  try {
    await pool.rows('select 1');
  } catch (error) {
    await sql.close();
    // Without the address: it carries the password.
    throw new StorageError(`cannot reach the database that databaseUrl names: ${textOf(error)}`);
  }
  return {
    ...pool,
    transaction: (steps) => transaction(sql, steps, ATTEMPTS),
    relaxed: (steps) =>
      transaction(
        sql,
        async (queries) => {
          await queries.rows('set local synchronous_commit = off');
          return steps(queries);
        },
        ATTEMPTS,
      ),
    close: () => sql.close(),
  };
}

function queriesOf(sql: SQL): Queries {
  const run = (statement: string, values: readonly Value[]) => sql.unsafe<Row[]>(statement, values.map(storable));
  return {
    kind: 'postgres',
    rows: async (statement, ...values) => run(statement, values),
    change: async (statement, ...values) => affectedBy(await run(statement, values)),
    script: async (statements) => {
      await sql.unsafe(statements);
    },
  };
}

function affectedBy(result: object): number {
  return 'count' in result && typeof result.count === 'number' ? result.count : 0;
}

async function transaction<Result>(sql: SQL, steps: Steps<Result>, attempts: number): Promise<Result> {
  try {
    return await sql.begin((connection) => steps(queriesOf(connection)));
  } catch (error) {
    if (attempts <= 1 || !isDeadlock(error)) throw error;
    return transaction(sql, steps, attempts - 1);
  }
}

function isDeadlock(error: unknown): boolean {
  return error instanceof SQL.PostgresError && error.errno === DEADLOCK;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
