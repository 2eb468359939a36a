import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { endOfMonth, MonthCount, startOfMonth } from './month.ts';

const at = (text: string): number => Date.parse(text);

describe('the month of a moment', () => {
  test.each([
    ['2024-02-29T23:59:59.999Z', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2100-02-28T12:00:00Z', '2100-02-01T00:00:00Z', '2100-03-01T00:00:00Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z', '1970-02-01T00:00:00Z'],
    ['2026-12-31T23:59:59Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2027-01-01T00:00:00Z', '2027-01-01T00:00:00Z', '2027-02-01T00:00:00Z'],
  ])('[H-9.8] of %s is from %s to %s', (moment, start, end) => {
    expect([startOfMonth(at(moment)), endOfMonth(at(moment))]).toEqual([at(start), at(end)]);
  });

  test('[H-9.8] is that of the calendar, whatever the moment', () => {
    void fc.assert(
      fc.property(fc.integer({ min: at('1900-01-01'), max: at('2500-01-01') }), (moment) => {
        const date = new Date(moment);
        const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
        expect(startOfMonth(moment)).toBe(Date.UTC(year, month));
        expect(endOfMonth(moment)).toBe(Date.UTC(year, month + 1));
      }),
    );
  });
});

describe('a count of the month', () => {
  test('[H-9.8] begins again with the month', () => {
    const count = new MonthCount();
    count.add(3, at('2026-11-30T23:59:59.999Z'));
    count.add(4, at('2026-11-01'));
    expect(count.used(at('2026-11-30T23:59:59.999Z'))).toBe(7);
    expect(count.used(at('2026-12-01'))).toBe(0);
    count.add(1, at('2026-12-01'));
    expect(count.used(at('2026-12-31'))).toBe(1);
  });

  test('[H-9.8] keeps what a clock that is set back finds', () => {
    const count = new MonthCount();
    count.add(5, at('2026-12-01'));
    expect(count.used(at('2026-11-30'))).toBe(5);
    count.add(1, at('2026-11-30'));
    expect(count.used(at('2026-12-02'))).toBe(6);
  });

  test('[H-9.8] is the sum of what was used since the month began', () => {
    const hours = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.nat(100)), { maxLength: 40 });
    void fc.assert(
      fc.property(hours, (steps) => {
        const count = new MonthCount();
        const uses: { moment: number; used: number }[] = [];
        let moment = at('2026-01-15');
        for (const [hoursLater, used] of steps) {
          moment += hoursLater * 3_600_000;
          count.add(used, moment);
          uses.push({ moment, used });
          const ofMonth = uses.filter((use) => use.moment >= startOfMonth(moment));
          expect(count.used(moment)).toBe(ofMonth.reduce((sum, use) => sum + use.used, 0));
        }
      }),
    );
  });
});
