// All migrations, in the order in which they are applied. A released one is never edited: what is wrong with it is mended
// by the next one.

import type { DatabaseKind } from './database.ts';
import text from './migrations/0001-text.postgres.sql' with { type: 'text' };
import tables from './migrations/0002-tables.sql' with { type: 'text' };
import flow from './migrations/0003-flow.sql' with { type: 'text' };

export interface Migration {
  /** The file's name without its ending. */
  readonly name: string;
  /** The one kind of database that needs it; null when all do. */
  readonly only: DatabaseKind | null;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001-text', only: 'postgres', sql: text },
  { name: '0002-tables', only: null, sql: tables },
  { name: '0003-flow', only: null, sql: flow },
];
