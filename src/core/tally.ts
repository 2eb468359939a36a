// What one node has counted since it began, over all apps. The counts only grow; what there is at present is counted in
// the tables when somebody asks, so that it cannot drift away from them.
import type { Happening } from './happenings.ts';

/** Upper ends of the classes of durations, in seconds. A publish within one node takes less than the first. */
export const DURATION_BOUNDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** How many there were by their code or status. */
export type CountsByCode = ReadonlyMap<number, number>;

export class Tally {
  opened = 0;
  slowReadersClosed = 0;
  failures = 0;
  cacheMisses = 0;
  readonly requests = new RequestTally();
  readonly #closed = new Map<number, number>();
  readonly #refusedConnections = new Map<number, number>();
  readonly #refusedCommands = new Map<number, number>();

  get closed(): CountsByCode {
    return this.#closed;
  }

  get refusedConnections(): CountsByCode {
    return this.#refusedConnections;
  }

  /** 0 for a refusal that has no code. */
  get refusedCommands(): CountsByCode {
    return this.#refusedCommands;
  }

  note(happening: Happening): void {
    switch (happening.kind) {
      case 'connected':
        this.opened++;
        return;
      case 'disconnected':
        return countOne(this.#closed, happening.code);
      case 'connectionRefused':
        return countOne(this.#refusedConnections, happening.code);
      case 'refused':
        return countOne(this.#refusedCommands, happening.code ?? 0);
      case 'slowReaderClosed':
        this.slowReadersClosed++;
        return;
      case 'failed':
        this.failures++;
        return;
      case 'cacheMissed':
        this.cacheMisses++;
        return;
      default:
        return;
    }
  }
}

function countOne(counts: Map<number, number>, code: number): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}

/** Requests that were answered. Lies on the way of every publish, so it makes nothing. */
export class RequestTally {
  totalMs = 0;
  /** By the first digit of the status. */
  readonly byClass: number[] = [0, 0, 0, 0, 0, 0];
  /** By duration; the last class has no upper end. */
  readonly byDuration: number[] = DURATION_BOUNDS.map(() => 0).concat(0);

  add(status: number, durationMs: number): void {
    this.totalMs += durationMs;
    const first = Math.floor(status / 100);
    this.byClass[first] = (this.byClass[first] ?? 0) + 1;
    let at = 0;
    while (at < DURATION_BOUNDS.length && durationMs > (DURATION_BOUNDS[at] ?? 0) * 1000) at++;
    this.byDuration[at] = (this.byDuration[at] ?? 0) + 1;
  }
}
