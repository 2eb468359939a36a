// Passwords are hashed with argon2id. A hash costs memory and time on purpose, so only a few are made at once.
import { drawSecret } from './credentials.ts';

const AT_ONCE = 2;
const MAX_WAITING = 64;

interface Cost {
  /** In kibibytes. */
  readonly memoryCost: number;
  readonly timeCost: number;
}

const COST: Cost = { memoryCost: 65_536, timeCost: 2 };

export class Passwords {
  readonly #options: Cost & { readonly algorithm: 'argon2id' };
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** A hash that no password fits: verifying against it takes as long as for an account that is there. */
  #nobody: Promise<string> | null = null;

  constructor(cost = COST) {
    this.#options = { algorithm: 'argon2id', ...cost };
  }

  /** Null when too many are waiting. */
  hash(password: string): Promise<string | null> {
    return this.#run(() => Bun.password.hash(password, this.#options));
  }

  /** @param hash null for an account that is not there: false after the same time. Null when too many are waiting. */
  verify(password: string, hash: string | null): Promise<boolean | null> {
    return this.#run(async () => {
      this.#nobody ??= Bun.password.hash(drawSecret(), this.#options);
      const isRight = await Bun.password.verify(password, hash ?? (await this.#nobody));
      return isRight && hash !== null;
    });
  }

  async #run<Value>(task: () => Promise<Value>): Promise<Value | null> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) return null;
      // Whoever ends hands its place on, so the number of those running stays as it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
