// All that one node knows of one app: its connections, channels and users, and what it has used.
import type { ChannelName, SocketId } from '../protocol/ids.ts';
import { topicOf } from '../protocol/topics.ts';
import type { App } from './app.ts';
import { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import type { Owner } from './owner.ts';
import { Quota } from './quota.ts';
import { bucketFor, type TokenBucket } from './token-bucket.ts';
import { UsageCounter } from './usage.ts';
import { Users } from './users.ts';

export class Space {
  app: App;
  /** Null for an app that nobody owns. */
  owner: Owner | null;
  /** When the app was removed; null while there is one. */
  removedAtMs: number | null = null;
  readonly connections = new Map<SocketId, Connection>();
  /** Connections of the app on other nodes, as last heard. */
  connectionsElsewhere = 0;
  /** How many times it was heard. */
  connectionsHeard = 0;
  /** Whether this node listens to what concerns the app as a whole. */
  hearsApp = false;
  readonly channels = new Map<ChannelName, Channel>();
  /** Channels that this node has left while their count could not be told to the others. */
  readonly untold = new Set<Channel>();
  readonly users = new Users();
  quota = new Quota();
  readonly usage = new UsageCounter();
  #requests: TokenBucket | null = null;
  #messages: TokenBucket | null = null;

  constructor(app: App, owner: Owner | null = null) {
    this.app = app;
    this.owner = owner;
  }

  /** Another app has taken the id of the one that was removed: what that one used does not count for it. */
  begin(app: App): void {
    this.app = app;
    this.removedAtMs = null;
    this.quota = new Quota();
    this.#requests = null;
    this.#messages = null;
  }

  /** The channel of that name; a new one has no subscribers yet. */
  openChannel(name: ChannelName): Channel {
    const known = this.channels.get(name);
    if (known !== undefined) return known;
    const channel = new Channel(name, topicOf(this.app.id, name));
    this.channels.set(name, channel);
    return channel;
  }

  /** Milliseconds to wait before the next HTTP request, 0 when one more keeps to the app's rate. */
  takeRequest(nowMs: number): number {
    const { requestsPerSecond } = this.app.limits;
    if (requestsPerSecond === 0) return 0;
    this.#requests = bucketFor(requestsPerSecond, this.#requests, nowMs);
    return this.#requests.take(nowMs) ? 0 : Math.max(1, this.#requests.waitMs);
  }

  /** Milliseconds to wait before so many broadcasts, 0 when they keep to the app's rate. */
  takeMessages(count: number, nowMs: number): number {
    const { messagesPerSecond } = this.app.limits;
    if (messagesPerSecond === 0) return 0;
    this.#messages = bucketFor(messagesPerSecond, this.#messages, nowMs);
    return this.#messages.take(nowMs, count) ? 0 : Math.max(1, this.#messages.waitMs);
  }
}
