// What the admin API tells of the running server: connections, channels, users, nodes, the live feed.
export type { Entry, Sample } from '../../../core/feed.ts';

export interface AppRates {
  readonly connections: number;
  readonly publishesPerSecond: number;
  readonly messagesPerSecond: number;
}

export interface LiveApps {
  readonly apps: Readonly<Record<string, AppRates>>;
}

export interface ChannelRow {
  readonly name: string;
  readonly kind: string;
  readonly subscribers: number;
  readonly users: number;
}

export interface ChannelMember {
  readonly id: string;
  /** JSON text. */
  readonly info: string;
}

export interface ChannelDetails extends ChannelRow {
  readonly isOccupied: boolean;
  readonly cached: { readonly event: string; readonly data: string; readonly leftMs: number } | null;
  readonly members: readonly ChannelMember[];
  readonly moreMembers: number;
}

export interface UserRow {
  readonly id: string;
  readonly connections: readonly {
    readonly socketId: string;
    readonly node: string;
    readonly connectedAtMs: number;
    readonly channels: number;
  }[];
  readonly watchlist: readonly string[];
}

export interface PublishAnswer {
  readonly channels: Readonly<Record<string, { readonly subscribers: number }>>;
}

export interface Signed {
  readonly auth: string;
  readonly channelData?: string;
  readonly userData?: string;
  readonly sharedSecret?: string;
}

export interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly startedAtMs: number;
  readonly leaseMs: number;
  readonly lagMs: number;
  readonly isSelf: boolean;
  readonly connections: number;
  readonly repairs: number;
}

export interface Nodes {
  readonly cluster: 'memory' | 'redis' | 'workers';
  /** Why the nodes cannot agree; null when they can. */
  readonly absence: string | null;
  readonly nodes: readonly NodeRow[];
}

export interface Server {
  readonly version: string;
  readonly clientAddress: {
    readonly host: string;
    readonly port: number;
    readonly tls: boolean;
    readonly pathPrefix: string;
  };
  readonly cluster: Nodes['cluster'];
}
