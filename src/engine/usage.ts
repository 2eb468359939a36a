// Keeps what apps use: counters in memory are looked at every few seconds and handed to whoever keeps them. What could
// not be kept is tried again, so a crash loses seconds and a store that is away loses nothing.
import { type UsageRecord, UsageRollUp } from '../core/usage.ts';
import type { Engine } from './engine.ts';
import { failed } from './failure.ts';
import { openOf } from './quotas.ts';

/** Adds the records to what is kept, all of them or none; rejects when it could not. */
export type FlushUsage = (records: readonly UsageRecord[]) => Promise<void>;

const FLUSH_MS = 2_000;
/** How many records are handed over at once. */
const BATCH = 1_000;

/** Starts the collecting. The answer ends it, resolving when the last of it has been handed over. */
export function collectUsage(engine: Engine, flush: FlushUsage): () => Promise<void> {
  const rollUp = new UsageRollUp();
  let sinceMs = engine.clock.now();
  let underWay: Promise<void> | null = null;

  // What happened counts for the moment since when it may have: a span of time that ends here gets all that was in it.
  const collect = (): void => {
    for (const space of engine.spaces.values()) {
      const counts = space.usage.take(openOf(space), sinceMs);
      if (counts !== null) rollUp.add(space.app.id, counts, sinceMs);
    }
    sinceMs = engine.clock.now();
  };

  const flushAll = async (): Promise<void> => {
    while (rollUp.size > 0) {
      const records = rollUp.take(BATCH).filter(({ appId }) => isKnown(engine, appId));
      if (records.length === 0) continue;
      try {
        await flush(records);
      } catch (error) {
        failed(engine, 'keeping usage', error);
        rollUp.giveBack(records);
        return;
      }
    }
  };

  const endTicks = engine.clock.every(FLUSH_MS, () => {
    collect();
    underWay ??= flushAll().finally(() => {
      underWay = null;
    });
  });
  return async () => {
    endTicks();
    await underWay;
    collect();
    await flushAll();
  };
}

/** Nothing is kept of an app that has been removed, not even what it used in its last seconds. */
function isKnown({ spaces }: Engine, appId: UsageRecord['appId']): boolean {
  return spaces.get(appId)?.removedAtMs === null;
}
