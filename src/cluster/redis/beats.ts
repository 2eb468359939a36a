// The heart of a life: it renews the lease, hears itself, and looks at the others. A node that cannot hear itself must not
// stay, or its clients would wait for messages that never come.
import type { Clock, Outbox } from '../../engine/ports.ts';
import { numberOf, textsOf } from './answers.ts';
import { messageOf } from './gate.ts';
import type { Life } from './life.ts';
import { fence, reap } from './reap.ts';
import { steps } from './scripts.ts';

const BEAT_MS = 500;
export const LEASE_MS = 2_500;
/** Beats that may go unanswered or unheard. Beats and not time: a process that was stopped first reads its answers. */
const MOST_MISSED = 6;
/** For how long a node has to look gone: one that only opens another session is back by then. */
const GONE_MS = 400;
/** Looks that are further apart do not count together: the one who looks may have been away itself. */
const LOOKS_MS = 2_000;

export interface BeatParts {
  readonly clock: Clock;
  readonly outbox: Pick<Outbox, 'wants'>;
  /** What the node tells of itself. */
  readonly describe: (lagMs: number) => string;
  /** Is told all nodes that take part. */
  readonly see: (nodes: readonly string[]) => void;
}

export class Beats {
  readonly #life: Life;
  readonly #parts: BeatParts;
  readonly #cancel: () => void;
  /** By partition, the number of the last beat that was answered or heard. */
  readonly #answered: number[];
  readonly #heard: number[];
  /** Since when a node looks gone, and when it was last looked at; by partition and node. */
  readonly #suspects = new Map<string, { readonly sinceMs: number; readonly lastMs: number }>();
  readonly #underWay = new Set<string>();
  #beat = 0;
  #sentAtMs = 0;
  #lagMs = 0;

  constructor(life: Life, parts: BeatParts) {
    this.#life = life;
    this.#parts = parts;
    this.#answered = life.partitions.map(() => 0);
    this.#heard = life.partitions.map(() => 0);
    this.#cancel = parts.clock.every(BEAT_MS, () => this.next());
    life.ended.catch(() => this.#cancel());
    this.next();
  }

  get lagMs(): number {
    return this.#lagMs;
  }

  /** A message to the node's own inbox. */
  hear(partition: number, message: string): void {
    const beat = Number(message.slice(1));
    this.#heard[partition] = Math.max(this.#heard[partition] ?? 0, beat);
    if (partition === 0 && beat === this.#beat) this.#lagMs = Math.max(0, this.#parts.clock.now() - this.#sentAtMs);
  }

  stop(): void {
    this.#cancel();
  }

  next(): void {
    if (this.#life.hasEnded) return this.#cancel();
    const missed = (last: readonly number[]): number => this.#beat - Math.min(...last);
    if (missed(this.#answered) >= MOST_MISSED) return this.#life.end(new Error('Redis has not answered for 3 seconds'));
    if (missed(this.#heard) >= MOST_MISSED)
      return this.#life.end(new Error('the node has not heard itself for 3 seconds'));
    this.#beat += 1;
    this.#sentAtMs = this.#parts.clock.now();
    for (const partition of this.#life.partitions) this.#send(partition).catch(() => undefined);
  }

  async #send(partition: number): Promise<void> {
    const beat = this.#beat;
    // One partition is enough to see whose inbox has no reader; leases are looked at in each.
    const readers = partition === 0 ? this.#life.readersCommand : '';
    const told = partition === 0 ? this.#parts.describe(this.#lagMs) : '';
    const answer = await this.#life.change(partition, steps.beat, [LEASE_MS, told, `b${beat}`, readers]);
    this.#answered[partition] = beat;
    const [suspects, leaving, nodes, serverMs] = Array.isArray(answer) ? (answer as readonly unknown[]) : [];
    this.#life.noteAnswer(partition, numberOf(serverMs));
    this.#look(partition, textsOf(suspects));
    for (const node of textsOf(leaving)) this.#undo(partition, node);
    if (partition === 0) this.#parts.see(textsOf(nodes));
  }

  #look(partition: number, suspects: readonly string[]): void {
    const nowMs = this.#parts.clock.now();
    const prefix = `${partition}/`;
    for (const name of this.#suspects.keys()) {
      if (name.startsWith(prefix) && !suspects.includes(name.slice(prefix.length))) this.#suspects.delete(name);
    }
    for (const node of suspects) {
      const before = this.#suspects.get(prefix + node);
      // A clock that was set back begins anew.
      const isSecond = before !== undefined && Math.abs(nowMs - before.lastMs) <= LOOKS_MS;
      const sinceMs = isSecond ? before.sinceMs : nowMs;
      this.#suspects.set(prefix + node, { sinceMs, lastMs: nowMs });
      if (nowMs - sinceMs >= GONE_MS) this.#takeForGone(partition, node);
    }
  }

  #takeForGone(partition: number, node: string): void {
    this.#once(`fence/${node}`, async () => {
      for (const each of await fence(this.#life, node, partition)) this.#undo(each, node);
    });
  }

  #undo(partition: number, node: string): void {
    this.#once(`${partition}/${node}`, () => reap(this.#life, this.#parts.outbox, { partition, node, isOwn: false }));
  }

  #once(name: string, task: () => Promise<void>): void {
    if (this.#underWay.has(name)) return;
    this.#underWay.add(name);
    task()
      .catch((error: unknown) => this.#life.end(new Error(messageOf(error))))
      .finally(() => this.#underWay.delete(name));
  }
}
