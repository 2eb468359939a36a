// The store's contract on what is added to until it is old: usage and the audit log.
import { describe, expect, test } from 'bun:test';
import type { UsageRecord } from '../../src/core/usage.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { NOW, newName, type Stage } from './store-stage.ts';

const DAY_MS = 86_400_000;

function usage(appId: AppId, fields: Partial<UsageRecord> = {}): UsageRecord {
  const flow = { messagesIn: 5, messagesOut: 6, bytesIn: 7, bytesOut: 3_000_000_000, errors: 8 };
  const counts = { broadcasts: 1, clientEvents: 2, requests: 3, peakConnections: 4, ...flow };
  return { appId, span: 'day', startMs: DAY_MS, ...counts, ...fields };
}

export function recordsContract({ one, other }: Stage): void {
  describe('usage', () => {
    test('counts add up and peaks rise, in one call, in many, and from many nodes at once', async () => {
      const app = newName('app') as AppId;
      const peaks = Array.from({ length: 40 }, (_, index) => index * 7);
      await Promise.all(
        peaks.map((peakConnections, index) => {
          const record = usage(app, { peakConnections });
          return (index % 2 === 0 ? one() : other()).usage.add([record, record]);
        }),
      );
      const flow = { messagesIn: 400, messagesOut: 480, bytesIn: 560, bytesOut: 240_000_000_000, errors: 640 };
      const sum = { broadcasts: 80, clientEvents: 160, requests: 240, peakConnections: 273, ...flow };
      expect(await other().usage.read(app, 'day', 0, NOW)).toEqual([usage(app, sum)]);
    });

    test('many apps in one call are all counted, whatever order two nodes have them in', async () => {
      const apps = Array.from({ length: 137 }, () => newName('app') as AppId);
      const records = apps.map((app) => usage(app, { startMs: NOW, broadcasts: 3_000_000_000 }));
      await Promise.all([
        one().usage.add(records),
        other().usage.add([...records].reverse()),
        one().usage.add(records.slice(7)),
      ]);
      const totals = await one().usage.broadcastsSince(NOW);
      expect(apps.map((app) => totals.get(app))).toEqual(
        apps.map((_, index) => (index < 7 ? 6_000_000_000 : 9_000_000_000)),
      );
    });

    test('it is read by span and time, and broadcasts are summed from the days', async () => {
      const app = newName('app') as AppId;
      const hours = [1, 2, 3].map((hour) => usage(app, { span: 'hour', startMs: hour * 3_600_000 }));
      const days = [1, 2, 3].map((day) => usage(app, { startMs: day * DAY_MS }));
      await one().usage.add([...hours, ...days]);
      expect(await one().usage.read(app, 'hour', 3_600_000, 3 * 3_600_000)).toEqual(hours.slice(0, 2));
      expect((await other().usage.broadcastsSince(2 * DAY_MS)).get(app)).toBe(2);
      expect(await one().usage.deleteBefore('hour', 2 * 3_600_000)).toBeGreaterThanOrEqual(1);
      expect(await one().usage.read(app, 'hour', 0, NOW)).toEqual(hours.slice(1));
      expect(await one().usage.read(app, 'day', 0, NOW)).toEqual(days);
      await one().usage.add([]);
    });
  });

  describe('the audit log', () => {
    test('is told newest first, in pages, and nothing of what many nodes add is lost', async () => {
      const subject = newName('subject');
      const entry = { accountId: null, origin: 'api', action: 'app.update', subject };
      await Promise.all(
        Array.from({ length: 30 }, (_, at) =>
          (at % 2 === 0 ? one() : other()).audit.add({ ...entry, atMs: NOW, details: { at, name: ['a', null] } }),
        ),
      );
      const first = await one().audit.list({ limit: 20 }, subject);
      const rest = await other().audit.list({ limit: 20, after: String(first.at(-1)?.id) }, subject);
      const all = [...first, ...rest];
      expect(all.map(({ details }) => details['at']).sort()).toEqual(Array.from({ length: 30 }, (_, at) => at).sort());
      const ids = all.map(({ id }) => id);
      expect(ids).toEqual([...ids].sort((one, other) => other - one));
      expect(all[0]).toEqual({
        ...entry,
        id: ids[0] ?? 0,
        atMs: NOW,
        details: { at: all[0]?.details['at'], name: ['a', null] },
      });
      expect(await one().audit.list({ limit: 1, after: "1' or 1=1" })).toEqual([]);
      expect((await one().audit.list({ limit: 3 })).length).toBe(3);
    });

    test('what is older than a moment is taken out, and ids do not come again', async () => {
      const subject = newName('subject');
      const entry = { accountId: null, origin: 'server', action: 'webhook.disable', subject, details: {} };
      for (const atMs of [5, 6, 4]) await one().audit.add({ ...entry, atMs });
      const [last] = await one().audit.list({ limit: 1 }, subject);
      expect(await other().audit.deleteBefore(6)).toBe(2);
      expect(await other().audit.deleteBefore(6)).toBe(0);
      expect((await one().audit.list({ limit: 9 }, subject)).map(({ atMs }) => atMs)).toEqual([6]);
      await one().audit.add({ ...entry, atMs: 7 });
      expect((await one().audit.list({ limit: 1 }, subject))[0]?.id).toBeGreaterThan(last?.id ?? 0);
    });
  });
}
