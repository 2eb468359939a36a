// One atomic step, written in Lua, which Redis knows by the digest of its text.
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

export class Script {
  readonly #lua: string;
  readonly #digest: string;
  readonly #numberOfKeys: number | 'any';

  /** @param numberOfKeys how many every call names; `any` when that differs. */
  constructor(lua: string, numberOfKeys: number | 'any') {
    this.#lua = lua;
    this.#digest = createHash('sha1').update(lua).digest('hex');
    this.#numberOfKeys = numberOfKeys;
  }

  /** Makes the script known, so that no call has to be sent a second time, after others, with its text. */
  async load(redis: Redis): Promise<void> {
    await redis.script('LOAD', this.#lua);
  }

  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    if (this.#numberOfKeys !== 'any' && keys.length !== this.#numberOfKeys) {
      throw new RangeError(`the script takes ${this.#numberOfKeys} keys, not ${keys.length}`);
    }
    try {
      return await redis.evalsha(this.#digest, keys.length, ...keys, ...args);
    } catch (error) {
      // Somebody has flushed the scripts. It was not run, so it may be sent once more.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await redis.eval(this.#lua, keys.length, ...keys, ...args);
    }
  }
}
