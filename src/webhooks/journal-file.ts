// The file of the journal: opened so that a commit is on disk when it returns, with the tables that are needed.
import { Database } from 'bun:sqlite';
import { closeSync, openSync } from 'node:fs';

const VERSION = 1;
/** What SQLite calls no file at all. */
export const IN_MEMORY = ':memory:';

const TABLES = `
  CREATE TABLE announced (key TEXT NOT NULL UNIQUE);
  CREATE TABLE waiting (
    endpoint TEXT NOT NULL, seq INTEGER NOT NULL, since_ms INTEGER NOT NULL, count INTEGER NOT NULL, events TEXT NOT NULL,
    PRIMARY KEY (endpoint, seq)
  ) WITHOUT ROWID;
  CREATE TABLE delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, app TEXT NOT NULL, endpoint TEXT NOT NULL,
    since_ms INTEGER NOT NULL, count INTEGER NOT NULL, body TEXT NOT NULL, dead_at_ms INTEGER
  );
  CREATE INDEX delivery_of_endpoint ON delivery (endpoint, dead_at_ms, seq);
  CREATE INDEX delivery_of_app ON delivery (app, seq) WHERE dead_at_ms IS NOT NULL;
  -- Bodies are long, and a row's later columns lie behind them.
  CREATE INDEX delivery_dead ON delivery (seq) WHERE dead_at_ms IS NOT NULL;
  CREATE TABLE attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT, delivery TEXT NOT NULL, app TEXT NOT NULL, endpoint TEXT NOT NULL,
    at_ms INTEGER NOT NULL, number INTEGER NOT NULL, is_test INTEGER NOT NULL, status INTEGER, duration_ms INTEGER NOT NULL,
    error TEXT, answer TEXT, body TEXT NOT NULL
  );
  CREATE INDEX attempt_of_app ON attempt (app, id);
  CREATE TABLE failing (endpoint TEXT PRIMARY KEY, since_ms INTEGER NOT NULL);
  PRAGMA user_version = ${VERSION};
`;

/** @throws when the file cannot be used; two processes never use it at once. */
export function openJournal(path: string): Database {
  // SQLite would make it readable for everybody; its other files take the mode of this one.
  if (path !== IN_MEMORY) closeSync(openSync(path, 'a', 0o600));
  const db = new Database(path, { create: true, strict: true });
  try {
    // Another process that has it open would settle the same facts a second time. What a process that was killed has
    // locked is free again.
    db.run('PRAGMA busy_timeout = 5000');
    db.run('PRAGMA locking_mode = EXCLUSIVE');
    db.run('PRAGMA journal_mode = WAL');
    db.run('PRAGMA synchronous = FULL');
    db.transaction(() => makeTables(db)).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function makeTables(db: Database): void {
  const row = db.query('PRAGMA user_version').get() as { readonly user_version: number };
  if (row.user_version === VERSION) return;
  if (row.user_version !== 0) throw new Error(`The webhook journal is of version ${row.user_version}, not ${VERSION}.`);
  db.run(TABLES);
}
