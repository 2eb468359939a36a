import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { BATCH_BYTES, BATCH_EVENTS, bodyOf, gather, type Piece } from './batch.ts';

const piece = (index: number, length: number): Piece => ({
  sinceMs: index,
  count: 1,
  events: JSON.stringify({ index, fill: 'x'.repeat(length) }),
});

describe('gathering', () => {
  test('[W-3.5] keeps all events in order within the bounds', () => {
    const lengths = fc.array(fc.oneof(fc.nat(40), fc.nat(40_000), fc.constant(BATCH_BYTES + 9)), { maxLength: 40 });
    const holds = fc.property(lengths, fc.nat(1_200), (some, more) => {
      const pieces = [...some, ...Array.from({ length: more }, () => 1)].map((length, index) => piece(index, length));
      const gathered = gather(pieces);
      const events = gathered.flatMap((one) => JSON.parse(bodyOf(one, 5)).events as { index: number }[]);
      expect(events.map(({ index }) => index)).toEqual(pieces.map((_, index) => index));
      for (const { count, events: text } of gathered) {
        expect(count).toBeLessThanOrEqual(BATCH_EVENTS);
        if (count > 1) expect(text.length).toBeLessThanOrEqual(BATCH_BYTES);
      }
    });
    fc.assert(holds, { numRuns: 60 });
  });

  test('[W-3.5] gathers pieces that were gathered before, and counts from the oldest', () => {
    const [first, ...others] = gather([...gather([piece(1, 1), piece(2, 1)]), ...gather([piece(3, 1)])]);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ sinceMs: 1, count: 3 });
  });

  test('nothing becomes nothing', () => expect(gather([])).toEqual([]));
});
