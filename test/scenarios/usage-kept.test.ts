// Usage in a real store: what a process has told is there when the next one starts, and holds its apps to their month.
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOfMonth } from '../../src/core/month.ts';
import { spaceOf } from '../../src/engine/engine.ts';
import { raiseBroadcasts, spendBroadcasts } from '../../src/engine/quotas.ts';
import { collectUsage } from '../../src/engine/usage.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { createWorld } from '../support/world.ts';

async function startProcess(store: Store) {
  const world = createWorld({ app: { limits: { broadcastsPerMonth: 10 } } });
  const { engine } = world.nodes[0];
  raiseBroadcasts(engine, await store.usage.broadcastsSince(startOfMonth(world.clock.now())));
  const stop = collectUsage(engine, (records) => store.usage.add(records));
  const spend = (count: number) => spendBroadcasts(engine, spaceOf(engine, world.app), count);
  return { world, stop, spend };
}

test('[H-9.8] a restart does not begin the month again', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'vask-usage-'));
  const store = await openStore({ url: null, dataDirectory, secretKey: null });
  try {
    const first = await startProcess(store);
    expect(first.spend(6)).toBeNull();
    first.world.clock.advance(2_000);
    expect(first.spend(2)).toBeNull();
    await first.stop();
    const second = await startProcess(store);
    expect(second.spend(3)).toEqual({ why: 'month' });
    expect(second.spend(2)).toBeNull();
    await second.stop();
    const { world } = second;
    const kept = await store.usage.read(world.app.id, 'minute', 0, world.clock.now() + 60_000);
    expect(kept.reduce((sum, { broadcasts }) => sum + broadcasts, 0)).toBe(10);
  } finally {
    await store.close();
    rmSync(dataDirectory, { recursive: true });
  }
});
