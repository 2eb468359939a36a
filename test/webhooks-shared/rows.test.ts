// What a journal in memory says has changed is enough to have the same journal somewhere else.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Change, Journal } from '../../src/webhooks/journal.ts';
import { IN_MEMORY, openJournal } from '../../src/webhooks/journal-file.ts';
import { type HashChange, insertRows, MIRRORED, MirroredRows } from '../../src/webhooks/shared/mirrored-rows.ts';
import { OUTBOX_APP } from '../support/outbox.ts';

const endpoint = fc.constantFrom('e', 'f 1', 'ü');
const id = fc.constantFrom('1', '2', '3', '4');
const text = fc.string({ unit: 'binary', maxLength: 5 });
const attempt = { delivery: 'd', app: OUTBOX_APP, attempt: 1, isTest: false, durationMs: 1, error: null, answer: null };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('announced' as const), key: fc.constantFrom('a', 'b', 'c'), isThere: fc.boolean() }),
  fc.record({ kind: fc.constant('taken' as const), endpoint, upTo: fc.nat(20) }),
  fc.record({ kind: fc.constant('done' as const), id }),
  fc.record({ kind: fc.constant('dead' as const), id, atMs: fc.nat() }),
  fc.record({ kind: fc.constant('buried' as const), endpoint, atMs: fc.nat() }),
  fc.record({ kind: fc.constant('dropped' as const), endpoint }),
  fc.record({ kind: fc.constant('failing' as const), endpoint, sinceMs: fc.option(fc.nat()) }),
  fc.record({ endpoint, body: text, atMs: fc.nat() }).map((made) => ({
    kind: 'attempt' as const,
    attempt: { ...attempt, id: 0, status: 204, ...made },
  })),
  fc.record({ endpoint, body: text }).map((made) => ({
    kind: 'delivery' as const,
    delivery: { seq: 0, id: '', app: OUTBOX_APP, sinceMs: 1, count: 1, deadAtMs: null, ...made },
  })),
  fc.record({ kind: fc.constant('waits' as const), endpoint, seq: fc.constant(0), piece: fc.constant(piece()) }),
);

function piece() {
  return { sinceMs: 1, count: 2, events: '{},{}' };
}

/** As Redis does it. */
function apply(hashes: readonly Map<string, string>[], changes: readonly HashChange[]): void {
  for (const [index, { removed, set }] of changes.entries()) {
    for (const field of removed) hashes[index]?.delete(field);
    for (const [field, value] of set) hashes[index]?.set(field, value);
  }
}

const emptyHashes = (): Map<string, string>[] => MIRRORED.map(() => new Map<string, string>());

/** Everything in it, by what it answers. */
function contentsOf(journal: Journal): unknown {
  const query = { app: OUTBOX_APP, limit: 1_000 };
  const lanes = journal
    .endpoints()
    .map((of) => [of, journal.pieces(of, 0), journal.queuedFor(of), journal.next(of, null), journal.failingSince(of)]);
  return [[...journal.announced()].length, lanes, journal.attempts(query), journal.dead(query)];
}

describe('the rows of a journal in memory', () => {
  test('[W-6.3] that have changed, group by group, make the same journal again', () => {
    const run = fc.property(fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 12 }), (groups) => {
      const db = openJournal(IN_MEMORY);
      const journal = new Journal(db);
      const rows = new MirroredRows(db);
      const hashes = emptyHashes();
      let number = 0;
      for (const group of groups) {
        const keyed = group.map((one): Change => {
          if (one.kind === 'waits') return { ...one, seq: ++number };
          if (one.kind !== 'delivery') return one;
          return { ...one, delivery: { ...one.delivery, id: String(++number % 5) + number } };
        });
        journal.write(keyed.map((one) => ('key' in one ? { ...one, key: `["${one.key}","room"]` } : one)));
        if (number % 3 > 0) apply(hashes, rows.take());
      }
      journal.revive({ app: OUTBOX_APP }, 7);
      apply(hashes, rows.take());
      expect(rows.take().every(({ removed, set }) => removed.length + set.length === 0)).toBe(true);

      const other = openJournal(IN_MEMORY);
      for (const [index, hash] of hashes.entries()) insertRows(other, index, [...hash.values()].toReversed());
      const copy = new Journal(other);
      expect(contentsOf(copy)).toEqual(contentsOf(journal));
      expect([...copy.announced()]).toEqual([...journal.announced()]);
      const whole = emptyHashes();
      apply(whole, rows.takeAll());
      expect(whole.map((hash) => new Map([...hash].toSorted()))).toEqual(
        hashes.map((hash) => new Map([...hash].toSorted())),
      );
      journal.close();
      copy.close();
    });
    fc.assert(run, { numRuns: 100 });
  });
});
