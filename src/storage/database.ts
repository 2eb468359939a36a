// What the tables need of a database. SQLite and PostgreSQL take the same statements, with `$1`, `$2`, … for values; what
// differs between them stays behind this port.
import { SQL } from 'bun';

export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;
export type DatabaseKind = 'sqlite' | 'postgres';

export interface Queries {
  readonly kind: DatabaseKind;
  /** Runs one statement; what it selects or returns. */
  rows(statement: string, ...values: readonly Value[]): Promise<readonly Row[]>;
  /** Runs one statement; the number of rows that it changed. */
  change(statement: string, ...values: readonly Value[]): Promise<number>;
  /** Runs several statements that take no values. */
  script(statements: string): Promise<void>;
}

export type Steps<Result> = (queries: Queries) => Promise<Result>;

export interface Database extends Queries {
  /**
   * All of the steps or none. Steps must use the queries given to them: those of the database itself wait until the
   * transaction is over. They may be run again after a deadlock, so they touch nothing else.
   */
  transaction<Result>(steps: Steps<Result>): Promise<Result>;
  /** The same, but what it did in the last moments may be lost with the machine's power. It waits for no disk. */
  relaxed<Result>(steps: Steps<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Something about the database that whoever runs the server has to mend; the message says what and how. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/** A value as both databases can keep it: PostgreSQL knows no NUL in text, and neither knows half a surrogate pair. */
export function storable(value: Value): Value {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value;
}

/** Unique values that another row has, or a row that others refer to. */
export function isTaken(error: unknown): boolean {
  if (error instanceof SQL.SQLiteError) return /^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|FOREIGNKEY)$/.test(error.code);
  return error instanceof SQL.PostgresError && (error.errno === '23505' || error.errno === '23503');
}

type Columns = Readonly<Record<string, Value>>;

/** The one row that the statement answers; null when there is none. */
export async function firstRow(queries: Queries, statement: string, ...values: readonly Value[]): Promise<Row | null> {
  const [row] = await queries.rows(statement, ...values);
  return row ?? null;
}

/** Inserts the row; null when it would stand beside one with the same unique columns. */
export async function insert(queries: Queries, table: string, columns: Columns): Promise<Row | null> {
  const names = Object.keys(columns);
  const places = names.map((_, index) => `$${index + 1}`);
  const statement = `insert into ${table} (${names.join(', ')}) values (${places.join(', ')})`;
  return firstRow(queries, `${statement} on conflict do nothing returning *`, ...Object.values(columns));
}

/** Changes those columns of the rows with these. @returns the changed rows, as they are now. */
export async function update(
  queries: Queries,
  table: string,
  where: Columns,
  columns: Columns,
  alsoSet: readonly string[] = [],
): Promise<readonly Row[]> {
  const names = Object.keys(columns);
  const sets = [...names.map((name, index) => `${name} = $${index + 1}`), ...alsoSet];
  const conditions = Object.keys(where).map((name, index) => `${name} = $${names.length + index + 1}`);
  const statement = `update ${table} set ${sets.join(', ')} where ${conditions.join(' and ')} returning *`;
  return queries.rows(statement, ...Object.values(columns), ...Object.values(where));
}
