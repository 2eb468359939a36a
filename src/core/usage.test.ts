import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import type { AppId } from '../protocol/ids.ts';
import { NO_USAGE, UsageCounter, type UsageCounts, type UsageRecord, UsageRollUp } from './usage.ts';

const APP = 'app' as AppId;
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const counts = (changes: Partial<UsageCounts> = {}): UsageCounts => ({
  ...NO_USAGE,
  peakConnections: 0,
  ...changes,
});

describe('a usage counter', () => {
  test('gives what is new once', () => {
    const counter = new UsageCounter();
    counter.broadcasts += 3;
    counter.clientEvents += 2;
    counter.requests += 1;
    expect(counter.take(0, 0)).toEqual(counts({ broadcasts: 3, clientEvents: 2, requests: 1 }));
    expect(counter.take(0, 0)).toBeNull();
  });

  test('gives a peak once in a minute, and again in the next one if the connections have stayed', () => {
    const counter = new UsageCounter();
    counter.peakConnections = 5;
    expect(counter.take(4, 0)).toEqual(counts({ peakConnections: 5 }));
    expect(counter.take(4, MINUTE - 1)).toBeNull();
    expect(counter.take(4, MINUTE)).toEqual(counts({ peakConnections: 4 }));
    counter.peakConnections = 6;
    expect(counter.take(0, MINUTE)).toEqual(counts({ peakConnections: 6 }));
    expect(counter.take(0, 2 * MINUTE)).toBeNull();
  });
});

const usage = fc.record({
  broadcasts: fc.nat(1_000),
  clientEvents: fc.nat(1_000),
  requests: fc.nat(1_000),
  messagesIn: fc.nat(1_000),
  messagesOut: fc.nat(1_000),
  bytesIn: fc.nat(1_000),
  bytesOut: fc.nat(1_000),
  errors: fc.nat(1_000),
  peakConnections: fc.nat(1_000),
});
const additions = fc.array(
  fc.record({ app: fc.constantFrom('a', 'b'), usage, atMs: fc.integer({ min: 0, max: 2 * DAY }) }),
  { maxLength: 50 },
);

describe('a roll-up', () => {
  test('has a record for the minute, the hour and the day', () => {
    const rollUp = new UsageRollUp();
    rollUp.add(APP, counts({ broadcasts: 1 }), DAY + HOUR + MINUTE + 1);
    expect(rollUp.take(9)).toEqual([
      { ...counts({ broadcasts: 1 }), appId: APP, span: 'day', startMs: DAY },
      { ...counts({ broadcasts: 1 }), appId: APP, span: 'hour', startMs: DAY + HOUR },
      { ...counts({ broadcasts: 1 }), appId: APP, span: 'minute', startMs: DAY + HOUR + MINUTE },
    ]);
    expect(rollUp.size).toBe(0);
  });

  test('loses nothing and invents nothing, also when records are taken in parts and given back', () => {
    const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.boolean()), { maxLength: 20 });
    void fc.assert(
      fc.property(additions, parts, (added, takes) => {
        const rollUp = new UsageRollUp();
        const kept: UsageRecord[] = [];
        const take = (count: number, isKept: boolean): void => {
          const taken = rollUp.take(count);
          expect(taken.length).toBeLessThanOrEqual(count);
          if (isKept) kept.push(...taken);
          else rollUp.giveBack(taken);
        };
        for (const [index, each] of added.entries()) {
          rollUp.add(each.app as AppId, each.usage, each.atMs);
          const part = takes[index];
          if (part !== undefined) take(...part);
        }
        take(rollUp.size, true);
        for (const span of ['minute', 'hour', 'day'] as const) {
          for (const app of ['a', 'b']) {
            const told = kept.filter((record) => record.span === span && record.appId === app);
            const used = added.filter((each) => each.app === app).map((each) => each.usage);
            for (const name of ['broadcasts', 'clientEvents', 'requests'] as const) {
              const sum = (all: readonly UsageCounts[]) => all.reduce((total, each) => total + each[name], 0);
              expect(sum(told)).toBe(sum(used));
            }
            const peak = (all: readonly UsageCounts[]) => Math.max(0, ...all.map((each) => each.peakConnections));
            expect(peak(told)).toBe(peak(used));
          }
        }
        expect(kept.every((record) => record.broadcasts >= 0 && record.peakConnections >= 0)).toBe(true);
      }),
    );
  });

  test('gives up the oldest when too many wait', () => {
    const rollUp = new UsageRollUp(2);
    for (const minute of [0, 1, 2]) rollUp.add(APP, counts({ requests: 1 }), minute * MINUTE);
    expect(rollUp.take(9).map(({ span, startMs, requests }) => [span, startMs, requests])).toEqual([
      ['day', 0, 3],
      ['hour', 0, 3],
      ['minute', MINUTE, 1],
      ['minute', 2 * MINUTE, 1],
    ]);
  });
});
