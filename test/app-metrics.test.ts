// The metrics of many apps: so many are named, the rest is one sum, and no counter ever falls.
import { expect, test } from 'bun:test';
import { createApp } from '../src/core/app.ts';
import { Space } from '../src/core/space.ts';
import type { AppId } from '../src/protocol/ids.ts';
import { AppMetrics, OTHERS } from '../src/telemetry/app-metrics.ts';
import { appSettings } from './support/credentials.ts';

function stage(most: number) {
  const spaces = new Map<AppId, Space>();
  const metrics = new AppMetrics(most);
  return {
    spaces,
    open(id: string, publishes: number): Space {
      const app = createApp(appSettings({ id: id as AppId }));
      const space = new Space(app);
      space.usage.broadcasts = publishes;
      spaces.set(app.id, space);
      return space;
    },
    close: (space: Space) => spaces.delete(space.app.id),
    publishes(): Record<string, number> {
      const samples = metrics.samples(spaces).filter(({ metric }) => metric === 'vask_app_publishes_total');
      return Object.fromEntries(samples.map(({ labels, value }) => [labels?.['app'] ?? '', value]));
    },
  };
}

test('the first ones are named, the others summed up', () => {
  const { open, publishes } = stage(2);
  for (const [at, id] of ['a', 'b', 'c', 'd'].entries()) open(id, at + 1);
  expect(publishes()).toEqual({ a: 1, b: 2, [OTHERS]: 7 });
});

test('an app that was in the sum stays there when there is room, and what one that is gone had stays too', () => {
  const { open, close, publishes } = stage(1);
  const [a, b] = [open('a', 1), open('b', 10)];
  open('c', 100);
  expect(publishes()).toEqual({ a: 1, [OTHERS]: 110 });
  close(a);
  expect(publishes()).toEqual({ [OTHERS]: 110 });
  close(b);
  expect(publishes()).toEqual({ [OTHERS]: 110 });
  open('d', 5);
  expect(publishes()).toEqual({ [OTHERS]: 115 });
});

test('an app that is called as the sum is counts in it', () => {
  const { open, publishes } = stage(5);
  open('a', 1);
  open(OTHERS, 2);
  expect(publishes()).toEqual({ a: 1, [OTHERS]: 2 });
});

test('without a name for any there is only the sum', () => {
  const { open, publishes } = stage(0);
  open('a', 1);
  open('b', 2);
  expect(publishes()).toEqual({ [OTHERS]: 3 });
});
