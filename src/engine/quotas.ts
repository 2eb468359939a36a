// What an app and its owner may use, checked and counted where it happens: connections (docs/protocol.md P-2) and
// broadcasts (docs/http-api.md H-9).
import type { App } from '../core/app.ts';
import type { Owner } from '../core/owner.ts';
import type { Space } from '../core/space.ts';
import type { AppId } from '../protocol/ids.ts';
import { appTopicOf } from '../protocol/topics.ts';
import { type Answer, all, then } from './answer.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';
import type { OwnerQuotas } from './ports.ts';

/** Whether somebody counts the connections of the app. */
export function isLimited({ limits, ownerId }: App): boolean {
  return limits.connections > 0 || ownerId !== null;
}

/** So many connections may be under way on other nodes that this one has not heard of. */
const NEAR = 100;

/** Whether app and owner may have one connection more. */
export function mayConnect(engine: Engine, space: Space): boolean {
  const nowMs = engine.clock.now();
  if (!space.quota.admits(openOf(space), space.app.limits, nowMs)) return false;
  const quotas = ownerQuotas(engine, space);
  return quotas === null || space.owner === null || space.owner.quota.admits(space.owner.connections, quotas, nowMs);
}

/** Connections of the app on all nodes, as far as this node knows. */
export function openOf({ connections, connectionsElsewhere }: Space): number {
  return connections.size + connectionsElsewhere;
}

/** Whether the app, or its owner, is so near to what it may have that this node has to know exactly. */
function isNearQuota(engine: Engine, space: Space): boolean {
  const { connections: most } = space.app.limits;
  if (most > 0 && openOf(space) + NEAR >= most) return true;
  const quotas = ownerQuotas(engine, space);
  if (quotas === null || quotas.connections === 0 || space.owner === null) return false;
  return space.owner.connections + NEAR >= quotas.connections;
}

/** Asks what the other nodes have, where that decides; what cannot be asked is taken to be as it was last heard. */
export function learnNearQuota(engine: Engine, space: Space): Answer<void> {
  if (!isNearQuota(engine, space)) return;
  const { owner } = space;
  const spaces = owner === null ? [space] : [...engine.spaces.values()].filter((each) => each.owner === owner);
  const learnt = all(spaces.map((each) => then(hearApp(engine, each), () => learnConnections(engine, each))));
  if (!(learnt instanceof Promise)) return;
  return learnt.catch((error: unknown) => failed(engine, 'counting connections', error));
}

/** Notes that the app has so many connections more, or less, or other limits, and lets the other nodes know. */
export function countConnections(engine: Engine, space: Space, more: number): void {
  noteConnections(engine, space, more);
  if (more === 0) return;
  void hearApp(engine, space);
  const { app, connections } = space;
  const { ledger } = engine.cluster;
  // Whoever asks tells first what it has, at once; else the number is gathered with others of the same moment.
  const told = then(ledger.recountConnections(app.id, connections.size), () =>
    isNearQuota(engine, space) ? learnConnections(engine, space) : undefined,
  );
  if (told instanceof Promise) told.catch((error: unknown) => failed(engine, 'counting connections', error));
}

/** The cluster says how many connections all nodes have of the app. */
export function hearConnections(engine: Engine, space: Space, total: number): void {
  space.connectionsHeard++;
  const elsewhere = Math.max(0, total - space.connections.size);
  const more = elsewhere - space.connectionsElsewhere;
  if (more === 0) return;
  space.connectionsElsewhere = elsewhere;
  noteConnections(engine, space, more);
}

/** From here on the node is told how many connections the app has elsewhere. */
export function hearApp(engine: Engine, space: Space): Answer<void> {
  if (space.hearsApp) return;
  space.hearsApp = true;
  const heard = then(engine.cluster.bus.listen(appTopicOf(space.app.id)), () => learnConnections(engine, space));
  if (!(heard instanceof Promise)) return;
  return heard.catch((error: unknown) => {
    space.hearsApp = false;
    failed(engine, 'listening to an app', error);
  });
}

/** Asks how many connections the app has, since what was said before this node listened, or was away, it has not heard. */
export function learnConnections(engine: Engine, space: Space): Answer<void> {
  const heard = space.connectionsHeard;
  return then(engine.cluster.ledger.connections(space.app.id), (total) => {
    // The answer may be older than what was heard while it was on its way.
    if (space.connectionsHeard === heard) hearConnections(engine, space, total);
  });
}

/** Notes the change for app and owner, without a word to the other nodes. */
export function noteConnections(engine: Engine, space: Space, more: number): void {
  const { quota, owner, app, usage } = space;
  const nowMs = engine.clock.now();
  const open = openOf(space);
  if (open > usage.peakConnections) usage.peakConnections = open;
  quota.note(open, app.limits, nowMs);
  if (owner === null) return;
  owner.connections += more;
  const quotas = ownerQuotas(engine, space);
  if (quotas !== null) owner.quota.note(owner.connections, quotas, nowMs);
}

/** Why broadcasts are refused: the month has no more, or the rate is exceeded and they have to wait. */
export type Overdrawn = { readonly why: 'month' } | { readonly why: 'rate'; readonly waitMs: number };

/** Counts so many broadcasts of the app, all of them or none; null when they may be sent. */
export function spendBroadcasts(engine: Engine, space: Space, count: number): Overdrawn | null {
  const nowMs = engine.clock.now();
  const { quota, owner, usage, app } = space;
  if (!quota.fits(count, app.limits.broadcastsPerMonth, nowMs)) return { why: 'month' };
  const quotas = ownerQuotas(engine, space);
  if (quotas !== null && owner?.quota.fits(count, quotas.broadcastsPerMonth, nowMs) === false) return { why: 'month' };
  const waitMs = space.takeMessages(count, nowMs);
  if (waitMs > 0) return { why: 'rate', waitMs };
  quota.spend(count, nowMs);
  owner?.quota.spend(count, nowMs);
  usage.broadcasts += count;
  return null;
}

/**
 * What apps have used in this month, on all nodes and before this process was there, as far as it has been kept. Read
 * again and again where there are other nodes; what this node has counted beyond it stays.
 */
export function raiseBroadcasts(engine: Engine, spent: ReadonlyMap<AppId, number>): void {
  const nowMs = engine.clock.now();
  const byOwner = new Map<Owner, number>();
  for (const app of engine.apps.all()) {
    const count = spent.get(app.id) ?? 0;
    if (count <= 0) continue;
    const { quota, owner } = spaceOf(engine, app);
    quota.raise(count, nowMs);
    if (owner !== null) byOwner.set(owner, (byOwner.get(owner) ?? 0) + count);
  }
  for (const [owner, count] of byOwner) owner.quota.raise(count, nowMs);
}

function ownerQuotas({ quotas }: Engine, { owner }: Space): OwnerQuotas | null {
  return owner === null || quotas === null ? null : quotas.of(owner.id);
}
