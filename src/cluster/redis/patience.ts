// Waiting that a stop ends at once.
import type { Clock } from '../../engine/ports.ts';

export class Patience {
  readonly #clock: Clock;
  readonly #waking = new Set<() => void>();
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends all waiting, also what would begin later. */
  end(): void {
    this.#isOver = true;
    for (const wake of this.#waking) wake();
    this.#waking.clear();
  }

  async pause(milliseconds: number): Promise<void> {
    if (this.#isOver) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(milliseconds, resolve);
    this.#waking.add(resolve);
    await promise;
    this.#waking.delete(resolve);
    cancel();
  }

  /** @param discard is given what comes too late. */
  async of<T>(coming: Promise<T>, discard: (late: T) => void): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const giveUp = (): void => reject(new Error('the node has stopped'));
    this.#waking.add(giveUp);
    coming.then(resolve, reject);
    try {
      return await promise;
    } finally {
      this.#waking.delete(giveUp);
      if (this.#isOver) coming.then(discard).catch(() => undefined);
    }
  }
}
