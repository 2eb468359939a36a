import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { type ConnectionLimit, Quota } from './quota.ts';

/** An app whose clients come and go by the second. */
class Place {
  readonly quota = new Quota();
  open = 0;
  limit: ConnectionLimit;

  constructor(connections: number, connectionGraceSeconds: number) {
    this.limit = { connections, connectionGraceSeconds };
  }

  comes(second: number): boolean {
    if (!this.quota.admits(this.open, this.limit, second * 1000)) return false;
    this.#become(this.open + 1, second);
    return true;
  }

  goes(second: number): void {
    this.#become(this.open - 1, second);
  }

  #become(open: number, second: number): void {
    this.open = open;
    this.quota.note(open, this.limit, second * 1000);
  }
}

describe('connections', () => {
  test('[P-2.9] without grace never exceed the limit', () => {
    const place = new Place(2, 0);
    expect([place.comes(0), place.comes(0), place.comes(0)]).toEqual([true, true, false]);
    place.goes(5);
    expect([place.comes(5), place.comes(5)]).toEqual([true, false]);
  });

  test('[P-2.16] exceed it until the grace is over, counted from the first that does', () => {
    const place = new Place(2, 10);
    expect([place.comes(0), place.comes(1)]).toEqual([true, true]);
    expect([place.comes(100), place.comes(105), place.comes(109.999)]).toEqual([true, true, true]);
    expect([place.comes(110), place.comes(500)]).toEqual([false, false]);
    expect(place.open).toBe(5);
  });

  test('[P-2.16] exceed it again after as long below', () => {
    const place = new Place(1, 10);
    expect([place.comes(0), place.comes(0), place.comes(10)]).toEqual([true, true, false]);
    place.goes(20);
    // One is as many as there may be, and not yet below.
    expect(place.comes(40)).toBe(false);
    place.goes(50);
    expect([place.comes(59.9), place.comes(59.9)]).toEqual([true, false]);
    place.goes(60);
    expect([place.comes(70), place.comes(70), place.comes(79.9), place.comes(80)]).toEqual([true, true, true, false]);
  });

  test('[P-2.18] keep to a limit that has changed meanwhile', () => {
    const place = new Place(2, 0);
    place.comes(0);
    place.comes(0);
    place.limit = { connections: 1, connectionGraceSeconds: 0 };
    place.goes(1);
    expect(place.comes(1)).toBe(false);
    place.limit = { connections: 0, connectionGraceSeconds: 0 };
    expect(place.comes(1)).toBe(true);
  });

  test('[P-2.16] exceed it in no span that is longer than the grace', () => {
    const step = fc.tuple(fc.constantFrom('comes', 'goes'), fc.nat(5));
    void fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.nat(8),
        fc.array(step, { maxLength: 200 }),
        (limit, grace, steps) => {
          const place = new Place(limit, grace);
          let second = 0;
          let windowEnds: number | null = null;
          let belowSince: number | null = 0;
          for (const [what, pause] of steps) {
            second += pause;
            const before = place.open;
            if (what === 'goes' && before > 0) place.goes(second);
            if (what === 'comes') {
              if (before + 1 >= limit && belowSince !== null && second - belowSince >= grace) windowEnds = null;
              const isBeyond = before >= limit;
              if (isBeyond && grace > 0) windowEnds ??= second + grace;
              expect(place.comes(second)).toBe(!isBeyond || (windowEnds !== null && grace > 0 && second < windowEnds));
            }
            if (place.open >= limit) belowSince = null;
            else belowSince ??= second;
          }
        },
      ),
    );
  });
});

describe('broadcasts', () => {
  test('[H-9.8] fit until the month has had all of them', () => {
    const quota = new Quota();
    quota.spend(8, 0);
    expect([quota.fits(2, 10, 0), quota.fits(3, 10, 0), quota.fits(3, 0, 0)]).toEqual([true, false, true]);
    const nextMonth = 31 * 86_400_000;
    expect([quota.fits(10, 10, nextMonth), quota.fits(11, 10, nextMonth)]).toEqual([true, false]);
  });
});
