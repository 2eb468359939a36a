// The rows of a journal in memory as the fields of Redis hashes: which of them have changed since the last look, all of
// them, and back again.
import type { Database } from 'bun:sqlite';

interface Table {
  readonly name: string;
  /** The columns by which a row is known. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

/** In Redis, each is a hash. The order of announcements is that of their row numbers. */
const TABLES: readonly Table[] = [
  { name: 'announced', key: ['key'], columns: ['rowid', 'key'] },
  { name: 'waiting', key: ['endpoint', 'seq'], columns: ['endpoint', 'seq', 'since_ms', 'count', 'events'] },
  {
    name: 'delivery',
    key: ['seq'],
    columns: ['seq', 'id', 'app', 'endpoint', 'since_ms', 'count', 'body', 'dead_at_ms'],
  },
  { name: 'failing', key: ['endpoint'], columns: ['endpoint', 'since_ms'] },
  {
    name: 'attempt',
    key: ['id'],
    columns: [
      ...['id', 'delivery', 'app', 'endpoint', 'at_ms', 'number', 'is_test', 'status', 'duration_ms', 'error'],
      ...['answer', 'body'],
    ],
  },
];

export const MIRRORED: readonly string[] = TABLES.map(({ name }) => name);

/** What is to be done to one hash. */
export interface HashChange {
  readonly removed: readonly string[];
  readonly set: readonly (readonly [field: string, value: string])[];
}

type Cell = string | number | null;

export class MirroredRows {
  readonly #db: Database;

  /** From now on it is noted which rows change; what has to be read in is read in before. */
  constructor(db: Database) {
    this.#db = db;
    for (const { name, key } of TABLES) {
      const columns = key.join(', ');
      db.run(`CREATE TEMP TABLE touched_${name} (${columns}, PRIMARY KEY (${columns})) WITHOUT ROWID`);
      for (const [event, row] of [
        ['INSERT', 'NEW'],
        ['UPDATE', 'NEW'],
        ['DELETE', 'OLD'],
      ]) {
        const values = key.map((column) => `${row}.${column}`).join(', ');
        db.run(
          `CREATE TEMP TRIGGER touched_${name}_${event} AFTER ${event} ON main.${name}
           BEGIN INSERT OR IGNORE INTO touched_${name} VALUES (${values}); END`,
        );
      }
    }
  }

  /** The rows that have changed since it was last asked, table by table. */
  take(): readonly HashChange[] {
    return this.#db.transaction(() =>
      TABLES.map(({ name, key, columns }) => {
        const touched = key.map((column) => `touched.${column}`);
        const row = columns.map((column) => `${name}.${column}`);
        // Of a row that is no more, all columns are null, and its first one never is.
        const sql = `SELECT ${[...touched, ...row].join(', ')}
          FROM touched_${name} AS touched LEFT JOIN ${name} USING (${key.join(', ')})`;
        const removed: string[] = [];
        const set: (readonly [string, string])[] = [];
        for (const cells of this.#values(sql)) {
          const field = cells.slice(0, key.length).join(' ');
          if (cells[key.length] === null) removed.push(field);
          else set.push([field, JSON.stringify(cells.slice(key.length))]);
        }
        if (removed.length + set.length > 0) this.#db.run(`DELETE FROM touched_${name}`);
        return { removed, set };
      }),
    )();
  }

  /** All rows, as if all had changed and nothing was there before. */
  takeAll(): readonly HashChange[] {
    for (const name of MIRRORED) this.#db.run(`DELETE FROM touched_${name}`);
    return TABLES.map(({ name, key, columns }) => {
      const rows = this.#values(`SELECT ${[...key, ...columns].join(', ')} FROM ${name}`);
      const set = rows.map(
        (cells) => [cells.slice(0, key.length).join(' '), JSON.stringify(cells.slice(key.length))] as const,
      );
      return { removed: [], set };
    });
  }

  // The statements are of this file, so their cells are of the columns above.
  #values(sql: string): Cell[][] {
    return this.#db.query(sql).values() as Cell[][];
  }
}

/** Puts rows in that `MirroredRows` has made into fields. @param table where in `MIRRORED` its name stands. */
export function insertRows(db: Database, table: number, values: readonly string[]): void {
  const { name, columns } = TABLES[table] ?? { name: '', columns: [] };
  const marks = columns.map(() => '?').join(', ');
  const insert = db.query(`INSERT OR REPLACE INTO ${name} (${columns.join(', ')}) VALUES (${marks})`);
  db.transaction(() => {
    for (const value of values) insert.run(...(JSON.parse(value) as Cell[]));
  })();
}
