// What the debug console holds, and which of it the filters let through.
import { expect, test } from 'bun:test';
import type { Entry } from '../../src/core/feed.ts';
import { ConsoleLog, logOf } from '../../src/dashboard/ui/pages/app/console/console-log.ts';
import { NO_FILTER } from '../../src/dashboard/ui/pages/app/console/matching.ts';

const entries = (count: number, changes: Partial<Entry> = {}): Entry[] =>
  Array.from({ length: count }, (_, at) => ({
    id: `${at}`,
    atMs: at,
    node: 'a',
    type: 'published',
    channel: `channel-${at}`,
    ...changes,
  }));

test('ten thousand entries are held, the newest first, and filtered fast', () => {
  const log = new ConsoleLog();
  for (let round = 0; round < 12; round += 1) log.add(entries(1_000, { id: `${round}`, text: `round ${round}` }));
  expect(log.size).toBe(10_000);
  expect(log.matching(NO_FILTER)[0]?.text).toBe('round 11');
  expect(log.matching({ ...NO_FILTER, text: 'ROUND 1\n' })).toEqual([]);
  expect(log.matching({ ...NO_FILTER, text: 'ROUND 10' })).toHaveLength(1_000);
  expect(log.matching({ ...NO_FILTER, channel: 'channel-999' })).toHaveLength(10);
});

test('what comes during a pause is counted, kept within the same bound, and shown when it is over', () => {
  const log = new ConsoleLog();
  log.pause(true);
  log.add(entries(7_000));
  log.add(entries(7_000));
  expect([log.size, log.heldBack.value]).toEqual([0, 14_000]);
  log.pause(false);
  expect([log.size, log.heldBack.value]).toEqual([10_000, 0]);
});

test('filters are of groups, type, user and socket, and all of them hold', () => {
  const log = new ConsoleLog();
  log.add([
    ...entries(1, { id: 'a', type: 'connected', socketId: '1.1' }),
    ...entries(1, { id: 'b', type: 'refused', socketId: '1.2', user: 'ann' }),
    ...entries(1, { id: 'c', type: 'client-event', socketId: '1.1', user: 'ann' }),
  ]);
  const found = (filter: Partial<typeof NO_FILTER>) => log.matching({ ...NO_FILTER, ...filter }).map(({ id }) => id);
  expect(found({ groups: ['Refusals', 'Client events'] })).toEqual(['c', 'b']);
  expect(found({ type: 'connected' })).toEqual(['a']);
  expect(found({ user: 'ann', socket: '1.1' })).toEqual(['c']);
  log.clear();
  expect(log.size).toBe(0);
});

test('going to another page and back loses nothing, and another app begins anew', () => {
  const log = logOf('1');
  log.add(entries(1));
  expect(logOf('1').size).toBe(1);
  expect(logOf('2').size).toBe(0);
});
