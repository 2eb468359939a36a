// Looks from time to time who is still there. Facts tell of all that comes and goes, but not when Redis has lost them, nor
// does a sender know who was leaving when the one before it ended.
import type { KeySpace } from '../../redis/partitions.ts';
import type { RedisSession } from '../../redis/session.ts';
import type { Dispatcher } from '../dispatcher.ts';
import { nowMs } from '../outbox-of-thread.ts';
import { answered } from './answered.ts';
import { absentAmong } from './who-is-there.ts';

export interface LookerParts {
  readonly session: RedisSession;
  readonly keys: KeySpace;
  readonly firstLookMs: number;
  readonly wake: () => void;
}

const EVERY_MS = 60_000;
const ASKED_AT_ONCE = 500;
/** Between two of these, so that Redis has time for others. */
const BREATH_MS = 10;
/** What is kept for endpoints that nobody knows is kept so long: the nodes may be about to get another configuration. */
const STRANGERS_MS = 600_000;

export class Looker {
  readonly #parts: LookerParts;
  readonly #sinceMs = nowMs();
  #atMs: number;
  #isLooking = false;
  #hasDropped = false;

  constructor(parts: LookerParts) {
    this.#parts = parts;
    this.#atMs = nowMs() + parts.firstLookMs;
    parts.session.onEnd(() => this.stop());
  }

  /** The nodes have to say anew what they have, and need a moment for that. */
  lookAgain(): void {
    this.#atMs = nowMs() + this.#parts.firstLookMs;
  }

  stop(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
  }

  /** Whoever has left begins to leave soon after, whatever the caller does meanwhile. */
  lookIfDue(dispatcher: Dispatcher): void {
    if (this.#isLooking || nowMs() < this.#atMs) return;
    this.#isLooking = true;
    this.#atMs = nowMs() + EVERY_MS;
    if (!this.#hasDropped && nowMs() - this.#sinceMs >= STRANGERS_MS) {
      this.#hasDropped = true;
      dispatcher.dropStrangers();
      this.#parts.wake();
    }
    void this.#look(dispatcher).finally(() => {
      this.#isLooking = false;
    });
  }

  async #look({ settle }: Dispatcher): Promise<void> {
    const { session, keys, wake } = this.#parts;
    const all = settle.announcedLastFirst();
    for (let at = 0; at < all.length; at += ASKED_AT_ONCE) {
      settle.beginLook();
      try {
        const absent = await answered(session, absentAmong(session, keys, all.slice(at, at + ASKED_AT_ONCE)));
        if (this.#atMs === Number.POSITIVE_INFINITY) return;
        settle.endLook(absent, nowMs());
        if (absent.length > 0) wake();
      } catch {
        // The session has ended, and this with it.
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
    }
  }
}
