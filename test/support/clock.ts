// A clock that moves only when a test moves it.
import type { Clock } from '../../src/engine/ports.ts';

interface Timer {
  dueMs: number;
  readonly everyMs: number | null;
  readonly task: () => void;
}

export class FakeClock implements Clock {
  #nowMs = 1_000_000_000_000;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    return this.#add({ dueMs: this.#nowMs + delayMs, everyMs: null, task });
  }

  every(intervalMs: number, task: () => void): () => void {
    return this.#add({ dueMs: this.#nowMs + intervalMs, everyMs: intervalMs, task });
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves the time on, running what falls due on the way, in order. */
  advance(milliseconds: number): void {
    const endMs = this.#nowMs + milliseconds;
    for (;;) {
      const next = this.#nextDue(endMs);
      if (next === null) break;
      this.#nowMs = next.dueMs;
      if (next.everyMs === null) this.#timers.delete(next);
      else next.dueMs += next.everyMs;
      next.task();
    }
    this.#nowMs = endMs;
  }

  /** Somebody sets the clock: timers know nothing of it. */
  set(byMs: number): void {
    this.#nowMs += byMs;
    for (const timer of this.#timers) timer.dueMs += byMs;
  }

  #nextDue(endMs: number): Timer | null {
    const due = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs);
    return due.toSorted((a, b) => a.dueMs - b.dueMs)[0] ?? null;
  }
}
