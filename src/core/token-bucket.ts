// Limits a rate: a bucket of tokens that fills steadily and is emptied by use.

export class TokenBucket {
  readonly perSecond: number;
  #tokens: number;
  #filledAtMs: number;
  /** How many tokens there had to be at the last `take`. */
  #wanted = 1;

  /** A full bucket that holds as many tokens as it gains in a second. */
  constructor(perSecond: number, nowMs: number) {
    this.perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAtMs = nowMs;
  }

  /** Takes tokens; false when there are too few. A full bucket gives more than it holds, and owes them to itself. */
  take(nowMs: number, count = 1): boolean {
    const gained = (Math.max(0, nowMs - this.#filledAtMs) / 1000) * this.perSecond;
    this.#tokens = Math.min(this.perSecond, this.#tokens + gained);
    this.#filledAtMs = nowMs;
    this.#wanted = Math.min(count, this.perSecond);
    if (this.#tokens < this.#wanted) return false;
    this.#tokens -= count;
    return true;
  }

  /** Milliseconds until there are as many tokens as the last `take` wanted. */
  get waitMs(): number {
    return Math.max(0, Math.ceil(((this.#wanted - this.#tokens) / this.perSecond) * 1000));
  }
}

/** The bucket for that rate: the given one, or a full one where there is none or the rate has changed. */
export function bucketFor(perSecond: number, bucket: TokenBucket | null, nowMs: number): TokenBucket {
  return bucket?.perSecond === perSecond ? bucket : new TokenBucket(perSecond, nowMs);
}
