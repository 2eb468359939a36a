// What the sending node has in memory: the journal, how far it has read the facts, and the dispatcher. Redis has the same,
// but for what has come since the last commit.
import type { Database } from 'bun:sqlite';
import type { Answer } from '../../engine/answer.ts';
import { Dispatcher, type DispatcherParts } from '../dispatcher.ts';
import type { WebhookApp } from '../endpoint.ts';
import { Journal } from '../journal.ts';
import { IN_MEMORY, openJournal } from '../journal-file.ts';
import { insertRows, MirroredRows } from './mirrored-rows.ts';

/** Attempts kept of each app: they lie in the memory of Redis, so they are fewer than those on a disk. */
const LOG_ROWS = 1_000;

/** Partition → the last fact that has been settled. */
export type Cursors = Map<number, string>;

/** Who works with it at present. */
export interface MemoryUser {
  durable(): Answer<void>;
  wake(): void;
}

export class Memory {
  readonly journal: Journal;
  readonly rows: MirroredRows;
  readonly cursors: Cursors;
  /** Of what Redis has: of one unbroken memory; '' while there is none. */
  id = '';
  /** How often it was written to. */
  version = 0;
  /** Null while the session with Redis is away. */
  user: MemoryUser | null = null;
  #dispatcher: Dispatcher | null = null;

  /** @param loaded fills the tables with what Redis has. */
  constructor(db: Database, cursors: Cursors) {
    this.journal = new Journal(db, LOG_ROWS);
    this.rows = new MirroredRows(db);
    this.cursors = cursors;
  }

  static empty(): Memory {
    return new Memory(openJournal(IN_MEMORY), new Map());
  }

  get dispatcher(): Dispatcher | null {
    return this.#dispatcher;
  }

  /** Throws when the journal does not take the endpoints. */
  configure(
    apps: readonly WebhookApp[],
    parts: Omit<DispatcherParts, 'journal' | 'durable' | 'isAmongOthers' | 'wake'>,
  ) {
    if (this.#dispatcher !== null) return this.#dispatcher.configure(apps);
    this.#dispatcher = new Dispatcher(
      {
        ...parts,
        journal: this.journal,
        isAmongOthers: true,
        durable: () => {
          if (this.user === null) throw new Error('Redis is away.');
          return this.user.durable();
        },
        wake: () => this.user?.wake(),
      },
      apps,
    );
  }

  /** Another node goes on with what Redis has. */
  close(): void {
    this.user = null;
    this.#dispatcher?.abandon();
    this.journal.close();
  }
}

/** Takes in, piece by piece, what Redis has. */
export class MemoryLoader {
  readonly #db = openJournal(IN_MEMORY);
  readonly #cursors: Cursors = new Map();

  rows(table: number, values: readonly string[]): void {
    insertRows(this.#db, table, values);
  }

  cursor(partition: number, id: string): void {
    this.#cursors.set(partition, id);
  }

  finish(): Memory {
    return new Memory(this.#db, this.#cursors);
  }
}
