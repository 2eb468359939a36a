import { expect, test } from 'bun:test';
import { DURATION_BOUNDS, RequestTally, Tally } from './tally.ts';

test('happenings are counted by their code', () => {
  const tally = new Tally();
  const of = { app: '1', socketId: '1.1' } as const;
  tally.note({ kind: 'connected', ...of } as never);
  for (const code of [1000, 1006, 1000]) tally.note({ kind: 'disconnected', ...of, code } as never);
  tally.note({ kind: 'connectionRefused', app: null, code: 4001, text: '' });
  for (const code of [null, 4009]) tally.note({ kind: 'refused', ...of, code, text: '' } as never);
  tally.note({ kind: 'failed', doing: 'x', error: 'y' });
  expect(tally.opened).toBe(1);
  expect([...tally.closed]).toEqual([
    [1000, 2],
    [1006, 1],
  ]);
  expect([...tally.refusedConnections]).toEqual([[4001, 1]]);
  expect([...tally.refusedCommands]).toEqual([
    [0, 1],
    [4009, 1],
  ]);
  expect(tally.failures).toBe(1);
});

test('a duration counts in the first class that holds it', () => {
  const tally = new RequestTally();
  for (const ms of [0, 0.5, 0.6, 10_000, 10_001]) tally.add(200, ms);
  const [first, second] = tally.byDuration;
  expect([first, second, tally.byDuration.at(-2), tally.byDuration.at(-1)]).toEqual([2, 1, 1, 1]);
  expect(tally.byDuration).toHaveLength(DURATION_BOUNDS.length + 1);
  tally.add(404, 1);
  expect(tally.byClass).toEqual([0, 0, 5, 0, 1, 0]);
});
