// The names of topics as Redis has them, and what they say: messages on a topic do not repeat it.
import { userOfChannel } from '../../protocol/channel-name.ts';
import type { AppId, ChannelName, UserId } from '../../protocol/ids.ts';
import { EVERY_NODE, feedTopicOf } from '../../protocol/topics.ts';
import { packText } from '../../redis/text.ts';

/** What a topic is about; what it does not say is empty. */
export interface Subject {
  readonly app: AppId;
  readonly channel: ChannelName;
  /** The watched user, or the one whose events the channel carries. */
  readonly user: UserId;
}

const WATCH = '@/';
const FEED = feedTopicOf('' as AppId);

const NOTHING = { channel: '' as ChannelName, user: '' as UserId };

// No app id has a slash, and no channel begins with `@/`.
function split(topic: string): { readonly app: string; readonly rest: string } {
  const slash = topic.indexOf('/');
  return { app: topic.slice(0, slash), rest: topic.slice(slash + 1) };
}

/** The same topic in bytes that Redis keeps. */
export function packTopic(topic: string): string {
  if (topic === EVERY_NODE) return topic;
  const { app, rest } = split(topic);
  const packed = rest.startsWith(WATCH) ? WATCH + packText(rest.slice(WATCH.length)) : packText(rest);
  return `${app}/${packed}`;
}

export function subjectOf(topic: string): Subject {
  if (topic === EVERY_NODE) return { app: '' as AppId, ...NOTHING };
  const { app, rest } = split(topic);
  if (topic.startsWith(FEED)) return { app: rest as AppId, ...NOTHING };
  const isWatched = rest.startsWith(WATCH);
  const user = isWatched ? rest.slice(WATCH.length) : (userOfChannel(rest as ChannelName) ?? '');
  return { app: app as AppId, channel: (isWatched ? '' : rest) as ChannelName, user: user as UserId };
}
