// The facts of all nodes, as the scripts of the cluster have put them on one stream in each partition. They are read by a
// cursor that the sender commits with what has come of them, so each is settled exactly once.
import type { Fact } from '../../core/facts.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import type { RedisSession } from '../../redis/session.ts';
import { answered } from './answered.ts';
import type { Cursors } from './memory.ts';

/** What one turn settles at most; a client event may have some 10 kB. */
const FACTS_AT_ONCE = 1_024;
const BEGINNING = '0-0';
/** The field of an entry that is the fact in JSON. */
const FIELD = 'f';

interface Entry {
  readonly id: string;
  readonly fact: Fact;
}

export class FactStreams {
  readonly #session: RedisSession;
  readonly #keys: KeySpace;
  readonly #cursors: Cursors;
  readonly #onMalformed: (error: Error) => void;
  /** Read and not committed. */
  #moved = new Map<number, string>();
  /** Committed and not trimmed. */
  readonly #trimmable = new Map<number, string>();
  #hasMore = false;

  /** @param cursors are moved as facts are read. */
  constructor(session: RedisSession, keys: KeySpace, cursors: Cursors, onMalformed: (error: Error) => void) {
    this.#session = session;
    this.#keys = keys;
    this.#cursors = cursors;
    this.#onMalformed = onMalformed;
  }

  /** Whether the last look has left some. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** What has come since the last look: of one partition in its order, of several in that of their clocks. */
  async read(): Promise<readonly Fact[]> {
    this.#hasMore = false;
    const { partitions } = this.#keys;
    const reads = Array.from({ length: partitions }, (_, partition) => this.#readOne(partition));
    const entries = (await answered(this.#session, Promise.all(reads))).flat();
    if (partitions > 1) entries.sort((one, other) => compareIds(one.id, other.id));
    return entries.map(({ fact }) => fact);
  }

  /** The cursors that have moved, which are about to be committed. */
  takeMoved(): ReadonlyMap<number, string> {
    const moved = this.#moved;
    this.#moved = new Map();
    return moved;
  }

  committed(moved: ReadonlyMap<number, string>): void {
    for (const [partition, id] of moved) this.#trimmable.set(partition, id);
  }

  /** Forgets what nobody needs any more. Nobody waits for it: what is left is trimmed another time. */
  trim(): void {
    for (const [partition, id] of this.#trimmable) {
      const key = this.#keys.key(partition, 'facts');
      const trimmed = this.#session.commands(partition).xtrim(key, 'MINID', afterId(id));
      answered(this.#session, trimmed).catch(() => undefined);
    }
    this.#trimmable.clear();
  }

  /** Redis has less than was committed, so the streams may end before the cursors: what comes next must not be missed. */
  async rewind(): Promise<void> {
    for (const [partition, cursor] of this.#cursors) {
      const lookup = this.#session
        .commands(partition)
        .xrevrange(this.#keys.key(partition, 'facts'), '+', '-', 'COUNT', 1);
      const last = (await answered(this.#session, lookup))[0]?.[0] ?? BEGINNING;
      if (compareIds(last, cursor) < 0) this.#cursors.set(partition, last);
    }
    this.#moved.clear();
    this.#trimmable.clear();
  }

  async #readOne(partition: number): Promise<readonly Entry[]> {
    const count = Math.ceil(FACTS_AT_ONCE / this.#keys.partitions);
    const key = this.#keys.key(partition, 'facts');
    const cursor = this.#cursors.get(partition) ?? BEGINNING;
    const answer = await this.#session.commands(partition).xread('COUNT', count, 'STREAMS', key, cursor);
    const entries = answer?.[0]?.[1] ?? [];
    const last = entries.at(-1);
    if (last === undefined) return [];
    if (entries.length >= count) this.#hasMore = true;
    this.#cursors.set(partition, last[0]);
    this.#moved.set(partition, last[0]);
    return entries.flatMap(([id, fields]) => {
      const fact = this.#factOf(fields);
      return fact === null ? [] : [{ id, fact }];
    });
  }

  // One that cannot be read must not stop those behind it.
  #factOf(fields: readonly string[]): Fact | null {
    try {
      // The nodes have made it of a fact.
      return JSON.parse(fields[fields.indexOf(FIELD) + 1] ?? '') as Fact;
    } catch (error) {
      this.#onMalformed(new Error(`a fact that is no JSON: ${String(error)}`));
      return null;
    }
  }
}

function compareIds(one: string, other: string): number {
  const [[oneMs, oneSeq], [otherMs, otherSeq]] = [partsOf(one), partsOf(other)];
  return oneMs - otherMs || oneSeq - otherSeq;
}

function afterId(id: string): string {
  const [ms, seq] = partsOf(id);
  return `${ms}-${seq + 1}`;
}

function partsOf(id: string): [ms: number, seq: number] {
  const [ms = '0', seq = '0'] = id.split('-');
  return [Number(ms), Number(seq)];
}
