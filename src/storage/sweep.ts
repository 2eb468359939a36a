// Takes out of SQL what nobody needs any more, so that the database of a server that runs for years does not only grow.
import type { Store } from './store.ts';

const DAY_MS = 86_400_000;

/** Minutes tell what happened just now: a week covers an incident and the talk about it. */
const MINUTES_KEPT_MS = 7 * DAY_MS;
/** Hours compare this month with the two before. */
const HOURS_KEPT_MS = 90 * DAY_MS;
/** Days compare years, and are one row per app; quotas need those of the current month. */
const DAYS_KEPT_MS = 3 * 365 * DAY_MS;
/** Who has changed what is asked when contracts and keys are audited, which goes back a few years. */
const AUDIT_KEPT_MS = 3 * 365 * DAY_MS;
/** A tool that still asks with a code that is over is told so, and not that there never was one. */
const DEVICE_CODES_KEPT_MS = DAY_MS;

/** May be called at any time, as often as one likes, by several nodes at once. */
export async function sweepStore(store: Store, nowMs: number): Promise<void> {
  await store.usage.deleteBefore('minute', nowMs - MINUTES_KEPT_MS);
  await store.usage.deleteBefore('hour', nowMs - HOURS_KEPT_MS);
  await store.usage.deleteBefore('day', nowMs - DAYS_KEPT_MS);
  await store.sessions.deleteExpired(nowMs);
  await store.invitations.deleteExpired(nowMs);
  await store.devices.deleteExpired(nowMs - DEVICE_CODES_KEPT_MS);
  await store.audit.deleteBefore(nowMs - AUDIT_KEPT_MS);
}
