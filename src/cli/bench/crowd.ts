// The clients of `vask bench`: all in one channel, each counting what it hears.
import { Failure } from '../failure.ts';
import type { Credentials } from '../target.ts';
import { ClientConnection, dataOf } from '../websocket-client.ts';

const CONNECT_MS = 10_000;
/** So many connect at the same time, as far as it goes. */
const AT_ONCE = 50;

export interface CrowdOptions {
  readonly url: string;
  readonly credentials: Credentials;
  readonly channel: string;
  readonly event: string;
  readonly count: number;
}

export class Crowd {
  /** Deliveries that all of them have heard together. */
  heard = 0;
  readonly #options: CrowdOptions;
  readonly #connections: ClientConnection[] = [];
  /** Rejects when one of them loses its connection: figures would say nothing then. */
  readonly #broken = Promise.withResolvers<never>();
  #onHeard: ((text: string) => void) | null = null;
  #waiting: { readonly count: number; readonly resolve: () => void } | null = null;
  #isOver = false;

  constructor(options: CrowdOptions) {
    this.#options = options;
    this.#broken.promise.catch(() => {});
  }

  /** Resolves when all are subscribed. */
  async gather(): Promise<void> {
    let left = this.#options.count;
    const one = async (): Promise<void> => {
      while (left > 0) {
        left--;
        await Promise.race([this.#join(), this.#broken.promise]);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, left) }, one));
  }

  /** @param listener hears the data of each event, once for each client. */
  listen(listener: ((data: string) => void) | null): void {
    this.#onHeard = listener;
  }

  /** Whether so many deliveries have come in time. */
  async hears(count: number, timeoutMs: number): Promise<boolean> {
    if (this.heard >= count) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting = { count, resolve: () => resolve(true) };
    const timer = setTimeout(() => resolve(false), timeoutMs);
    return await Promise.race([promise, this.#broken.promise]).finally(() => clearTimeout(timer));
  }

  leave(): void {
    this.#isOver = true;
    for (const connection of this.#connections) connection.close();
  }

  #join(): Promise<void> {
    const { url, credentials, channel, event } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const connection: ClientConnection = new ClientConnection(url, {
      key: credentials.key,
      timeoutMs: CONNECT_MS,
      onGreeted: () => connection.say('pusher:subscribe', { channel }),
      onFrame: (frame) => {
        if (frame.event === event) this.#hear(String(frame.data));
        else if (frame.event === 'pusher_internal:subscription_succeeded') resolve();
        else if (frame.event === 'pusher:error') this.#break(`refused: ${String(dataOf(frame)['message'])}`);
      },
      onClosed: ({ code, reason }) => this.#break(`closed with ${code} ${reason}`.trim()),
    });
    this.#connections.push(connection);
    return promise;
  }

  #hear(data: string): void {
    this.heard++;
    this.#onHeard?.(data);
    if (this.#waiting !== null && this.heard >= this.#waiting.count) this.#waiting.resolve();
  }

  #break(why: string): void {
    if (this.#isOver) return;
    const at = `client ${this.#connections.length} of ${this.#options.count}`;
    this.#broken.reject(
      new Failure(
        `A connection was ${why} (${at})`,
        'The limits of the app, of files (ulimit -n) or of a proxy may be below what was asked.',
      ),
    );
  }
}
