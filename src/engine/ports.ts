// What the engine needs of the outside. The floors above make these real; the engine never learns how.
import type { App } from '../core/app.ts';
import type { Outlet } from '../core/connection.ts';
import type { Fact, WebhookEventName } from '../core/facts.ts';
import type { FeedPart, SignedInUser, UsersQuestion } from '../core/feed.ts';
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
  | EventDelivery
  | { readonly kind: 'member'; readonly app: AppId; readonly channel: ChannelName; readonly change: MemberChange }
  | { readonly kind: 'count'; readonly app: AppId; readonly channel: ChannelName; readonly subscribers: number }
  | { readonly kind: 'user'; readonly app: AppId; readonly user: UserId; readonly isOnline: boolean }
  | { readonly kind: 'terminate'; readonly app: AppId; readonly user: UserId }
  /** So many connections the app has on all nodes. */
  | { readonly kind: 'connections'; readonly app: AppId; readonly total: number }
  /** Somebody has changed what the store has of apps: whoever remembers it looks again. */
  | { readonly kind: 'apps' }
  /** Of all nodes: what happens in the app is to be told for so many seconds, or who is signed in. */
  | { readonly kind: 'asked'; readonly app: AppId; readonly asked: Asked }
  /** What a node says to that. */
  | { readonly kind: 'told'; readonly app: AppId; readonly told: Told };

export type Asked =
  | { readonly what: 'feed'; readonly source: string; readonly seconds: number }
  | { readonly what: 'users'; readonly source: string; readonly question: UsersQuestion };

export type Told =
  | { readonly what: 'feed'; readonly part: FeedPart }
  | { readonly what: 'users'; readonly question: string; readonly users: readonly SignedInUser[] };

export interface EventDelivery {
  readonly kind: 'event';
  readonly app: AppId;
  readonly channel: ChannelName;
  readonly frame: string;
  readonly except: SocketId | null;
  /** For how long it is the remembered event of its channel; 0 when it does not become that. */
  readonly keptSeconds: number;
}

/** `changed` is a later connection of a present user with other user_info: clients are not told, rosters are. */
export type MemberChange =
  | { readonly what: 'added' | 'changed'; readonly member: Member }
  | { readonly what: 'removed'; readonly user: UserId };

/** Where nodes agree: the only source of deliveries, also on the node that caused them. */
export interface Cluster {
  readonly bus: Bus;
  readonly ledger: Ledger;
  readonly liveness: Liveness;
}

export interface Bus {
  /** Names the one who hears everything that this node listens to. Called once, before anything else. */
  hear(listener: (delivery: Delivery) => void): void;
  /**
   * Brings the delivery to all nodes that listen, this one included; all of one topic in one order.
   * @param remember keeps the event of a cache channel in the same step; its `ttlSeconds` are the `keptSeconds`.
   */
  publish(delivery: Delivery, remember?: Remember): Answer<void>;
  /**
   * Brings all of them, or none when it is refused or the nodes cannot agree; all are of one app.
   * @param once with a key under which the same was sent before, it is not sent again.
   */
  publishAll(publications: readonly Publication[], once: Once | null): Answer<Published>;
  /** From the answer on, this node hears the topic. Called with a topic's first local reader, before it enters. */
  listen(topic: string): Answer<void>;
  unlisten(topic: string): Answer<void>;
}

export interface Publication {
  readonly delivery: EventDelivery;
  readonly remember: Remember | null;
}

/** What makes a request that is sent again do nothing (docs/http-api.md H-10). */
export interface Once {
  /** As the backend names the request; known for `keptSeconds`. */
  readonly key: string;
  /** Of all that was asked: another one under the same key is a mistake. */
  readonly digest: string;
  readonly keptSeconds: number;
}

/** `again`: it was sent before. `conflict`: something else was sent under that key. */
export type Published = 'sent' | 'again' | 'conflict';

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
  /** Milliseconds until it is forgotten. */
  readonly leftMs: number;
}

/**
 * Who holds what, agreed by all nodes. Each call is one atomic step that says what changed, and announces members.
 * Changes wait while the nodes cannot agree, for a bounded time; questions and publishes are refused at once.
 */
export interface Ledger {
  enter(entrance: Entrance): Answer<Entered | 'full'>;
  leave(exit: Exit): Answer<Left>;
  /** The node has another number of connections in the channel, by which neither a channel nor a member comes or goes. */
  recount(app: AppId, channel: ChannelName, subscribers: number): Answer<void>;
  /** Tells all nodes with readers how many subscribers there are, as of this step; the answer is the same number. */
  tellCount(app: AppId, channel: ChannelName): Answer<number>;
  /** The node's first connection of that user has signed in. */
  signIn(app: AppId, user: UserId): Answer<void>;
  /** The node's last connection of that user is gone. */
  signOut(app: AppId, user: UserId): Answer<void>;
  /** Those of the users who are signed in anywhere. */
  online(app: AppId, users: readonly UserId[]): Answer<ReadonlySet<UserId>>;
  count(app: AppId, channel: ChannelName): Answer<ChannelCount>;
  /** The users in a presence channel. */
  members(app: AppId, channel: ChannelName): Answer<readonly UserId[]>;
  /** The same with what is known of them. */
  roster(app: AppId, channel: ChannelName): Answer<readonly Member[]>;
  /** The occupied channels whose names begin so. */
  channels(app: AppId, prefix: string): Answer<ReadonlyMap<ChannelName, ChannelCount>>;
  recall(app: AppId, channel: ChannelName): Answer<CachedEvent | null>;
  /** Forgets all remembered events of an app that is no more. */
  forget(app: AppId): Answer<void>;
  /** The node has so many connections of the app. All who listen to the app are told how many all nodes have. */
  recountConnections(app: AppId, connections: number): Answer<void>;
  /** Connections of the app on all nodes. */
  connections(app: AppId): Answer<number>;
}

/** Whether this node takes part, and who else does. */
export interface Liveness {
  /** Begins to take part. Called once, after `hear`; resolves when the node takes part. */
  join(side: NodeSide): Answer<void>;
  /** Why the node does not take part at present; null while it does. */
  readonly absence: string | null;
  /** All nodes that take part. */
  nodes(): Answer<readonly NodeReport[]>;
  /** Ends taking part: what the node still holds is given back. */
  withdraw(): Answer<void>;
}

/** What the cluster asks of its node. */
export interface NodeSide {
  /** All that the node holds, to be said anew because the ledger may have lost it. Read piece by piece. */
  holdings(): Iterable<Holding>;
  /** All has been said anew. Whatever was announced meanwhile may have been missed. */
  rejoined(): void;
  report(): LoadReport;
}

export type Holding =
  | {
      readonly kind: 'channel';
      readonly app: AppId;
      readonly channel: ChannelName;
      /** The node's connections in it. */
      readonly subscribers: number;
      /** In a presence channel, those whom the node's connections are. */
      readonly members: readonly Member[];
    }
  | { readonly kind: 'user'; readonly app: AppId; readonly user: UserId }
  | { readonly kind: 'connections'; readonly app: AppId; readonly connections: number };

export interface LoadReport {
  readonly connections: number;
  /** Differences found and mended after the node had been away. */
  readonly repairs: number;
}

export interface NodeReport extends LoadReport {
  /** Of this life of the node: a node that had been away comes back with another one. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly startedAtMs: number;
  /** Milliseconds until the others take it for gone, if it says nothing more. */
  readonly leaseMs: number;
  /** Milliseconds that a message to itself took when it last looked. */
  readonly lagMs: number;
  readonly isSelf: boolean;
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
