// All that one node knows of one app: its connections, channels and users.

import type { ChannelName, SocketId } from '../protocol/ids.ts';
import { topicOf } from '../protocol/topics.ts';
import type { App } from './app.ts';
import { Channel } from './channel.ts';
import type { Connection } from './connection.ts';
import { TokenBucket } from './token-bucket.ts';
import { Users } from './users.ts';

export class Space {
  app: App;
  readonly connections = new Map<SocketId, Connection>();
  readonly channels = new Map<ChannelName, Channel>();
  readonly users = new Users();
  #requests: TokenBucket | null = null;

  constructor(app: App) {
    this.app = app;
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
    this.#requests ??= new TokenBucket(requestsPerSecond, nowMs);
    return this.#requests.take(nowMs) ? 0 : Math.max(1, this.#requests.waitMs);
  }
}
