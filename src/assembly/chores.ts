// What a server does again and again beside its work.
import { startOfMonth } from '../core/month.ts';
import type { Engine } from '../engine/engine.ts';
import { failed } from '../engine/failure.ts';
import { raiseBroadcasts } from '../engine/quotas.ts';
import type { Store } from '../storage/store.ts';
import { sweepStore } from '../storage/sweep.ts';
import { systemClock } from '../system/clock.ts';

const SWEEP_MS = 86_400_000;
const QUOTAS_MS = 10_000;

/** What is kept for a time only is looked at now and every day. @returns what ends it. */
export function keepSwept(engine: Engine, store: Store): () => void {
  const sweep = (): void => {
    sweepStore(store, systemClock.now()).catch((error: unknown) => failed(engine, 'sweeping the database', error));
  };
  sweep();
  return systemClock.every(SWEEP_MS, sweep);
}

/** Broadcasts of the month count for all nodes together: what the others have kept is read again and again. */
export async function keepQuotas(engine: Engine, store: Store): Promise<() => void> {
  const read = async (): Promise<void> =>
    raiseBroadcasts(engine, await store.usage.broadcastsSince(startOfMonth(systemClock.now())));
  await read();
  return systemClock.every(QUOTAS_MS, () => {
    read().catch((error: unknown) => failed(engine, 'reading what has been used', error));
  });
}
