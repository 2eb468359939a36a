// When the sender wakes up: at the earliest moment that anybody has asked for.
import { nowMs } from '../outbox-of-thread.ts';

const LONGEST_WAIT_MS = 60_000;

export class Alarm {
  #atMs = Number.POSITIVE_INFINITY;
  #notBeforeMs = 0;
  #rouse: (() => void) | null = null;

  /** The earliest moment that was asked for; Infinity for none. */
  get atMs(): number {
    return this.#atMs;
  }

  set(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.#atMs = atMs;
    this.#rouse?.();
  }

  /** At once, and without the pause that was asked for. */
  ring(): void {
    this.#notBeforeMs = 0;
    this.#atMs = 0;
    this.#rouse?.();
  }

  clear(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
  }

  /** Whatever is asked for, it is not earlier. */
  pause(untilMs: number): void {
    this.#notBeforeMs = untilMs;
  }

  /** @param dueMs when there is something to do if nobody asks. */
  async wait(dueMs: number): Promise<void> {
    for (;;) {
      const delayMs = Math.max(this.#notBeforeMs, Math.min(this.#atMs, dueMs)) - nowMs();
      if (delayMs <= 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, Math.min(delayMs, LONGEST_WAIT_MS));
      this.#rouse = resolve;
      await promise;
      this.#rouse = null;
      clearTimeout(timer);
    }
  }
}
