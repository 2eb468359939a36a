// Facts that observers may see. Whoever causes a change tells it; nobody else does. No secret is ever part of one.
import type { AppId, ChannelName, SocketId, UserId } from '../protocol/ids.ts';
import type { FloodLimit } from './floods.ts';
import type { NetworkName } from './network.ts';

/** What happens to connections and memberships. */
export type Happening =
  | { readonly kind: 'connected'; readonly app: AppId; readonly socketId: SocketId }
  | {
      readonly kind: 'connectionRefused';
      /** Null when the client has named none that there is. */
      readonly app: AppId | null;
      readonly code: number;
      readonly text: string;
    }
  | { readonly kind: 'disconnected'; readonly app: AppId; readonly socketId: SocketId; readonly code: number }
  | {
      readonly kind: 'slowReaderClosed';
      readonly app: AppId;
      readonly socketId: SocketId;
      readonly backlogBytes: number;
      /** The setting that it exceeded. */
      readonly bound: 'backlogBytes' | 'backlogTotalBytes';
    }
  | {
      readonly kind: 'closed';
      readonly app: AppId;
      readonly socketId: SocketId;
      readonly code: number;
      readonly text: string;
    }
  | {
      readonly kind: 'refused';
      readonly app: AppId;
      readonly socketId: SocketId;
      readonly code: number | null;
      readonly text: string;
    }
  | { readonly kind: 'subscribed'; readonly app: AppId; readonly socketId: SocketId; readonly channel: ChannelName }
  | { readonly kind: 'unsubscribed'; readonly app: AppId; readonly socketId: SocketId; readonly channel: ChannelName }
  | { readonly kind: 'signedIn'; readonly app: AppId; readonly socketId: SocketId; readonly user: UserId }
  | { readonly kind: 'cacheMissed'; readonly app: AppId; readonly channel: ChannelName }
  /** After the node had been away: what it knew of the channel differed from what the ledger says. */
  | { readonly kind: 'repaired'; readonly app: AppId; readonly channel: ChannelName; readonly changes: number }
  | {
      readonly kind: 'requestRefused';
      readonly app: AppId | null;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly text: string;
    }
  /** Strangers were turned away by the bound, so many since the start; told now and then. */
  | {
      readonly kind: 'flooded';
      readonly limit: FloodLimit;
      /** Where the last one came from; null for this machine. */
      readonly network: NetworkName | null;
      readonly count: number;
    }
  /** Why nobody else is let in from now on; null when everybody is again. */
  | { readonly kind: 'overload'; readonly reason: string | null }
  /** The clock of the machine was set, by so many milliseconds. */
  | { readonly kind: 'clockSet'; readonly byMs: number }
  | { readonly kind: 'failed'; readonly doing: string; readonly error: string };

/** What flows. There may be a hundred thousand of these a second, so they are only made when somebody looks. */
export type Traffic =
  | {
      readonly kind: 'published';
      readonly app: AppId;
      readonly channel: ChannelName;
      readonly event: string;
      readonly data: string;
    }
  | {
      readonly kind: 'clientEvent';
      readonly app: AppId;
      readonly channel: ChannelName;
      readonly event: string;
      readonly socketId: SocketId;
      /** In JSON. */
      readonly data: string;
    }
  /** A request that was let in has been answered. */
  | {
      readonly kind: 'request';
      readonly app: AppId;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly durationMs: number;
      /** Why it was refused after all. */
      readonly text: string | null;
    }
  /** The first connection has entered the channel, or the last one has left it, on all nodes. */
  | { readonly kind: 'occupied' | 'vacated'; readonly app: AppId; readonly channel: ChannelName }
  /** Each node that hears it tells it. */
  | {
      readonly kind: 'memberAdded' | 'memberRemoved';
      readonly app: AppId;
      readonly channel: ChannelName;
      readonly user: UserId;
    };
