// What strangers may do to the whole node, by the address that they come from. Addresses of the machine itself are not
// bounded: behind them stands a proxy that has not been named, and all its clients would be taken for one.
import type { NetworkName } from './network.ts';
import { Throttle } from './throttle.ts';

/** 0 switches a bound off. */
export interface FloodSettings {
  readonly connectRate: number;
  readonly connectionsPerAddress: number;
  readonly badAuthRate: number;
  readonly badRequestRate: number;
}

/** The bounds by which floods are told apart, in counts and in the log. */
export const FLOOD_LIMITS = [
  'maxConnections',
  'connectRate',
  'connectionsPerAddress',
  'badAuthRate',
  'badRequestRate',
  'clientMessageRate',
  'clientByteRate',
  'subscriptionRate',
] as const;

export type FloodLimit = (typeof FLOOD_LIMITS)[number];

/** Behind one address there may be so many who are all given wrong signatures by the same backend. */
const CONNECTIONS_PER_ADDRESS = 10;
const MAX_NAMES = 100_000;
/** The log has one line for each bound in so long, however many are turned away. */
const TOLD_EVERY_MS = 10_000;

export class Floods {
  readonly counts = new Map<FloodLimit, number>(FLOOD_LIMITS.map((limit) => [limit, 0]));
  readonly #toldAtMs = new Map<FloodLimit, number>();
  readonly #settings: FloodSettings;
  readonly #connects: Throttle;
  readonly #badAuths: Throttle;
  readonly #badRequests: Throttle;
  /** Open connections of each network; kept only where they are bounded. */
  readonly #open = new Map<NetworkName, number>();

  constructor(settings: FloodSettings) {
    this.#settings = settings;
    const rate = settings.connectRate;
    this.#connects = new Throttle({ burst: rate, perMinute: rate * 60, maxNames: MAX_NAMES });
    this.#badAuths = perMinute(settings.badAuthRate * CONNECTIONS_PER_ADDRESS);
    this.#badRequests = perMinute(settings.badRequestRate);
  }

  /** By which bound a connection from there is one too many; null when it may come. */
  admit(network: NetworkName | null, nowMs: number): FloodLimit | null {
    if (network === null) return null;
    const { connectRate, connectionsPerAddress } = this.#settings;
    if (connectRate > 0 && this.#connects.take(network, nowMs) > 0) {
      return 'connectRate';
    }
    const open = this.#open.get(network) ?? 0;
    return connectionsPerAddress > 0 && open >= connectionsPerAddress ? 'connectionsPerAddress' : null;
  }

  opened(network: NetworkName | null): void {
    if (network === null || this.#settings.connectionsPerAddress === 0) return;
    this.#open.set(network, (this.#open.get(network) ?? 0) + 1);
  }

  closed(network: NetworkName | null): void {
    if (network === null || this.#settings.connectionsPerAddress === 0) return;
    const left = (this.#open.get(network) ?? 0) - 1;
    if (left > 0) this.#open.set(network, left);
    else this.#open.delete(network);
  }

  /** Whether one more proof that proves nothing may come from there. */
  takeBadAuth(network: NetworkName | null, nowMs: number): boolean {
    if (network === null || this.#settings.badAuthRate === 0) return true;
    return this.#badAuths.take(network, nowMs) === 0;
  }

  /** Seconds to wait before the next request that is refused anyway; 0 when the refusal may be told. */
  takeBadRequest(network: NetworkName | null, nowMs: number): number {
    if (network === null || this.#settings.badRequestRate === 0) return 0;
    return this.#badRequests.take(network, nowMs);
  }

  /** Counts one that was turned away; true when it is time to say so. */
  count(limit: FloodLimit, nowMs: number): boolean {
    this.counts.set(limit, (this.counts.get(limit) ?? 0) + 1);
    const toldAtMs = this.#toldAtMs.get(limit);
    if (toldAtMs !== undefined && Math.abs(nowMs - toldAtMs) < TOLD_EVERY_MS) return false;
    this.#toldAtMs.set(limit, nowMs);
    return true;
  }
}

function perMinute(rate: number): Throttle {
  return new Throttle({ burst: rate, perMinute: rate, maxNames: MAX_NAMES });
}
