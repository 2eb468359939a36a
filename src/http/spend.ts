// What a publish costs: one broadcast for each channel or user that it is addressed to (docs/http-api.md H-9.7, H-9.8).
import type { App } from '../core/app.ts';
import { type Engine, spaceOf } from '../engine/engine.ts';
import { spendBroadcasts } from '../engine/quotas.ts';
import { httpFaults, refusal } from '../protocol/faults.ts';
import { type Reply, refused, refusedFor } from './reply.ts';

/** Null when the broadcasts may be sent, and then they are counted. */
export function spend(engine: Engine, app: App, broadcasts: number): Reply | null {
  const overdrawn = spendBroadcasts(engine, spaceOf(engine, app), broadcasts);
  if (overdrawn === null) return null;
  if (overdrawn.why === 'month') return refused(refusal(httpFaults.overMessageQuota));
  return refusedFor(overdrawn.waitMs, refusal(httpFaults.tooManyMessages));
}
