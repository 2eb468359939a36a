import { expect, test } from 'bun:test';
import { systemClock } from './clock.ts';

const pass = (): Promise<void> => new Promise((resolve) => void systemClock.after(1, resolve));

test('the time is that of the machine', () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeWithin(before, Date.now() + 1);
});

test('a task runs once when its time has come, and not when it was cancelled', async () => {
  const ran: string[] = [];
  systemClock.after(0, () => void ran.push('kept'));
  const cancel = systemClock.after(0, () => void ran.push('cancelled'));
  cancel();
  await pass();
  await pass();
  expect(ran).toEqual(['kept']);
  cancel();
});

test('a repeated task runs until it is ended', async () => {
  let runs = 0;
  await new Promise<void>((resolve) => {
    const end = systemClock.every(1, () => {
      runs++;
      if (runs < 3) return;
      end();
      resolve();
    });
  });
  await pass();
  await pass();
  expect(runs).toBe(3);
});
