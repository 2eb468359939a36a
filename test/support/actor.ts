// Somebody with an unmodified pusher-js who goes into channels, and writes down what it is told there, life by life.
import type { Channel, Members } from 'pusher-js';
import type { SdkClient } from '../wire/sdk-support/client.ts';
import { eventually } from './eventually.ts';

/** From one `subscription_succeeded` to the end of that connection, or of the subscription. */
export interface Stay {
  /** What the load had begun to publish when it began. */
  readonly begunBefore: number;
  readonly numbers: number[];
}

export interface MemberNews {
  readonly what: 'added' | 'removed';
  readonly id: string;
  readonly atMs: number;
}

/** What a channel looks like from where one client sits. */
export class Seat {
  readonly name: string;
  readonly stays: Stay[] = [];
  readonly news: MemberNews[] = [];
  /** What cannot be: a member added who was there, or removed who was not. */
  readonly slips: string[] = [];
  readonly tokens: string[] = [];
  roster = new Set<string>();
  /** Of the last `subscription_count`. */
  count: number | null = null;
  isSubscribed = false;
  readonly #begun: () => number;

  /** @param begun how many numbers the load has begun to publish. */
  constructor(channel: Channel, begun: () => number) {
    this.name = channel.name;
    this.#begun = begun;
    channel.bind_global((event: string, data: unknown) => this.#hear(event, data));
  }

  /** The connection is gone, or the subscription was ended. */
  end(): void {
    this.isSubscribed = false;
    this.roster.clear();
    this.count = null;
  }

  #hear(event: string, data: unknown): void {
    if (event === 'pusher:subscription_succeeded') {
      this.isSubscribed = true;
      this.stays.push({ begunBefore: this.#begun(), numbers: [] });
      const { members = {} } = data as Partial<Members>;
      this.roster = new Set(Object.keys(members));
    } else if (event === 'pusher:member_added') this.#change('added', (data as { id: string }).id);
    else if (event === 'pusher:member_removed') this.#change('removed', (data as { id: string }).id);
    else if (event === 'pusher:subscription_count')
      this.count = (data as { subscription_count: number }).subscription_count;
    else if (event === 'n') this.stays.at(-1)?.numbers.push((data as { n: number }).n);
    else if (event === 'token') this.tokens.push((data as { token: string }).token);
  }

  #change(what: 'added' | 'removed', id: string): void {
    this.news.push({ what, id, atMs: performance.now() });
    if (this.roster.has(id) === (what === 'added')) this.slips.push(`${this.name}: ${id} ${what} twice`);
    if (what === 'added') this.roster.add(id);
    else this.roster.delete(id);
  }
}

export class Actor {
  readonly id: string;
  readonly sdk: SdkClient;
  readonly seats = new Map<string, Seat>();
  /** How often the connection was lost. */
  losses = 0;
  readonly #begun: () => number;

  constructor(id: string, sdk: SdkClient, begun: () => number) {
    this.id = id;
    this.sdk = sdk;
    this.#begun = begun;
    sdk.pusher.connection.bind('state_change', ({ previous }: { previous: string }) => {
      if (previous !== 'connected') return;
      this.losses++;
      for (const seat of this.seats.values()) seat.end();
    });
  }

  /** Whether the connection was lost and there is another one. (A client believes in the old one for a second.) */
  get isBack(): boolean {
    return this.losses > 0 && this.sdk.pusher.connection.state === 'connected';
  }

  /** Begins to subscribe. */
  ask(channel: string): Seat {
    const seat = new Seat(this.sdk.pusher.subscribe(channel), this.#begun);
    this.seats.set(channel, seat);
    return seat;
  }

  async join(...channels: readonly string[]): Promise<void> {
    for (const channel of channels) {
      const seat = this.ask(channel);
      await eventually(`${this.id} in ${channel}`, async () => seat.isSubscribed || null);
    }
  }

  leave(channel: string): void {
    this.sdk.pusher.unsubscribe(channel);
    this.seats.get(channel)?.end();
    this.seats.delete(channel);
  }

  hangUp(): void {
    this.sdk.pusher.disconnect();
    this.seats.clear();
  }

  seat(channel: string): Seat {
    const seat = this.seats.get(channel);
    if (seat === undefined) throw new Error(`${this.id} is not in ${channel}.`);
    return seat;
  }
}
