// Usage, from where it happens to whoever keeps it: nothing is lost, nothing is counted twice, nothing is negative.
import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import type { UsageRecord } from '../../src/core/usage.ts';
import { spaceOf } from '../../src/engine/engine.ts';
import { spendBroadcasts } from '../../src/engine/quotas.ts';
import { collectUsage } from '../../src/engine/usage.ts';
import { createWorld, type World } from '../support/world.ts';

/** A world, and a store that may be away. */
function watched() {
  const world = createWorld({ nodes: 1, settings: { activityTimeoutSeconds: 86_400 } });
  const { engine } = world.nodes[0];
  const kept: UsageRecord[] = [];
  const store = { isAway: false, calls: 0 };
  const stop = collectUsage(engine, async (records) => {
    store.calls++;
    if (store.isAway) throw new Error('The store is away.');
    kept.push(...records);
  });
  const sum = (name: 'broadcasts' | 'clientEvents' | 'requests', span: UsageRecord['span'] = 'day'): number =>
    kept.filter((record) => record.span === span).reduce((total, record) => total + record[name], 0);
  return { world, engine, kept, store, stop, sum };
}

/** Moves the clock, and lets what is due be done. */
async function pass(world: World, milliseconds: number): Promise<void> {
  world.clock.advance(milliseconds);
  for (let step = 0; step < 20; step++) await Promise.resolve();
}

function broadcast(world: World, count: number): void {
  const { engine } = world.nodes[0];
  spendBroadcasts(engine, spaceOf(engine, world.app), count);
}

test('broadcasts, client events and the peak are kept after two seconds, by minute, hour and day', async () => {
  const { world, kept } = watched();
  const [alice, bob] = [world.client(), world.client()];
  alice.subscribe('private-a');
  alice.say({ event: 'client-a', channel: 'private-a', data: 1 });
  alice.say({ event: 'client-a', channel: 'private-b', data: 'refused' });
  bob.hangUp();
  broadcast(world, 3);
  await pass(world, 1_999);
  expect(kept).toEqual([]);
  await pass(world, 1);
  const flow = { messagesIn: 3, messagesOut: 0, bytesIn: 264, bytesOut: 0, errors: 1 };
  const counts = { appId: world.app.id, broadcasts: 3, clientEvents: 1, requests: 0, peakConnections: 2, ...flow };
  const atMs = 1_000_000_000_000;
  expect(kept).toEqual([
    { ...counts, span: 'day', startMs: atMs - (atMs % 86_400_000) },
    { ...counts, span: 'hour', startMs: atMs - (atMs % 3_600_000) },
    { ...counts, span: 'minute', startMs: atMs - (atMs % 60_000) },
  ]);
});

test('nothing is told while nothing happens, but the connections that stay once a minute', async () => {
  const { world, kept, store } = watched();
  await pass(world, 3_600_000);
  expect(store.calls).toBe(0);
  world.client().subscribe('a');
  await pass(world, 3_600_000);
  expect(kept.filter(({ span }) => span === 'minute').length).toBeWithin(60, 62);
  expect(kept.every(({ peakConnections }) => peakConnections === 1)).toBe(true);
});

test('what could not be kept is tried again until it is, and told as a failure', async () => {
  const { world, store, sum } = watched();
  store.isAway = true;
  for (let minute = 0; minute < 10; minute++) {
    broadcast(world, 1);
    await pass(world, 60_000);
  }
  expect(sum('broadcasts')).toBe(0);
  expect(world.happenings).toContainEqual(expect.objectContaining({ kind: 'failed', doing: 'keeping usage' }) as never);
  store.isAway = false;
  await pass(world, 2_000);
  expect([sum('broadcasts', 'minute'), sum('broadcasts', 'hour'), sum('broadcasts')]).toEqual([10, 10, 10]);
});

test('the last of it is kept when the server stops, and nothing afterwards', async () => {
  const { world, store, stop, sum } = watched();
  broadcast(world, 2);
  await stop();
  expect(sum('broadcasts')).toBe(2);
  const { calls } = store;
  broadcast(world, 2);
  await pass(world, 60_000);
  expect(store.calls).toBe(calls);
});

test('nothing is kept of an app that has been removed', async () => {
  const { world, store, kept } = watched();
  store.isAway = true;
  broadcast(world, 1);
  await pass(world, 2_000);
  broadcast(world, 1);
  world.remove();
  store.isAway = false;
  await pass(world, 120_000);
  expect(kept).toEqual([]);
});

test('more than one batch is kept in as many calls', async () => {
  const { world, store, sum } = watched();
  store.isAway = true;
  for (let minute = 0; minute < 1_200; minute++) {
    broadcast(world, 1);
    await pass(world, 60_000);
  }
  store.isAway = false;
  const { calls } = store;
  await pass(world, 2_000);
  expect([store.calls - calls, sum('broadcasts', 'minute'), sum('broadcasts')]).toEqual([2, 1_200, 1_200]);
});

test('whatever happens and however often the store is away, the sums are right', async () => {
  const step = fc.record({ broadcasts: fc.nat(5), seconds: fc.nat(90), isAway: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { world, store, stop, sum, kept } = watched();
      let used = 0;
      for (const { broadcasts, seconds, isAway } of steps) {
        store.isAway = isAway;
        if (broadcasts > 0) broadcast(world, broadcasts);
        used += broadcasts;
        await pass(world, seconds * 1_000);
        expect(sum('broadcasts')).toBeLessThanOrEqual(used);
      }
      store.isAway = false;
      await stop();
      expect([sum('broadcasts', 'minute'), sum('broadcasts', 'hour'), sum('broadcasts')]).toEqual([used, used, used]);
      expect(kept.every((record) => record.broadcasts >= 0)).toBe(true);
    }),
    { numRuns: 50 },
  );
});
