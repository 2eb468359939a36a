// What an app, or all apps of one owner together, may use: connections at once, which may be exceeded for a while, and
// broadcasts in a month. The limits are arguments, since they may change at any time; 0 is none.
import { MonthCount } from './month.ts';

/** How many connections there may be at once, and for how long there may be more. */
export interface ConnectionLimit {
  readonly connections: number;
  readonly connectionGraceSeconds: number;
}

export class Quota {
  readonly #broadcasts = new MonthCount();
  /** When the number of connections was first to be exceeded; null while it may still be. */
  #exceededAtMs: number | null = null;
  /** Since when the number has been below the limit; null while it is not. */
  #belowSinceMs: number | null = null;

  /** Whether there may be one connection more: below the limit always, beyond it until the grace is over. */
  admits(open: number, { connections, connectionGraceSeconds }: ConnectionLimit, nowMs: number): boolean {
    if (connections === 0 || open < connections) return true;
    if (connectionGraceSeconds === 0) return false;
    this.#exceededAtMs ??= nowMs;
    return nowMs - this.#exceededAtMs < connectionGraceSeconds * 1000;
  }

  /** Notes how many there are, after each change of it or of the limit. Having been below for as long wins a new grace. */
  note(open: number, { connections, connectionGraceSeconds }: ConnectionLimit, nowMs: number): void {
    if (connections === 0 || open < connections) {
      this.#belowSinceMs ??= nowMs;
      return;
    }
    // Another node has let in one beyond the limit, and the grace is that of all nodes.
    if (open > connections) this.#exceededAtMs ??= nowMs;
    const isRested = this.#belowSinceMs !== null && nowMs - this.#belowSinceMs >= connectionGraceSeconds * 1000;
    if (isRested) this.#exceededAtMs = null;
    this.#belowSinceMs = null;
  }

  /** Whether so many broadcasts more fit into the month. */
  fits(broadcasts: number, perMonth: number, nowMs: number): boolean {
    return perMonth === 0 || this.#broadcasts.used(nowMs) + broadcasts <= perMonth;
  }

  spend(broadcasts: number, nowMs: number): void {
    this.#broadcasts.add(broadcasts, nowMs);
  }

  /** At least so many broadcasts have been made in the month, on whatever node. */
  raise(broadcasts: number, nowMs: number): void {
    this.#broadcasts.raise(broadcasts, nowMs);
  }

  /** The broadcasts of the month. */
  spent(nowMs: number): number {
    return this.#broadcasts.used(nowMs);
  }
}
