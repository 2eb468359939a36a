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
  readonly objections: string[] = [];

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
    this.client.unsubscribe(channel);
  }

  #take({ event, channel, data }: Frame): void {
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
    }
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
      for (const user of users) this.online.set(user, name === 'online');
    }
  }

  #object(what: string): void {
    this.objections.push(what);
  }
}
