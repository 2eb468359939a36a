import { expect, test } from 'bun:test';
import { ENTRIES_PER_SECOND, Gathering } from './gathering.ts';

const entry = (data?: string) => {
  const fields = { id: '1', atMs: 0, node: 'vask', type: 'published' } as const;
  return data === undefined ? fields : { ...fields, data };
};

/** Adds as many as there is room for. @returns how many came in. */
function fill(gathering: Gathering, count: number, data?: string): number {
  let added = 0;
  for (let each = 0; each < count; each++) {
    if (!gathering.takesOne()) continue;
    gathering.add(entry(data));
    added++;
  }
  return added;
}

test('[A-5.5] so many entries fit into a second, and the rest is counted', () => {
  const gathering = new Gathering();
  expect(fill(gathering, 700)).toBe(ENTRIES_PER_SECOND);
  expect(gathering.takeEntries()).toHaveLength(ENTRIES_PER_SECOND);
  expect(fill(gathering, 10)).toBe(0);
  expect([gathering.takeDropped(), gathering.takeDropped()]).toEqual([210, 0]);
  gathering.refill();
  expect(fill(gathering, 10)).toBe(10);
});

test('[A-5.5] large data takes the place of many entries', () => {
  const gathering = new Gathering();
  expect(fill(gathering, 500, 'x'.repeat(20_000))).toBe(100);
  expect(gathering.takeDropped()).toBe(400);
});
