// Who may speak to Redis when. Changes wait for the node to take part, and are made again when its life ended under them,
// for they say what is, not what has changed; questions and publishes are refused at once while the node is away.

import { Unavailable } from '../../engine/failure.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Life } from './life.ts';

/** For how long a change waits for the nodes to agree. */
const LONGEST_WAIT_MS = 75_000;
/** A step that Redis refuses so often, in one life after another, is at fault itself. */
const MOST_REFUSALS = 3;

export class Gate {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  readonly #underWay = new Set<Promise<unknown>>();
  #life: Life | null = null;
  #why: string | null = 'the node has not joined yet';
  #isClosedForGood = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why questions are refused; null when they are not. */
  get absence(): string | null {
    return this.#why;
  }

  /** Lets changes through; resolves when those that had waited are made. */
  async admitChanges(life: Life): Promise<void> {
    if (this.#isClosedForGood) return;
    this.#life = life;
    for (const goOn of this.#waiting) goOn();
    this.#waiting.clear();
    // They go on in this turn of the loop.
    await new Promise<void>((resolve) => setImmediate(resolve));
    await Promise.race([Promise.allSettled([...this.#underWay]), life.ended]);
  }

  admitAll(): void {
    if (!this.#isClosedForGood) this.#why = null;
  }

  close(why: string): void {
    this.#life = null;
    this.#why = why;
  }

  /** Nothing will be admitted again. */
  closeForGood(why: string): void {
    this.close(why);
    this.#isClosedForGood = true;
    for (const goOn of this.#waiting) goOn();
    this.#waiting.clear();
  }

  /** The life in which questions can be asked. */
  ready(): Life {
    if (this.#life === null || this.#why !== null) throw new Unavailable(this.#why ?? 'the node does not take part');
    return this.#life;
  }

  /** The same, or null. */
  get open(): Life | null {
    return this.#why === null ? this.#life : null;
  }

  async ask<T>(question: (life: Life) => Promise<T>): Promise<T> {
    const life = this.ready();
    try {
      return await question(life);
    } catch (error) {
      throw error instanceof Unavailable ? error : new Unavailable(messageOf(error), { cause: error });
    }
  }

  change<T>(attempt: (life: Life) => Promise<T>): Promise<T> {
    const promise = this.#attempts(attempt);
    this.#underWay.add(promise);
    const forget = (): void => void this.#underWay.delete(promise);
    promise.then(forget, forget);
    return promise;
  }

  async #attempts<T>(attempt: (life: Life) => Promise<T>): Promise<T> {
    const untilMs = this.#clock.now() + LONGEST_WAIT_MS;
    for (let refusals = 0; ; ) {
      const life = this.#life ?? (await this.#admitted(untilMs));
      try {
        return await attempt(life);
      } catch (error) {
        // What has failed without an end of the life is a bug.
        if (!life.hasEnded) throw error;
        if (isRefusal(error)) refusals += 1;
        if (refusals === MOST_REFUSALS) throw new Unavailable(messageOf(error), { cause: error });
      }
    }
  }

  async #admitted(untilMs: number): Promise<Life> {
    while (this.#life === null && !this.#isClosedForGood) {
      const leftMs = untilMs - this.#clock.now();
      if (leftMs <= 0) break;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      const cancel = this.#clock.after(leftMs, resolve);
      await promise;
      cancel();
      this.#waiting.delete(resolve);
    }
    if (this.#life === null) throw new Unavailable(this.#why ?? 'the node does not take part');
    return this.#life;
  }
}

/** Redis has understood the step and does not do it, for another reason than that the node is fenced. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && !error.message.startsWith('FENCED');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
