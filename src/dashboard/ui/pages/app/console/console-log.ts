// What the console holds: the newest entries, in the order in which they came, up to a bound. Kept while the dashboard is
// open, so that going to another page and back loses nothing that was seen.
import { type Signal, signal } from '@preact/signals';
import type { Entry } from '../../../api/live-types.ts';
import { type Filter, matches } from './matching.ts';

const MAX_ENTRIES = 10_000;

export class ConsoleLog {
  readonly isPaused: Signal<boolean> = signal(false);
  /** How many wait until the pause is over. */
  readonly heldBack: Signal<number> = signal(0);
  /** How many the server has left out. */
  readonly dropped: Signal<number> = signal(0);
  /** Newest last. */
  readonly #entries: Signal<readonly Entry[]> = signal([]);
  #waiting: Entry[] = [];

  get size(): number {
    return this.#entries.value.length;
  }

  add(entries: readonly Entry[]): void {
    if (!this.isPaused.value) return this.#append(entries);
    this.#waiting = [...this.#waiting, ...entries].slice(-MAX_ENTRIES);
    this.heldBack.value += entries.length;
  }

  drop(count: number): void {
    this.dropped.value += count;
  }

  pause(isPaused: boolean): void {
    this.isPaused.value = isPaused;
    if (isPaused) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.heldBack.value = 0;
    this.#append(waiting);
  }

  clear(): void {
    this.#entries.value = [];
    this.#waiting = [];
    this.heldBack.value = 0;
    this.dropped.value = 0;
  }

  /** Newest first. */
  matching(filter: Filter): readonly Entry[] {
    return this.#entries.value.filter((entry) => matches(entry, filter)).reverse();
  }

  find(id: string): Entry | undefined {
    return this.#entries.value.find((entry) => entry.id === id);
  }

  #append(entries: readonly Entry[]): void {
    this.#entries.value = [...this.#entries.value, ...entries].slice(-MAX_ENTRIES);
  }
}

let current: { readonly app: string; readonly log: ConsoleLog } | null = null;

/** Of the app that was looked at last; another one begins anew. */
export function logOf(app: string): ConsoleLog {
  if (current?.app !== app) current = { app, log: new ConsoleLog() };
  return current.log;
}
