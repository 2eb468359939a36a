// The sender's memory in Redis, and the lease of who may write it. All of it lies in one partition, so each step is one
// script, and none of another holder's is ever mixed with it.
import type { KeySpace } from '../../redis/partitions.ts';
import type { Script } from '../../redis/script.ts';
import type { RedisSession } from '../../redis/session.ts';
import { nowMs } from '../outbox-of-thread.ts';
import { answered } from './answered.ts';
import { type Cursors, type Memory, MemoryLoader } from './memory.ts';
import { type HashChange, MIRRORED } from './mirrored-rows.ts';
import { CLEAR, COMMIT, RELEASE, TAKE } from './scripts.ts';

/** The lease and all that is written under it. */
export const HOME = 0;

/** What Redis was seen to have. */
export interface Seen {
  readonly id: string;
  readonly version: number;
}

export interface Taken extends Seen {
  /** `held` by another one; `waits` for one who may have more than Redis has. */
  readonly what: 'held' | 'waits' | 'taken';
}

/** Another node goes on with what Redis has. */
export class Fenced extends Error {}

/** What one script call of a memory that is written anew carries at most. */
const SLICE_FIELDS = 2_000;
const SLICE_CHARACTERS = 1_000_000;
/** How many fields are asked for at once when the memory is read. */
const SCAN_FIELDS = 1_000;
/** Of the lease, the end is not relied on. */
const LEASE_MARGIN = 0.4;

export class Mirror {
  readonly #session: RedisSession;
  readonly #token: string;
  readonly #leaseMs: number;
  readonly #lease: string;
  readonly #memory: string;
  /** Of the cursors, and of the tables in the order of `MIRRORED`. */
  readonly #hashes: readonly string[];
  #leaseEndMs = 0;
  #underWay = 0;

  constructor(session: RedisSession, keys: KeySpace, token: string, leaseMs: number) {
    const key = (name: string): string => keys.key(HOME, `webhooks:${name}`);
    this.#session = session;
    this.#token = token;
    this.#leaseMs = leaseMs;
    this.#lease = key('lease');
    this.#memory = key('memory');
    this.#hashes = [key('cursors'), ...MIRRORED.map(key)];
  }

  /** Nobody else has the lease now, whatever happens to this process in the next moment. */
  get isSure(): boolean {
    return nowMs() < this.#leaseEndMs - this.#leaseMs * LEASE_MARGIN;
  }

  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** @param insists takes it also when Redis has less than was seen. */
  async take(seen: Seen | null, insists: boolean): Promise<Taken> {
    const { id, version } = seen ?? { id: '', version: 0 };
    const sentMs = nowMs();
    const args = [this.#token, this.#leaseMs, id, version, insists ? '1' : '0'];
    // The script gives these three.
    const [what, nowId, nowVersion] = (await this.#run(TAKE, [this.#lease, this.#memory], args)) as [
      Taken['what'],
      string,
      number,
    ];
    if (what === 'taken') this.#leaseEndMs = sentMs + this.#leaseMs;
    return { what, id: nowId, version: nowVersion };
  }

  /**
   * Writes what has changed, and keeps the lease.
   * @throws {Fenced} when another one has gone on.
   * @returns false when Redis has lost what was written: nothing was written now.
   */
  async commit(memory: Memory, changes: readonly HashChange[], moved: Iterable<[number, string]>): Promise<boolean> {
    const all = [cursorChange(moved), ...changes];
    const isChange = all.some(({ removed, set }) => removed.length + set.length > 0);
    if (!(await this.#commit(memory, all, ''))) return false;
    if (isChange) memory.version++;
    return true;
  }

  /** Only keeps the lease; as with `commit`. */
  renew(memory: Memory): Promise<boolean> {
    return this.#commit(memory, [], '');
  }

  /** Makes Redis have exactly what the memory has. @throws {Fenced} */
  async rewrite(memory: Memory, rows: readonly HashChange[], cursors: Cursors): Promise<void> {
    const making = { id: '', version: 0 };
    const slices = slicesOf([cursorChange(cursors), ...rows]);
    for (;;) {
      await this.#fenced(this.#run(CLEAR, [this.#lease, this.#memory, ...this.#hashes], [this.#token, this.#leaseMs]));
      const id = Bun.randomUUIDv7();
      let isWhole = true;
      for (const slice of slices) isWhole &&= await this.#commit(making, slice, '');
      // What was lost again meanwhile is written again.
      if (!isWhole || !(await this.#commit(making, [], id))) continue;
      memory.id = id;
      memory.version = 1;
      return;
    }
  }

  /** What Redis has; to be called by the holder of the lease. @throws also when Redis loses it meanwhile. */
  async load({ id, version }: Seen): Promise<Memory> {
    const loader = new MemoryLoader();
    for (const [index, hash] of this.#hashes.entries()) {
      for (let next = '0', isFirst = true; isFirst || next !== '0'; isFirst = false) {
        if (!this.isSure && !(await this.#commit({ id, version }, [], '')))
          throw new Error('Redis has lost its memory.');
        const redis = this.#session.commands(HOME);
        const [cursor, cells] = await answered(this.#session, redis.hscan(hash, next, 'COUNT', SCAN_FIELDS));
        next = cursor;
        const values = cells.filter((_, cell) => cell % 2 === 1);
        if (index > 0) loader.rows(index - 1, values);
        else for (const [at, value] of values.entries()) loader.cursor(Number(cells[at * 2]), value);
      }
    }
    const memory = loader.finish();
    memory.id = id;
    memory.version = version;
    return memory;
  }

  async release(): Promise<void> {
    this.#leaseEndMs = 0;
    await this.#run(RELEASE, [this.#lease], [this.#token]);
  }

  async #commit({ id, version }: Seen, changes: readonly HashChange[], newId: string): Promise<boolean> {
    const keys = [this.#lease, this.#memory, ...this.#hashes.slice(0, changes.length)];
    const args: (string | number)[] = [this.#token, this.#leaseMs, id, version, newId];
    for (const { removed, set } of changes) {
      args.push(removed.length);
      for (const field of removed) args.push(field);
      args.push(set.length);
      for (const [field, value] of set) args.push(field, value);
    }
    return (await this.#fenced(this.#run(COMMIT, keys, args))) === 'ok';
  }

  async #fenced(answer: Promise<unknown>): Promise<unknown> {
    const sentMs = nowMs();
    const what = await answer;
    if (what === 'fenced') throw new Fenced('Another node sends the webhooks from now on.');
    this.#leaseEndMs = sentMs + this.#leaseMs;
    return what;
  }

  async #run(script: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    this.#underWay++;
    try {
      return await answered(this.#session, script.run(this.#session.commands(HOME), keys, args));
    } finally {
      this.#underWay--;
    }
  }
}

function cursorChange(cursors: Iterable<[number, string]>): HashChange {
  return { removed: [], set: [...cursors].map(([partition, id]) => [String(partition), id]) };
}

/** Cuts what is set into pieces that keep Redis for a moment only. */
function slicesOf(changes: readonly HashChange[]): readonly (readonly HashChange[])[] {
  const slices: HashChange[][] = [];
  for (const [index, { set }] of changes.entries()) {
    let piece: (readonly [string, string])[] = [];
    let characters = 0;
    const cut = (): void => {
      if (piece.length === 0) return;
      const empty = Array.from({ length: index }, (): HashChange => ({ removed: [], set: [] }));
      slices.push([...empty, { removed: [], set: piece }]);
      piece = [];
      characters = 0;
    };
    for (const [field, value] of set) {
      piece.push([field, value]);
      characters += field.length + value.length;
      if (piece.length >= SLICE_FIELDS || characters >= SLICE_CHARACTERS) cut();
    }
    cut();
  }
  return slices;
}
