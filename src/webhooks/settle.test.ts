import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Fact } from '../core/facts.ts';
import type { AppId, ChannelName, SocketId, UserId } from '../protocol/ids.ts';
import { Settle, type Subject, subjectOfKey } from './settle.ts';

const app = 'app' as AppId;
const room = 'presence-room' as ChannelName;
const user = 'u' as UserId;
const OPTIONS = { graceMs: 3_000, missWindowMs: 3_000 };

const channelFact = (name: 'channel_occupied' | 'channel_vacated' | 'cache_miss', channel = room): Fact => ({
  name,
  app,
  channel,
});
const memberFact = (name: 'member_added' | 'member_removed', who = user): Fact => ({
  name,
  app,
  channel: room,
  user: who,
});

/** A settle whose story is told as facts and moments, and answers with the names of what is told. */
function story(announced: readonly Subject[] = [], options = OPTIONS, leftAtMs: number | null = 0) {
  const settle = new Settle(options, announced, leftAtMs);
  const at = (nowMs: number, ...facts: readonly Fact[]): string[] => {
    const told = [...settle.expired(nowMs)].map(({ fact }) => fact.name);
    for (const fact of facts) {
      const settled = settle.settle(fact, nowMs);
      if (settled !== null) told.push(settled.fact.name);
    }
    return told;
  };
  return { settle, at };
}

describe('coming and going', () => {
  test('[W-2.1] is told at once and after the grace', () => {
    const { settle, at } = story();
    expect(at(0, channelFact('channel_occupied'), memberFact('member_added'))).toEqual([
      'channel_occupied',
      'member_added',
    ]);
    expect(settle.nextDueMs).toBeNull();
    expect(at(100, memberFact('member_removed'), channelFact('channel_vacated'))).toEqual([]);
    expect(settle.nextDueMs).toBe(3_100);
    expect(at(3_099)).toEqual([]);
    expect(at(3_100)).toEqual(['member_removed', 'channel_vacated']);
    expect(settle.nextDueMs).toBeNull();
  });

  test('[W-2.1] is not told when it is taken back within the grace', () => {
    const { at } = story();
    at(0, channelFact('channel_occupied'));
    expect(at(1, channelFact('channel_vacated'))).toEqual([]);
    expect(at(3_000, channelFact('channel_occupied'))).toEqual([]);
    expect(at(10_000)).toEqual([]);
  });

  test('[W-2.1] of one member does not touch another', () => {
    const { at } = story();
    const other = 'v' as UserId;
    at(0, memberFact('member_added'), memberFact('member_added', other));
    at(1, memberFact('member_removed'), memberFact('member_removed', other));
    expect(at(2, memberFact('member_added', other))).toEqual([]);
    expect(at(9_000)).toEqual(['member_removed']);
  });

  test('[W-2.3] those whom the journal remembers have left when it starts, members before their channel', () => {
    const { at } = story([
      { app, channel: room, user: null },
      { app, channel: room, user },
    ]);
    expect(at(2_999)).toEqual([]);
    expect(at(3_000)).toEqual(['member_removed', 'channel_vacated']);
  });

  test('[W-2.3] and are told nothing about when they come back in time', () => {
    const { at } = story([{ app, channel: room, user: null }]);
    expect(at(2_000, channelFact('channel_occupied'))).toEqual([]);
    expect(at(9_000, channelFact('channel_vacated'))).toEqual([]);
    expect(at(12_000)).toEqual(['channel_vacated']);
  });

  test('[W-2.4] what was never told to be there is not told to be gone', () => {
    const { settle, at } = story();
    expect(at(0, channelFact('channel_vacated'))).toEqual([]);
    expect(settle.nextDueMs).toBeNull();
  });

  test('[W-2.4] what is forgotten counts as new', () => {
    const { settle, at } = story();
    at(0, channelFact('channel_occupied'));
    expect(settle.forget(() => false).map(subjectOfKey)).toEqual([{ app, channel: room, user: null }]);
    expect(at(1, channelFact('channel_occupied'))).toEqual(['channel_occupied']);
  });

  test('[W-2.2] alternates, whatever happens and however often it starts anew', () => {
    const step = fc.record({
      what: fc.constantFrom('come', 'go', 'restart', 'wait'),
      channel: fc.constantFrom('a', 'b'),
      waitMs: fc.nat(4_000),
    });
    const runs = fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(0, 1_000), (steps, graceMs) => {
      const options = { graceMs, missWindowMs: 1 };
      const kept = new Set<string>();
      const told: string[] = [];
      let settle = new Settle(options, [], 0);
      let nowMs = 0;
      const take = (settled: ReturnType<Settle['settle']>): void => {
        if (settled === null || settled.announced === null) return;
        const { key, isThere } = settled.announced;
        // Told to be there only when it was not, and to be gone only when it was.
        expect(kept.has(key)).toBe(!isThere);
        if (isThere) kept.add(key);
        else kept.delete(key);
        told.push(settled.fact.name);
      };
      for (const { what, channel, waitMs } of steps) {
        for (const settled of settle.expired(nowMs)) take(settled);
        if (what === 'wait') nowMs += waitMs;
        else if (what === 'restart') settle = new Settle(options, [...kept].map(subjectOfKey), nowMs);
        else {
          const name = what === 'come' ? 'channel_occupied' : 'channel_vacated';
          take(settle.settle(channelFact(name, channel as ChannelName), nowMs));
        }
      }
    });
    fc.assert(runs, { numRuns: 500 });
  });
});

describe('a look at who is there', () => {
  const subjects: readonly Subject[] = [
    { app, channel: room, user: null },
    { app, channel: room, user },
  ];

  test('[W-6.4] finds who has left, members first, and they get the grace', () => {
    const { settle, at } = story(subjects, OPTIONS, null);
    expect(at(10_000)).toEqual([]);
    settle.beginLook();
    settle.endLook(settle.announcedLastFirst(), 10_000);
    expect(at(12_999)).toEqual([]);
    expect(at(13_000)).toEqual(['member_removed', 'channel_vacated']);
  });

  test('[W-6.4] knows less than a fact that has come meanwhile, and changes nothing of who is leaving already', () => {
    const { settle, at } = story(subjects, OPTIONS, null);
    at(0, memberFact('member_removed'));
    settle.beginLook();
    at(1_000, channelFact('channel_occupied'));
    settle.endLook(settle.announcedLastFirst(), 2_000);
    expect(at(3_000)).toEqual(['member_removed']);
    expect(at(100_000)).toEqual([]);
  });
});

describe('what passes', () => {
  test('[W-1.5] the misses of one channel are told once in a while', () => {
    const { at } = story();
    const other = 'cache-other' as ChannelName;
    expect(at(0, channelFact('cache_miss'), channelFact('cache_miss'), channelFact('cache_miss', other))).toEqual([
      'cache_miss',
      'cache_miss',
    ]);
    expect(at(2_999, channelFact('cache_miss'))).toEqual([]);
    expect(at(3_000, channelFact('cache_miss'))).toEqual(['cache_miss']);
  });

  test('every client event is told', () => {
    const { at } = story();
    const socketId = '1.1' as SocketId;
    const event: Fact = { name: 'client_event', app, channel: room, event: 'client-a', rawData: '1', socketId, user };
    expect(at(0, event, event)).toEqual(['client_event', 'client_event']);
  });
});
