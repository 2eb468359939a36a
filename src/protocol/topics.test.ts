import { expect, test } from 'bun:test';
import type { AppId, ChannelName, UserId } from './ids.ts';
import { topicOf, watchTopicOf } from './topics.ts';

test('[P-1.1] topics of the same channel or user in two apps differ', () => {
  const [one, two] = ['1', '2'] as [AppId, AppId];
  expect(topicOf(one, 'x' as ChannelName)).not.toBe(topicOf(two, 'x' as ChannelName));
  expect(watchTopicOf(one, 'x' as UserId)).not.toBe(watchTopicOf(two, 'x' as UserId));
});

test('[P-1.1] no channel has the topic on which a user is watched', () => {
  const app = '1' as AppId;
  for (const channel of ['@', '@x', 'x', '#server-to-user-/x']) {
    expect(topicOf(app, channel as ChannelName)).not.toBe(watchTopicOf(app, 'x' as UserId));
  }
});
