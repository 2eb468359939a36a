// What one client makes of its frames: who is in its rooms, how many there are, who is online. It objects to frames
// that cannot be true after those before them.
import type { Frame } from './frames.ts';
import type { FakeClient } from './world.ts';

type Data = Readonly<Record<string, unknown>>;

export class Observer {
  readonly client: FakeClient;
  /** Channel → the members as told; channels without members have an empty set. */
  readonly rooms = new Map<string, Set<string>>();
  readonly counts = new Map<string, number>();
  readonly online = new Map<string, boolean>();
  /** Channel → the data of the last event. */
  readonly last = new Map<string, unknown>();
  readonly objections: string[] = [];
  readonly #heard = new Map<string, Set<unknown>>();
  /** Whether the next watchlist frame is the answer to a sign-in; else it tells changes. */
  #isAnswered = false;

  constructor(client: FakeClient) {
    this.client = client;
  }

  /** Reads all new frames. */
  read(): void {
    for (const frame of this.client.next()) this.#take(frame);
  }

  /** The client unsubscribes: what comes from the channel after this is wrong. */
  leave(channel: string): void {
    this.read();
    this.rooms.delete(channel);
    this.counts.delete(channel);
    this.last.delete(channel);
    this.#heard.delete(channel);
    this.client.unsubscribe(channel);
  }

  #take({ event, channel, data }: Frame): void {
    if (event === 'pusher:signin_success') this.#isAnswered = true;
    if (event === 'pusher_internal:watchlist_events') return this.#takeWatchlist(data as Data);
    if (channel === undefined || channel.startsWith('#')) return;
    if (event === 'pusher_internal:subscription_succeeded') return this.#enter(channel, data as Data);
    const room = this.rooms.get(channel);
    if (room === undefined) return this.#object(`${event} without a subscription to ${channel}`);
    const user = String((data as Data)['user_id']);
    switch (event) {
      case 'pusher_internal:member_added':
        if (room.has(user)) this.#object(`${user} comes a second time to ${channel}`);
        room.add(user);
        break;
      case 'pusher_internal:member_removed':
        if (!room.delete(user)) this.#object(`${user} leaves ${channel} without having been there`);
        break;
      case 'pusher_internal:subscription_count':
        this.counts.set(channel, Number((data as Data)['subscription_count']));
        break;
      case 'hello':
        this.#hear(channel, data);
    }
  }

  #hear(channel: string, data: unknown): void {
    const heard = this.#heard.get(channel) ?? new Set();
    if (heard.has(data)) this.#object(`${data} a second time in ${channel}`);
    this.#heard.set(channel, heard.add(data));
    this.last.set(channel, data);
  }

  #enter(channel: string, { presence }: Data): void {
    if (this.rooms.has(channel)) this.#object(`a second success for ${channel}`);
    const ids = ((presence as Data | undefined)?.['ids'] ?? []) as string[];
    const room = new Set(ids);
    if (room.size !== ids.length) this.#object(`somebody is in ${channel} twice`);
    this.rooms.set(channel, room);
  }

  #takeWatchlist({ events }: Data): void {
    for (const { name, user_ids: users } of events as { name: string; user_ids: string[] }[]) {
      for (const user of users) this.#takeWatched(user, name === 'online');
    }
    this.#isAnswered = false;
  }

  #takeWatched(user: string, isOnline: boolean): void {
    if (!this.#isAnswered && this.online.get(user) === isOnline) this.#object(`${user} is ${isOnline} a second time`);
    this.online.set(user, isOnline);
  }

  #object(what: string): void {
    this.objections.push(what);
  }
}
