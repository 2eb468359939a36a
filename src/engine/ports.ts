// What the engine needs of the outside. The floors above make these real; the engine never learns how.
import type { App } from '../core/app.ts';
import type { Outlet } from '../core/connection.ts';
import type { Fact, WebhookEventName } from '../core/facts.ts';
import type { Happening, Traffic } from '../core/happenings.ts';
import type { AppId, ChannelName, SocketId, UserId } from '../protocol/ids.ts';
import type { Member, PublishedEvent } from '../protocol/server-message.ts';
import type { Answer } from './answer.ts';

/** Time, as milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** Runs the task once; the answer cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Runs the task again and again; the answer ends it. */
  every(intervalMs: number, task: () => void): () => void;
}

/** Sends the frame to everybody on this node who joined the topic, except one. Native: no loop over the readers. */
export type Broadcast = (topic: string, frame: string, except: Outlet | null) => void;

/** Two whole numbers for a socket id, from a secure source. */
export type DrawSocketId = () => SocketId;

export type Observe = (happening: Happening) => void;
export type ObserveTraffic = (traffic: Traffic) => void;

/** Where facts wait to become webhooks. Neither call ever waits, and a fact that nobody wants is not even made. */
export interface Outbox {
  /** Whether an endpoint of the app is sent such events, or needs them to know when others are true. */
  wants(app: AppId, name: WebhookEventName): boolean;
  add(fact: Fact): void;
}

/** What all apps of one owner may use together; 0 is no quota. */
export interface OwnerQuotas {
  readonly connections: number;
  /** How long there may be more. */
  readonly connectionGraceSeconds: number;
  readonly broadcastsPerMonth: number;
}

/** The quotas of the owners of apps. Asked on the way of publishes, so the answer is at hand. */
export interface Quotas {
  /** Null for an owner who has none. */
  of(ownerId: string): OwnerQuotas | null;
}

export interface AppStore {
  byKey(key: string): App | null;
  byIdOrKey(text: string): App | null;
  all(): readonly App[];
}

/** What travels between nodes. Each is for all nodes with readers of it; ids travel, secrets never do. */
export type Delivery =
  | {
      readonly kind: 'event';
      readonly app: AppId;
      readonly channel: ChannelName;
      readonly frame: string;
      readonly except: SocketId | null;
    }
  | { readonly kind: 'member'; readonly app: AppId; readonly channel: ChannelName; readonly change: MemberChange }
  | { readonly kind: 'user'; readonly app: AppId; readonly user: UserId; readonly isOnline: boolean }
  | { readonly kind: 'terminate'; readonly app: AppId; readonly user: UserId };

/** `changed` is a later connection of a present user with other user_info: clients are not told, rosters are. */
export type MemberChange =
  | { readonly what: 'added' | 'changed'; readonly member: Member }
  | { readonly what: 'removed'; readonly user: UserId };

/** Where nodes agree: the only source of deliveries, also on the node that caused them. */
export interface Cluster {
  readonly bus: Bus;
  readonly ledger: Ledger;
}

export interface Bus {
  /** Names the one who hears everything that this node listens to. Called once, before anything else. */
  hear(listener: (delivery: Delivery) => void): void;
  /**
   * Brings the delivery to all nodes that listen, this one included; all of one topic in one order.
   * @param remember keeps the event of a cache channel in the same step.
   */
  publish(delivery: Delivery, remember?: Remember): Answer<void>;
  /** From the answer on, this node hears the topic. Called with a topic's first local reader, before it enters. */
  listen(topic: string): Answer<void>;
  unlisten(topic: string): Answer<void>;
}

export interface Remember {
  readonly event: PublishedEvent;
  readonly ttlSeconds: number;
  /** How many channels of the app may be remembered. */
  readonly maxChannels: number;
  /** How many characters of names and data they may take together. */
  readonly maxSize: number;
}

export interface CachedEvent {
  readonly event: PublishedEvent;
  /** Whole seconds until it is forgotten, rounded up. */
  readonly ttlSeconds: number;
}

/** Who holds what, agreed by all nodes. Each call is one atomic step that says what changed, and announces members. */
export interface Ledger {
  enter(entrance: Entrance): Answer<Entered | 'full'>;
  leave(exit: Exit): Answer<Left>;
  /** The node's first connection of that user has signed in. */
  signIn(app: AppId, user: UserId): Answer<void>;
  /** The node's last connection of that user is gone. */
  signOut(app: AppId, user: UserId): Answer<void>;
  /** Those of the users who are signed in anywhere. */
  online(app: AppId, users: readonly UserId[]): Answer<ReadonlySet<UserId>>;
  count(app: AppId, channel: ChannelName): Answer<ChannelCount>;
  /** The users in a presence channel. */
  members(app: AppId, channel: ChannelName): Answer<readonly UserId[]>;
  /** The occupied channels whose names begin so. */
  channels(app: AppId, prefix: string): Answer<ReadonlyMap<ChannelName, ChannelCount>>;
  recall(app: AppId, channel: ChannelName): Answer<CachedEvent | null>;
  /** Forgets all remembered events of an app that is no more. */
  forget(app: AppId): Answer<void>;
}

/** A connection of this node enters a channel. Counts are absolute, so that a call may be repeated. */
export interface Entrance {
  readonly app: AppId;
  readonly channel: ChannelName;
  /** The node's connections in the channel, the new one included. */
  readonly subscribers: number;
  /** In a presence channel, who enters. Whether it is the user's first connection is for the ledger to say. */
  readonly member: Member | null;
  /** The bound on members, checked in the same step. */
  readonly maxMembers: number;
}

export interface Entered {
  /** Subscribers on all nodes. */
  readonly subscribers: number;
  /** All members, when this is the node's first connection in a presence channel; later the node knows them itself. */
  readonly members: Iterable<Member> | null;
  /** The remembered event of a cache channel. */
  readonly cached: CachedEvent | null;
}

export interface Exit {
  readonly app: AppId;
  readonly channel: ChannelName;
  /** The node's connections that are left in the channel. */
  readonly subscribers: number;
  /** In a presence channel, the user of whom this was the node's last connection. */
  readonly member: UserId | null;
}

export interface Left {
  readonly subscribers: number;
}

export interface ChannelCount {
  readonly subscribers: number;
  readonly users: number;
}
