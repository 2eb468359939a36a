// What an app and its owner may use, checked and counted where it happens: connections (docs/protocol.md P-2) and
// broadcasts (docs/http-api.md H-9).
import type { Space } from '../core/space.ts';
import type { AppId } from '../protocol/ids.ts';
import { type Engine, spaceOf } from './engine.ts';
import type { OwnerQuotas } from './ports.ts';

/** Whether app and owner may have one connection more. */
export function mayConnect(engine: Engine, space: Space): boolean {
  const nowMs = engine.clock.now();
  if (!space.quota.admits(space.connections.size, space.app.limits, nowMs)) return false;
  const quotas = ownerQuotas(engine, space);
  return quotas === null || space.owner === null || space.owner.quota.admits(space.owner.connections, quotas, nowMs);
}

/** Notes that the app has so many connections more, or less, or other limits. */
export function countConnections(engine: Engine, space: Space, more: number): void {
  const { quota, usage, owner, app } = space;
  const open = space.connections.size;
  if (open > usage.peakConnections) usage.peakConnections = open;
  const nowMs = engine.clock.now();
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

/** Adds what apps have already used in this month, before this process was there. */
export function seedBroadcasts(engine: Engine, spent: ReadonlyMap<AppId, number>): void {
  const nowMs = engine.clock.now();
  for (const app of engine.apps.all()) {
    const count = spent.get(app.id) ?? 0;
    if (count <= 0) continue;
    const { quota, owner } = spaceOf(engine, app);
    quota.spend(count, nowMs);
    owner?.quota.spend(count, nowMs);
  }
}

function ownerQuotas({ quotas }: Engine, { owner }: Space): OwnerQuotas | null {
  return owner === null || quotas === null ? null : quotas.of(owner.id);
}
