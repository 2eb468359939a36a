// Sentinels and seeds: those who are asked the way to the servers, and of whom some may be away.
import type { Redis } from 'ioredis';
import { describeHost, type HostAndPort, type RedisAddress } from './address.ts';
import type { Ask } from './ask.ts';
import { type ConnectionOptions, destroyConnection, newConnection } from './connection.ts';
import { hearSwitches } from './sentinels.ts';

export class Guides {
  readonly #address: RedisAddress;
  readonly #options: ConnectionOptions;
  readonly #connections = new Set<Redis>();
  /** Half of the time there is: the servers that are named are still to be spoken to. */
  readonly #patienceMs: number;
  #hasLeft = false;

  /** @param options of connections to the servers themselves. */
  constructor(address: RedisAddress, options: Omit<ConnectionOptions, 'autoPipelining'>) {
    const { kind, sentinelUsername, sentinelPassword } = address;
    const credentials = kind === 'sentinel' ? { username: sentinelUsername, password: sentinelPassword } : {};
    this.#address = address;
    this.#patienceMs = options.connectTimeoutMs / 2;
    this.#options = { ...options, ...credentials, database: 0, autoPipelining: false };
  }

  readonly ask: Ask = async (place, question) => {
    const { promise: ended, reject } = Promise.withResolvers<never>();
    const redis = this.#connect(place, reject);
    const tooLate = new Error(`${describeHost(place)} did not answer within ${this.#patienceMs} ms`);
    const timer = setTimeout(() => reject(tooLate), this.#patienceMs);
    try {
      const asked = redis.connect().then(() => question(redis));
      return await Promise.race([ended, asked]);
    } finally {
      clearTimeout(timer);
      this.#connections.delete(redis);
      destroyConnection(redis);
    }
  };

  /**
   * Hears of sentinels that the master is another one, as long as they are there. Nobody waits for it: one that is away
   * is no harm.
   */
  watch(onSwitch: (why: Error) => void): void {
    const { kind, hosts, masterName } = this.#address;
    if (kind !== 'sentinel' || masterName === null) return;
    const why = new Error(`the sentinels have made another server ${masterName}`);
    for (const sentinel of hosts) {
      const redis = this.#connect(sentinel, () => undefined);
      const watching = redis.connect().then(() => hearSwitches(redis, masterName, () => onSwitch(why)));
      watching.catch(() => undefined);
    }
  }

  /** Ends all connections, and makes no more. */
  leave(): void {
    this.#hasLeft = true;
    for (const redis of this.#connections) destroyConnection(redis);
    this.#connections.clear();
  }

  #connect(place: HostAndPort, onEnd: (why: Error) => void): Redis {
    if (this.#hasLeft) throw new Error('the session has ended');
    const redis = newConnection(place, this.#options, onEnd);
    this.#connections.add(redis);
    return redis;
  }
}
