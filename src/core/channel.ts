// One channel on this node: how many of the node's connections are subscribed and, in a presence channel, as whom.
import { type ChannelKind, channelKind } from '../protocol/channel-name.ts';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { CountThrottle } from './count-throttle.ts';
import { Roster } from './roster.ts';

export class Channel {
  readonly name: ChannelName;
  readonly kind: ChannelKind;
  /** The name of the native topic that carries this channel to its subscribers. */
  readonly topic: string;
  readonly presence: Presence | null;
  readonly countThrottle = new CountThrottle();
  /** Subscribers on all nodes, as last told by the ledger. */
  total = 0;
  /** Connections of this node that have entered. */
  subscribers = 0;

  constructor(name: ChannelName, topic: string) {
    this.name = name;
    this.kind = channelKind(name);
    this.topic = topic;
    this.presence = this.kind.presence ? new Presence() : null;
  }
}

/** The users of a presence channel: all of them as announced, and the connections that this node has of each. */
class Presence {
  readonly roster = new Roster();
  readonly #connections = new Map<UserId, number>();

  /** Counts one connection more. */
  enter(user: UserId): void {
    this.#connections.set(user, (this.#connections.get(user) ?? 0) + 1);
  }

  /** Counts one connection less; true when it was the node's last of that user. */
  leave(user: UserId): boolean {
    const connections = (this.#connections.get(user) ?? 1) - 1;
    if (connections > 0) this.#connections.set(user, connections);
    else this.#connections.delete(user);
    return connections === 0;
  }
}
