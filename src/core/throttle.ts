// Limits how often something may be tried under one name, such as an e-mail address or an address of the network.

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

export interface ThrottleRules {
  /** Attempts at once after a quiet time. */
  readonly burst: number;
  readonly perMinute: number;
  /** Names that are remembered; beyond it the one that was used longest ago is forgotten. */
  readonly maxNames: number;
}

export class Throttle {
  readonly #rules: ThrottleRules;
  /** In the order of use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(rules: ThrottleRules) {
    this.#rules = rules;
  }

  /** Takes one attempt. @returns the seconds to wait, 0 when the attempt may be made. */
  take(name: string, nowMs: number): number {
    const { burst, perMinute, maxNames } = this.#rules;
    const perMs = perMinute / 60_000;
    const { tokens, filledAtMs } = this.#buckets.get(name) ?? { tokens: burst, filledAtMs: nowMs };
    const bucket = { tokens: Math.min(burst, tokens + Math.max(0, nowMs - filledAtMs) * perMs), filledAtMs: nowMs };
    // Put in again, so that it is the youngest.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size > maxNames) this.#forgetOldest();
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
    bucket.tokens--;
    return 0;
  }

  /** Takes the attempts back that a success has proved to be no guessing. */
  forgive(name: string): void {
    this.#buckets.delete(name);
  }

  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }
}
