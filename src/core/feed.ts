// What those who watch an app are shown: entries of what happens, and samples of how much flows. Neither holds a secret.
import type { AppId } from '../protocol/ids.ts';

export const ENTRY_TYPES = [
  'connected',
  'disconnected',
  'refused-connection',
  'subscribed',
  'unsubscribed',
  'refused',
  'signed-in',
  'published',
  'client-event',
  'member-added',
  'member-removed',
  'occupied',
  'vacated',
  'cache-missed',
  'request',
  'webhook',
  'slow-reader',
  'repaired',
  'failed',
] as const;

export type EntryType = (typeof ENTRY_TYPES)[number];

/** What has happened, without its place and time. */
export interface EntryFields {
  readonly type: EntryType;
  readonly channel?: string;
  readonly user?: string;
  readonly socketId?: string;
  readonly event?: string;
  readonly code?: number;
  readonly text?: string;
  /** What to do about a refusal. */
  readonly advice?: string;
  readonly data?: string;
  readonly status?: number;
  readonly method?: string;
  readonly path?: string;
  readonly durationMs?: number;
  readonly endpoint?: string;
}

export interface Entry extends EntryFields {
  readonly id: string;
  readonly atMs: number;
  /** The name of the node. */
  readonly node: string;
}

/** Counts since the sample before. */
export interface Flow {
  readonly publishes: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly errors: number;
}

export interface Sample extends Flow {
  readonly atMs: number;
  readonly connections: number;
  readonly channels: number;
}

/** What one node tells those who watch the app on others. */
export interface FeedPart {
  /** Of this life of the node that tells. */
  readonly source: string;
  readonly entries: readonly Entry[];
  /** Entries that concern the server as a whole, for admins. */
  readonly serverEntries: readonly Entry[];
  /** So many more there were. */
  readonly dropped: number;
  readonly sample: Sample | null;
}

/** A connection that is signed in as a user. */
export interface UserConnection {
  readonly socketId: string;
  readonly node: string;
  readonly connectedAtMs: number;
  /** In so many channels. */
  readonly channels: number;
}

export interface SignedInUser {
  readonly id: string;
  readonly connections: readonly UserConnection[];
  readonly watchlist: readonly string[];
}

/** What is asked of all nodes: who is signed in, in the order of the ids. */
export interface UsersQuestion {
  readonly id: string;
  readonly app: AppId;
  readonly limit: number;
  /** Only ids that come later. */
  readonly after: string;
}
