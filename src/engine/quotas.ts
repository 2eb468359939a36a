// What an app and its owner may use, checked and counted where it happens: connections (docs/protocol.md P-2) and
// broadcasts (docs/http-api.md H-9).
import type { Owner } from '../core/owner.ts';
import type { Space } from '../core/space.ts';
import type { AppId } from '../protocol/ids.ts';
import { appTopicOf } from '../protocol/topics.ts';
import { type Answer, then } from './answer.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';
import type { OwnerQuotas } from './ports.ts';

/** Whether app and owner may have one connection more. */
export function mayConnect(engine: Engine, space: Space): boolean {
  const nowMs = engine.clock.now();
  if (!space.quota.admits(openOf(space), space.app.limits, nowMs)) return false;
  const quotas = ownerQuotas(engine, space);
  return quotas === null || space.owner === null || space.owner.quota.admits(space.owner.connections, quotas, nowMs);
}

/** Connections of the app on all nodes, as far as this node knows. */
function openOf({ connections, connectionsElsewhere }: Space): number {
  return connections.size + connectionsElsewhere;
}

/** Notes that the app has so many connections more, or less, or other limits, and lets the other nodes know. */
export function countConnections(engine: Engine, space: Space, more: number): void {
  const { usage, app, connections } = space;
  if (connections.size > usage.peakConnections) usage.peakConnections = connections.size;
  noteConnections(engine, space, more);
  if (more === 0) return;
  void hearApp(engine, space);
  const told = engine.cluster.ledger.recountConnections(app.id, connections.size);
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
  const { quota, owner, app } = space;
  const nowMs = engine.clock.now();
  quota.note(openOf(space), app.limits, nowMs);
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
