import { expect, test } from 'bun:test';
import type { AppId, ChannelName } from '../protocol/ids.ts';
import type { App } from './app.ts';
import { Space } from './space.ts';

const spaceWith = (requestsPerSecond: number, messagesPerSecond = 0) =>
  new Space({ id: 'app' as AppId, limits: { requestsPerSecond, messagesPerSecond } } as App);

test('a channel is opened once and closed by whoever takes it out', () => {
  const space = spaceWith(0);
  const name = 'presence-room' as ChannelName;
  const channel = space.openChannel(name);
  expect(space.openChannel(name)).toBe(channel);
  expect([channel.topic, channel.subscribers, channel.kind.presence]).toEqual(['app/presence-room', 0, true]);
  space.channels.delete(name);
  expect(space.openChannel(name)).not.toBe(channel);
});

test('without a limit no request waits', () => {
  const space = spaceWith(0);
  for (let request = 0; request < 1_000; request++) expect(space.takeRequest(0)).toBe(0);
});

test('a request beyond the rate is told how long to wait, at least a millisecond', () => {
  const space = spaceWith(2);
  expect([0, 0, 0].map((nowMs) => space.takeRequest(nowMs))).toEqual([0, 0, 500]);
  expect(space.takeRequest(499.9)).toBe(1);
  expect(space.takeRequest(500)).toBe(0);
});

test('[H-9.7] broadcasts beyond the rate are told how long to wait', () => {
  const space = spaceWith(0, 4);
  expect([space.takeMessages(4, 0), space.takeMessages(2, 0), space.takeMessages(2, 500)]).toEqual([0, 500, 0]);
  expect(spaceWith(0).takeMessages(1_000_000, 0)).toBe(0);
});
