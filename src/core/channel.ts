// One channel on this node: how many of the node's connections are subscribed and, in a presence channel, as whom.
import { type ChannelKind, channelKind } from '../protocol/channel-name.ts';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import type { Member } from '../protocol/server-message.ts';
import { CountThrottle } from './count-throttle.ts';
import { Roster } from './roster.ts';

export class Channel {
  readonly name: ChannelName;
  readonly kind: ChannelKind;
  /** The name of the native topic that carries this channel to its subscribers. */
  readonly topic: string;
  readonly presence: Presence | null;
  /** When this node makes the count known to all nodes. */
  readonly countThrottle = new CountThrottle();
  /** When what any node has made known becomes a frame for this node's subscribers. */
  readonly countFrames = new CountThrottle();
  /** Subscribers on all nodes, as last told by the ledger; between two tellings, as far as this node can know. */
  total = 0;
  /** In a cache channel, the event that a new subscriber gets. */
  remembered: RememberedFrame | null = null;
  /** Connections of this node that have entered. */
  subscribers = 0;

  constructor(name: ChannelName, topic: string) {
    this.name = name;
    this.kind = channelKind(name);
    this.topic = topic;
    this.presence = this.kind.presence ? new Presence() : null;
  }
}

/** The frame of a remembered event, and when it is forgotten. */
export interface RememberedFrame {
  readonly frame: string;
  readonly untilMs: number;
}

interface Local {
  member: Member;
  connections: number;
}

/** The users of a presence channel: all of them as announced, and the connections that this node has of each. */
class Presence {
  readonly roster = new Roster();
  readonly #local = new Map<UserId, Local>();

  /** Those whom this node's connections are. */
  get localMembers(): readonly Member[] {
    return [...this.#local.values()].map(({ member }) => member);
  }

  /** Whether a connection that enters as the member is news for anybody: a new user here, or other user_info. */
  isNews({ userId, info }: Member): boolean {
    return !this.#local.has(userId) || this.roster.get(userId)?.info !== info;
  }

  /** Counts one connection more. */
  enter(member: Member): void {
    const local = this.#local.get(member.userId);
    if (local === undefined) this.#local.set(member.userId, { member, connections: 1 });
    else {
      local.connections++;
      local.member = member;
    }
  }

  /** Counts one connection less; true when it was the node's last of that user. */
  leave(user: UserId): boolean {
    const local = this.#local.get(user);
    if (local !== undefined && --local.connections > 0) return false;
    this.#local.delete(user);
    return true;
  }
}
