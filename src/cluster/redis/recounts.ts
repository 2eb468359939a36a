// Numbers that nobody waits for: only the latest of a channel or an app matters, so those of one turn of the loop, or of
// a moment, are told once.
import type { Clock } from '../../engine/ports.ts';

/** How long the connections of an app are gathered: they are a quota's business, not a client's. */
const CONNECTIONS_MS = 20;

export interface Tell {
  subscribers(topic: string, subscribers: number): void;
  connections(app: string, connections: number): void;
}

export class Recounts {
  readonly #clock: Clock;
  readonly #tell: Tell;
  readonly #canTell: () => boolean;
  readonly #channels = new Map<string, number>();
  readonly #apps = new Map<string, number>();
  #isDue = false;
  #areAppsDue = false;

  /** @param canTell whether the node takes part. What cannot be told is kept until `flush`. */
  constructor(clock: Clock, canTell: () => boolean, tell: Tell) {
    this.#clock = clock;
    this.#canTell = canTell;
    this.#tell = tell;
  }

  setSubscribers(topic: string, subscribers: number): void {
    this.#channels.set(topic, subscribers);
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.flushChannels();
    });
  }

  setConnections(app: string, connections: number): void {
    this.#apps.set(app, connections);
    if (this.#areAppsDue) return;
    this.#areAppsDue = true;
    this.#clock.after(CONNECTIONS_MS, () => {
      this.#areAppsDue = false;
      this.#flushApps();
    });
  }

  /** The channel's number is told in another way now. */
  drop(topic: string): void {
    this.#channels.delete(topic);
  }

  /** Tells the channel's number now; when that cannot be done, it is the caller's to tell. */
  take(topic: string): number | null {
    this.flushChannel(topic);
    const untold = this.#channels.get(topic) ?? null;
    this.#channels.delete(topic);
    return untold;
  }

  flushChannel(topic: string): void {
    const subscribers = this.#channels.get(topic);
    if (subscribers === undefined || !this.#canTell()) return;
    this.#channels.delete(topic);
    this.#tell.subscribers(topic, subscribers);
  }

  flushApp(app: string): void {
    const connections = this.#apps.get(app);
    if (connections === undefined || !this.#canTell()) return;
    this.#apps.delete(app);
    this.#tell.connections(app, connections);
  }

  flushChannels(): void {
    for (const topic of [...this.#channels.keys()]) this.flushChannel(topic);
  }

  flush(): void {
    this.flushChannels();
    this.#flushApps();
  }

  #flushApps(): void {
    for (const app of [...this.#apps.keys()]) this.flushApp(app);
  }
}
