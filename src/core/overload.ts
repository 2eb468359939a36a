// Whether a node has more to do than it can: judged by looks at its load, slow to believe and slower to forget, so that
// one long step changes nothing and clients do not come and go in waves.

export interface LoadBounds {
  /** Milliseconds by which the event loop may be late; 0 is no bound. */
  readonly overloadLagMs: number;
  /** Bytes that the process may hold; 0 is no bound. */
  readonly overloadMemoryBytes: number;
}

export interface Load {
  readonly lagMs: number;
  /** Null when it cannot be read, because the process can open no file any more. */
  readonly memoryBytes: number | null;
}

/** So many looks in a row have to agree. */
const LOOKS_TO_BEGIN = 3;
const LOOKS_TO_END = 10;
/** It is over when the load is below so much of the bound. */
const LAG_TO_END = 0.5;
const MEMORY_TO_END = 0.95;
const MIB = 1_048_576;

export class Overload {
  /** Why nobody else is let in; null while all is well. */
  reason: string | null = null;
  readonly #bounds: LoadBounds;
  #looks = 0;

  constructor(bounds: LoadBounds) {
    this.#bounds = bounds;
  }

  /** @returns whether the reason has come or gone. */
  look(load: Load): boolean {
    const wasOver = this.reason !== null;
    const over = this.#excess(load, wasOver);
    this.#looks = (over !== null) === wasOver ? 0 : this.#looks + 1;
    if (wasOver && over !== null) this.reason = over;
    if (this.#looks < (wasOver ? LOOKS_TO_END : LOOKS_TO_BEGIN)) return false;
    this.#looks = 0;
    this.reason = over;
    return true;
  }

  #excess({ lagMs, memoryBytes }: Load, wasOver: boolean): string | null {
    if (memoryBytes === null) return 'the process has no file descriptor left (ulimit -n)';
    const { overloadLagMs, overloadMemoryBytes } = this.#bounds;
    const lagBound = overloadLagMs * (wasOver ? LAG_TO_END : 1);
    if (overloadLagMs > 0 && lagMs >= lagBound) {
      return `the event loop is ${Math.round(lagMs)} ms late (overloadLagMs is ${overloadLagMs})`;
    }
    const memoryBound = overloadMemoryBytes * (wasOver ? MEMORY_TO_END : 1);
    if (overloadMemoryBytes === 0 || memoryBytes < memoryBound) return null;
    const [holds, may] = [memoryBytes, overloadMemoryBytes].map((bytes) => Math.round(bytes / MIB));
    return `the process holds ${holds} MiB (overloadMemoryBytes is ${may} MiB)`;
  }
}
