import { expect, test } from 'bun:test';
import type { Fact } from '../core/facts.ts';
import type { AppId, ChannelName } from '../protocol/ids.ts';
import { FactQueue } from './queue.ts';

const fact = (name: 'channel_occupied' | 'channel_vacated' | 'cache_miss', channel: string): Fact => ({
  name,
  app: 'app' as AppId,
  channel: channel as ChannelName,
});
const named = (facts: readonly Fact[]): string[] => facts.map(({ name, channel }) => `${name} ${channel}`);

test('[W-4.2] what does not fit is lost, and counted, unless it says who is there: of that the latest stays', () => {
  const queue = new FactQueue({ facts: 2, memberships: 2 });
  for (const channel of ['a', 'b', 'c']) queue.add(fact('cache_miss', channel));
  for (const name of ['channel_occupied', 'channel_vacated', 'channel_occupied'] as const) queue.add(fact(name, 'd'));
  queue.add(fact('channel_vacated', 'e'));
  queue.add(fact('channel_vacated', 'f'));
  expect(queue.lost).toBe(2);
  expect(named(queue.take())).toEqual(['cache_miss a', 'cache_miss b']);
  expect(queue.hasMore).toBe(false);
  queue.written(1);
  expect(queue.hasMore).toBe(true);
  expect(named(queue.take())).toEqual(['channel_occupied d']);
  queue.add(fact('channel_occupied', 'g'));
  queue.written(2);
  expect(named(queue.take())).toEqual(['channel_vacated e', 'channel_occupied g']);
  queue.written(2);
  queue.add(fact('cache_miss', 'h'));
  expect(named(queue.take())).toEqual(['cache_miss h']);
});
