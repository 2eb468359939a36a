// Entries on their way to those who watch, within bounds: what is more than that is only counted.
import type { Entry } from './feed.ts';

/** How many entries there are at most in a second. */
export const ENTRIES_PER_SECOND = 500;
/** How many characters of data they carry at most in a second. */
const DATA_PER_SECOND = 2_000_000;

export class Gathering {
  #entries: Entry[] = [];
  #dropped = 0;
  #left = ENTRIES_PER_SECOND;
  #dataLeft = DATA_PER_SECOND;

  /** A new second begins. */
  refill(): void {
    this.#left = ENTRIES_PER_SECOND;
    this.#dataLeft = DATA_PER_SECOND;
  }

  /** Whether one more is wanted in this second; it counts as dropped if not, and need not even be made. */
  takesOne(): boolean {
    if (this.#left > 0 && this.#dataLeft > 0) return true;
    this.#dropped++;
    return false;
  }

  /** Adds an entry for which there is room. */
  add(entry: Entry): void {
    this.#left--;
    this.#dataLeft -= entry.data?.length ?? 0;
    this.#entries.push(entry);
  }

  /** Counts what was dropped elsewhere. */
  drop(count: number): void {
    this.#dropped += count;
  }

  takeEntries(): readonly Entry[] {
    if (this.#entries.length === 0) return this.#entries;
    const taken = this.#entries;
    this.#entries = [];
    return taken;
  }

  takeDropped(): number {
    const taken = this.#dropped;
    this.#dropped = 0;
    return taken;
  }
}
