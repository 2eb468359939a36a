// What must outlive the process, in SQLite: what backends have been told, the events that wait, the deliveries under way
// or given up, and the log of attempts. Written in groups, each in one transaction.
import type { Database } from 'bun:sqlite';
import { BATCH_BYTES, BATCH_EVENTS, type Piece } from './batch.ts';
import type { Attempt, AttemptQuery, Delivery, DeliveryQuery, Selection, WebhookState } from './delivery.ts';
import { openJournal } from './journal-file.ts';
import { type Subject, type SubjectKey, subjectOfKey } from './settle.ts';

/** One change. Changes are collected and written together. */
export type Change =
  | { readonly kind: 'announced'; readonly key: SubjectKey; readonly isThere: boolean }
  | { readonly kind: 'waits'; readonly endpoint: string; readonly seq: number; readonly piece: Piece }
  | { readonly kind: 'taken'; readonly endpoint: string; readonly upTo: number }
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'done'; readonly id: string }
  | { readonly kind: 'dead'; readonly id: string; readonly atMs: number }
  /** All that was to be sent to the endpoint. */
  | { readonly kind: 'buried'; readonly endpoint: string; readonly atMs: number }
  /** Nothing is kept for the endpoint any more, the log of what was sent excepted. */
  | { readonly kind: 'dropped'; readonly endpoint: string }
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | { readonly kind: 'failing'; readonly endpoint: string; readonly sinceMs: number | null };

/** Of one app, so that no app pushes out what another may want to see. */
export const LOG_ROWS = 10_000;
export const DEAD_DELIVERIES = 5_000;
/** Attempts older than this go, so that apps which are no more leave nothing for ever. */
export const KEPT_MS = 30 * 24 * 3_600_000;
/** What is over the bounds is looked for when an app has got so many rows. */
const PRUNE_EVERY = 100;
/** What the log shows of a body. */
const LOGGED_BODY_CHARACTERS = 4_096;

interface DeliveryRow {
  readonly seq: number;
  readonly id: string;
  readonly app: string;
  readonly endpoint: string;
  readonly since_ms: number;
  readonly count: number;
  readonly body: string;
  readonly dead_at_ms: number | null;
}

const COLUMNS = 'seq, id, app, endpoint, since_ms, count, body, dead_at_ms';

export class Journal {
  readonly #db: Database;
  /** Rows of each app since its last pruning. */
  readonly #attempts = new Map<string, number>();
  readonly #dead = new Map<string, number>();

  readonly #logRows: number;

  /**
   * @param source the file, or the database that was opened for it.
   * @param logRows how many attempts of each app are kept.
   * @throws when the file cannot be opened, or is no journal.
   */
  constructor(source: string | Database, logRows = LOG_ROWS) {
    this.#db = typeof source === 'string' ? openJournal(source) : source;
    this.#logRows = logRows;
  }

  /** All of it is in the database, and so on disk, when this returns, or, when it throws, nothing is. */
  write(changes: readonly Change[]): void {
    this.#db.transaction(() => {
      for (const change of changes) this.#apply(change);
      this.#prune();
    })();
  }

  #apply(change: Change): void {
    switch (change.kind) {
      case 'announced':
        if (change.isThere) this.#run('INSERT OR REPLACE INTO announced (key) VALUES (?)', change.key);
        else this.#run('DELETE FROM announced WHERE key = ?', change.key);
        return;
      case 'waits': {
        const { sinceMs, count, events } = change.piece;
        const { endpoint, seq } = change;
        const sql = 'INSERT INTO waiting (endpoint, seq, since_ms, count, events) VALUES (?, ?, ?, ?, ?)';
        return this.#run(sql, endpoint, seq, sinceMs, count, events);
      }
      case 'taken':
        return this.#run('DELETE FROM waiting WHERE endpoint = ? AND seq <= ?', change.endpoint, change.upTo);
      case 'delivery': {
        const { id, app, endpoint, sinceMs, count, body, deadAtMs } = change.delivery;
        const sql =
          'INSERT INTO delivery (id, app, endpoint, since_ms, count, body, dead_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)';
        this.#run(sql, id, app, endpoint, sinceMs, count, body, deadAtMs);
        if (deadAtMs !== null) countRow(this.#dead, app);
        return;
      }
      case 'done':
        return this.#run('DELETE FROM delivery WHERE id = ?', change.id);
      case 'dead':
        return this.#bury('id = ?', change.atMs, change.id);
      case 'buried':
        return this.#bury('endpoint = ? AND dead_at_ms IS NULL', change.atMs, change.endpoint);
      case 'dropped':
        for (const table of ['waiting', 'delivery', 'failing']) {
          this.#run(`DELETE FROM ${table} WHERE endpoint = ?`, change.endpoint);
        }
        return;
      case 'attempt':
        return this.#log(change.attempt);
      case 'failing':
        if (change.sinceMs === null) return this.#run('DELETE FROM failing WHERE endpoint = ?', change.endpoint);
        return this.#run('INSERT OR REPLACE INTO failing VALUES (?, ?)', change.endpoint, change.sinceMs);
    }
  }

  #bury(where: string, atMs: number, value: string): void {
    const sql = `UPDATE delivery SET dead_at_ms = ? WHERE ${where} RETURNING app`;
    for (const { app } of this.#all<{ app: string }>(sql, atMs, value)) countRow(this.#dead, app);
  }

  #log(attempt: Attempt): void {
    const { delivery, app, endpoint, atMs, attempt: number, isTest, status, durationMs, error, answer, body } = attempt;
    this.#run(
      `INSERT INTO attempt (delivery, app, endpoint, at_ms, number, is_test, status, duration_ms, error, answer, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[delivery, app, endpoint, atMs, number, isTest ? 1 : 0, status, durationMs, error, answer],
      body.slice(0, LOGGED_BODY_CHARACTERS),
    );
    countRow(this.#attempts, app);
  }

  #prune(): void {
    for (const app of takeFull(this.#attempts)) {
      this.#run(
        `DELETE FROM attempt WHERE app = ?1 AND id <=
         (SELECT id FROM attempt WHERE app = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
        ...[app, this.#logRows],
      );
      // The oldest come first; those that are left when there are very many go the next time.
      this.#run(
        `DELETE FROM attempt WHERE id IN (SELECT id FROM attempt ORDER BY id LIMIT 1000)
         AND at_ms < (SELECT at_ms FROM attempt ORDER BY id DESC LIMIT 1) - ?`,
        KEPT_MS,
      );
    }
    for (const app of takeFull(this.#dead)) {
      this.#run(
        `DELETE FROM delivery WHERE app = ?1 AND dead_at_ms IS NOT NULL AND seq <=
         (SELECT seq FROM delivery WHERE app = ?1 AND dead_at_ms IS NOT NULL ORDER BY seq DESC LIMIT 1 OFFSET ?2)`,
        ...[app, DEAD_DELIVERIES],
      );
    }
  }

  /** In the order in which they were announced. */
  *announced(): Iterable<Subject> {
    for (const { key } of this.#all<{ key: string }>('SELECT key FROM announced ORDER BY rowid')) {
      yield subjectOfKey(key);
    }
  }

  /** The endpoints that something is kept for. */
  endpoints(): readonly string[] {
    const sql = 'SELECT endpoint FROM waiting UNION SELECT endpoint FROM delivery UNION SELECT endpoint FROM failing';
    return this.#all<{ endpoint: string }>(sql).map(({ endpoint }) => endpoint);
  }

  /** How much waits for the endpoint, and up to which number. */
  waitingFor(endpoint: string): { readonly pieces: number; readonly events: number; readonly lastSeq: number } {
    const sql = `SELECT count(*) AS pieces, coalesce(sum(count), 0) AS events, coalesce(max(seq), 0) AS lastSeq
      FROM waiting WHERE endpoint = ?`;
    const [row] = this.#all<{ pieces: number; events: number; lastSeq: number }>(sql, endpoint);
    return row ?? { pieces: 0, events: 0, lastSeq: 0 };
  }

  /** The oldest pieces that wait after that one, in order: enough for one body, and no more. */
  pieces(endpoint: string, afterSeq: number): readonly (Piece & { readonly seq: number })[] {
    const sql = `SELECT seq, since_ms AS sinceMs, count, events FROM waiting
      WHERE endpoint = ? AND seq > ? ORDER BY seq`;
    const pieces: (Piece & { readonly seq: number })[] = [];
    const size = { count: 0, length: 0 };
    // The columns are those that the statement names.
    const rows = this.#db.query(sql).iterate(endpoint, afterSeq) as Iterable<Piece & { readonly seq: number }>;
    for (const row of rows) {
      pieces.push(row);
      size.count += row.count;
      size.length += row.events.length;
      if (size.count >= BATCH_EVENTS || size.length >= BATCH_BYTES) break;
    }
    return pieces;
  }

  /** Since when the oldest piece after that one waits; null when none does. */
  waitingSince(endpoint: string, afterSeq: number): number | null {
    const sql = 'SELECT since_ms FROM waiting WHERE endpoint = ? AND seq > ? ORDER BY seq LIMIT 1';
    return this.#all<{ since_ms: number }>(sql, endpoint, afterSeq)[0]?.since_ms ?? null;
  }

  /** The oldest delivery that is neither done nor given up. @param except one that is, though not yet here. */
  next(endpoint: string, except: string | null): Delivery | null {
    const sql = `SELECT ${COLUMNS} FROM delivery
      WHERE endpoint = ? AND dead_at_ms IS NULL AND id IS NOT ? ORDER BY seq LIMIT 1`;
    const [row] = this.#all<DeliveryRow>(sql, endpoint, except);
    return row === undefined ? null : deliveryOf(row);
  }

  /** How many deliveries are neither done nor given up. */
  queuedFor(endpoint: string): number {
    const sql = 'SELECT count(*) AS queued FROM delivery WHERE endpoint = ? AND dead_at_ms IS NULL';
    return this.#all<{ queued: number }>(sql, endpoint)[0]?.queued ?? 0;
  }

  /** Of all endpoints: events that wait or are under way, and deliveries that were given up. */
  counts(): Pick<WebhookState, 'waiting' | 'deadLetters'> {
    const sql = `SELECT (SELECT coalesce(sum(count), 0) FROM waiting)
        + (SELECT coalesce(sum(count), 0) FROM delivery WHERE dead_at_ms IS NULL) AS waiting,
      (SELECT count(*) FROM delivery WHERE dead_at_ms IS NOT NULL) AS deadLetters`;
    return this.#all<Pick<WebhookState, 'waiting' | 'deadLetters'>>(sql)[0] ?? { waiting: 0, deadLetters: 0 };
  }

  failingSince(endpoint: string): number | null {
    const [row] = this.#all<{ since_ms: number }>('SELECT since_ms FROM failing WHERE endpoint = ?', endpoint);
    return row?.since_ms ?? null;
  }

  /** Newest first. */
  attempts({ app, endpoint, limit, before, sinceMs }: AttemptQuery): readonly Attempt[] {
    const sql = `SELECT id, delivery, app, endpoint, at_ms AS atMs, number AS attempt, is_test AS isTest, status,
        duration_ms AS durationMs, error, answer, body FROM attempt
      WHERE app = ?1 AND (?2 IS NULL OR endpoint = ?2) AND (?3 IS NULL OR id < ?3) AND at_ms >= ?4
      ORDER BY id DESC LIMIT ?5`;
    const rows = this.#all<Omit<Attempt, 'isTest'> & { isTest: number }>(
      sql,
      ...[app, endpoint ?? null, before ?? null, sinceMs ?? 0, limit],
    );
    return rows.map((row) => ({ ...row, isTest: row.isTest === 1 }));
  }

  /** Those given up, newest first. */
  dead({ app, endpoint, limit, before, sinceMs }: DeliveryQuery): readonly Delivery[] {
    const sql = `SELECT ${COLUMNS} FROM delivery
      WHERE app = ?1 AND dead_at_ms IS NOT NULL AND (?2 IS NULL OR endpoint = ?2) AND (?3 IS NULL OR seq < ?3)
        AND since_ms >= ?4
      ORDER BY seq DESC LIMIT ?5`;
    const values = [app, endpoint ?? null, before ?? null, sinceMs ?? 0, limit];
    return this.#all<DeliveryRow>(sql, ...values).map(deliveryOf);
  }

  /** Makes dead letters wait again, with new time; the answer is to which endpoints. */
  revive({ app, ids, endpoint, fromMs, toMs, sinceMs }: Selection, nowMs: number): ReadonlyMap<string, number> {
    const sql = `UPDATE delivery SET dead_at_ms = NULL, since_ms = ?2
      WHERE app = ?1 AND dead_at_ms IS NOT NULL AND (?3 IS NULL OR endpoint = ?3)
        AND (?4 IS NULL OR dead_at_ms >= ?4) AND (?5 IS NULL OR dead_at_ms <= ?5)
        AND (?6 IS NULL OR id IN (SELECT value FROM json_each(?6)))
        AND since_ms >= ?7 RETURNING endpoint`;
    const among = ids === undefined ? null : JSON.stringify(ids);
    const rows = this.#all<{ endpoint: string }>(
      sql,
      ...[app, nowMs, endpoint ?? null, fromMs ?? null, toMs ?? null, among, sinceMs ?? 0],
    );
    const revived = new Map<string, number>();
    for (const row of rows) revived.set(row.endpoint, (revived.get(row.endpoint) ?? 0) + 1);
    return revived;
  }

  close(): void {
    this.#db.close();
  }

  #run(sql: string, ...values: readonly (string | number | null)[]): void {
    this.#db.query(sql).run(...values);
  }

  // The columns are those that the statement names, in a file that only this program writes.
  #all<Row>(sql: string, ...values: readonly (string | number | null)[]): Row[] {
    return this.#db.query(sql).all(...values) as Row[];
  }
}

function deliveryOf(row: DeliveryRow): Delivery {
  const { seq, id, app, endpoint, since_ms, count, body, dead_at_ms } = row;
  return { seq, id, app: app as Delivery['app'], endpoint, sinceMs: since_ms, count, body, deadAtMs: dead_at_ms };
}

function countRow(counts: Map<string, number>, app: string): void {
  counts.set(app, (counts.get(app) ?? 0) + 1);
}

/** The apps that have got enough rows to be looked at; they begin anew. */
function takeFull(counts: Map<string, number>): readonly string[] {
  const full = [...counts].flatMap(([app, rows]) => (rows >= PRUNE_EVERY ? [app] : []));
  for (const app of full) counts.delete(app);
  return full;
}
