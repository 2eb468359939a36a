// Numbers that nobody waits for are told once and in order, and kept while they cannot be told.
import { describe, expect, test } from 'bun:test';
import { Recounts } from '../../src/cluster/redis/recounts.ts';
import { FakeClock } from '../support/clock.ts';

function setUp() {
  const told: (readonly [string, number])[] = [];
  const clock = new FakeClock();
  const state = { isOpen: true };
  const recounts = new Recounts(clock, () => state.isOpen, {
    subscribers: (topic, subscribers) => told.push([topic, subscribers]),
    connections: (app, connections) => told.push([app, connections]),
  });
  return { told, clock, state, recounts };
}

describe('numbers that nobody waits for', () => {
  test('are told when somebody asks, the latest only', () => {
    const { told, recounts } = setUp();
    for (const number of [1, 2, 3]) recounts.setSubscribers('app/news', number);
    recounts.flushChannel('app/news');
    recounts.flushChannel('app/news');
    expect(told).toEqual([['app/news', 3]]);
  });

  test('are kept while the node is away', () => {
    const { told, recounts, state } = setUp();
    state.isOpen = false;
    recounts.setSubscribers('app/news', 1);
    recounts.flushChannel('app/news');
    expect(told).toEqual([]);
    state.isOpen = true;
    recounts.flush();
    expect(told).toEqual([['app/news', 1]]);
  });

  test('are not told behind a newer number that another call tells', () => {
    const { told, recounts, state } = setUp();
    recounts.setSubscribers('app/news', 1);
    expect(recounts.take('app/news')).toBeNull();
    state.isOpen = false;
    recounts.setSubscribers('app/news', 2);
    expect(recounts.take('app/news')).toBe(2);
    state.isOpen = true;
    recounts.flush();
    expect(told).toEqual([['app/news', 1]]);
  });

  test('of connections are gathered for a moment', () => {
    const { told, clock, recounts } = setUp();
    recounts.setConnections('app', 1);
    clock.advance(19);
    recounts.setConnections('app', 2);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([['app', 2]]);
  });
});
