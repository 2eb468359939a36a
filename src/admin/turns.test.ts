import { expect, test } from 'bun:test';
import { Turns } from './turns.ts';

test('tasks of one name follow each other, also after one that fails; others do not wait', async () => {
  const turns = new Turns();
  const told: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = turns.take('a', async () => {
    await gate;
    told.push('first');
    throw new Error('no');
  });
  const second = turns.take('a', async () => void told.push('second'));
  await turns.take('b', async () => void told.push('other'));
  open();
  expect(await first.catch(String)).toBe('Error: no');
  await second;
  expect(told).toEqual(['other', 'first', 'second']);
  expect(await turns.take('a', async () => 'again')).toBe('again');
});
