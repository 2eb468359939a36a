import { describe, expect, test } from 'bun:test';
import type { AppId, ChannelName } from '../protocol/ids.ts';
import { createCache, type EventCache } from './memory-cache.ts';

const APP = 'app' as AppId;
const NEWS = 'cache-news' as ChannelName;

function remember(cache: EventCache, channel: string, data: string, maxChannels = 100, ttlSeconds = 10): void {
  cache.remember(APP, channel as ChannelName, {
    event: { name: 'hello', data },
    ttlSeconds,
    maxChannels,
    maxSize: 1_000,
  });
}

function dataOf(cache: EventCache, channel: string): string | null {
  return cache.recall(APP, channel as ChannelName)?.event.data ?? null;
}

describe('the cache', () => {
  test('[P-4.18] knows the last event of a channel and nothing of another', () => {
    const cache = createCache({ now: () => 0 });
    remember(cache, NEWS, '1');
    remember(cache, NEWS, '2');
    expect(dataOf(cache, NEWS)).toBe('2');
    expect(dataOf(cache, 'cache-other')).toBeNull();
    expect(cache.recall('other' as AppId, NEWS)).toBeNull();
  });

  test('[P-4.18] tells the time that is left, and then forgets', () => {
    let nowMs = 5_000;
    const cache = createCache({ now: () => nowMs });
    remember(cache, NEWS, '1');
    const left = [5_000, 5_001, 6_000, 14_999, 15_000].map((moment) => {
      nowMs = moment;
      return cache.recall(APP, NEWS)?.leftMs ?? null;
    });
    expect(left).toEqual([10_000, 9_999, 9_000, 1, null]);
    nowMs = 5_000;
    expect(cache.recall(APP, NEWS)).toBeNull();
  });

  test('[P-4.18] forgets the event that was published longest ago when there are too many', () => {
    const cache = createCache({ now: () => 0 });
    for (const channel of ['a', 'b', 'c']) remember(cache, channel, channel, 3);
    remember(cache, 'a', 'again', 3);
    remember(cache, 'd', 'd', 3);
    expect(['a', 'b', 'c', 'd'].map((channel) => dataOf(cache, channel))).toEqual(['again', null, 'c', 'd']);
    remember(cache, 'e', 'e', 1);
    expect(['a', 'c', 'd', 'e'].map((channel) => dataOf(cache, channel))).toEqual([null, null, null, 'e']);
  });

  test('[P-4.18] forgets the oldest ones when they are too large together', () => {
    const cache = createCache({ now: () => 0 });
    for (const channel of ['a', 'b', 'c']) remember(cache, channel, channel.repeat(400));
    expect(['a', 'b', 'c'].map((channel) => dataOf(cache, channel)?.length ?? null)).toEqual([null, 400, 400]);
    remember(cache, 'c', '');
    remember(cache, 'd', 'd'.repeat(500));
    expect(['b', 'c', 'd'].map((channel) => dataOf(cache, channel)?.length ?? null)).toEqual([400, 0, 500]);
  });

  test('[P-4.18] frees what is over with the next event of any channel', () => {
    let nowMs = 0;
    const cache = createCache({ now: () => nowMs });
    remember(cache, 'a', '1');
    nowMs = 10_000;
    remember(cache, 'b', '2');
    // Had it been kept, it would be there again when the clock is set back.
    nowMs = 5_000;
    expect(dataOf(cache, 'a')).toBeNull();
  });

  test('[P-1.1] the events of one app do not push out those of another', () => {
    const cache = createCache({ now: () => 0 });
    remember(cache, NEWS, '1', 1);
    const event = { name: 'hello', data: '2' };
    cache.remember('other' as AppId, NEWS, { event, ttlSeconds: 10, maxChannels: 1, maxSize: 1_000 });
    expect(dataOf(cache, NEWS)).toBe('1');
  });
});
