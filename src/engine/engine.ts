// What every verb is given: the ports, the settings, and what this node knows of each app.
import type { App } from '../core/app.ts';
import type { Connection, PaceBounds } from '../core/connection.ts';
import { Feeds } from '../core/feeds.ts';
import { type FloodSettings, Floods } from '../core/floods.ts';
import { type LoadBounds, Overload } from '../core/overload.ts';
import { Owner } from '../core/owner.ts';
import { Space } from '../core/space.ts';
import { Tally } from '../core/tally.ts';
import type { AppId } from '../protocol/ids.ts';
import { Lanes } from './lanes.ts';
import type {
  AppStore,
  Broadcast,
  Clock,
  Cluster,
  DrawSocketId,
  Observe,
  ObserveTraffic,
  Outbox,
  Quotas,
} from './ports.ts';

export interface EngineSettings extends FloodSettings, PaceBounds, LoadBounds {
  /** What clients are told; the node asks for a sign of life after the same time. */
  readonly activityTimeoutSeconds: number;
  /** How long a ping may go unanswered. */
  readonly pongTimeoutSeconds: number;
  /** How long a connection may do nothing at all. */
  readonly inactiveTimeoutSeconds: number;
  /** Connections of the whole node. */
  readonly maxConnections: number;
  /** Bytes that may wait for one slow reader before the listener cuts it. */
  readonly backlogBytes: number;
  /** Bytes that may wait for all slow readers of the node together. */
  readonly backlogTotalBytes: number;
  /** Subscriptions that one connection may ask for, once it has had a first burst. */
  readonly subscriptionRate: number;
  /** How far the clock of a backend may differ. */
  readonly signatureWindowSeconds: number;
}

export interface EnginePorts {
  readonly apps: AppStore;
  readonly broadcast: Broadcast;
  readonly clock: Clock;
  readonly cluster: Cluster;
  readonly drawSocketId: DrawSocketId;
  /** Somebody has changed what the store has of apps. */
  readonly lookAtApps: () => void;
  readonly observe: Observe;
  readonly outbox: Outbox;
  /** Null when no app has an owner. */
  readonly quotas: Quotas | null;
  /** Notes that a backend has signed with the key; called for every request, so it only notes. */
  readonly keyUsed: (key: string) => void;
  /** Null when nobody looks. */
  readonly observeTraffic: ObserveTraffic | null;
}

export interface Engine extends EnginePorts {
  /** Both are others while somebody watches an app. */
  observe: Observe;
  observeTraffic: ObserveTraffic | null;
  readonly settings: EngineSettings;
  readonly lanes: Lanes;
  readonly spaces: Map<AppId, Space>;
  readonly feeds: Feeds;
  readonly tally: Tally;
  readonly floods: Floods;
  readonly overload: Overload;
  /** Connections with client events under way, of which backends will be told when the cluster has taken them. */
  readonly eventsUnderWay: Map<Connection, Promise<void>>;
  /** Those whose apps this node has met. */
  readonly owners: Map<string, Owner>;
  /** Open connections of all apps. */
  connections: number;
  /** Bytes that waited for slow readers when last looked at. */
  backlogBytes: number;
  /** Differences to the ledger that were found and mended after this node had been away. */
  repairs: number;
  /** How often it has come back to the other nodes after it had been away. */
  returns: number;
  phase: 'starting' | 'serving' | 'stopping';
}

export function createEngine(ports: EnginePorts, settings: EngineSettings): Engine {
  const tally = new Tally();
  return {
    ...ports,
    observe(happening) {
      tally.note(happening);
      ports.observe(happening);
    },
    settings,
    tally,
    lanes: new Lanes(),
    spaces: new Map(),
    feeds: new Feeds(),
    floods: new Floods(settings),
    overload: new Overload(settings),
    owners: new Map(),
    eventsUnderWay: new Map(),
    connections: 0,
    backlogBytes: 0,
    repairs: 0,
    returns: 0,
    phase: 'starting',
  };
}

/** What this node knows of the app; nothing yet when nobody has asked before. */
export function spaceOf(engine: Engine, app: App): Space {
  const known = engine.spaces.get(app.id);
  if (known !== undefined) return known;
  const space = new Space(app, ownerOf(engine, app));
  engine.spaces.set(app.id, space);
  return space;
}

/** What this node knows of whose app it is. */
export function ownerOf(engine: Engine, { ownerId }: App): Owner | null {
  if (ownerId === null) return null;
  const known = engine.owners.get(ownerId);
  if (known !== undefined) return known;
  const owner = new Owner(ownerId);
  engine.owners.set(ownerId, owner);
  return owner;
}
