// Names of the native topics that carry frames to their readers. An app id has no slash, so topics of two apps never
// meet; no channel name begins with `@/`, so a channel never meets a watched user; no user id is empty, so no watched
// user meets the app itself.
import type { AppId, ChannelName, UserId } from './ids.ts';

/** The topic of a channel. */
export function topicOf(app: AppId, channel: ChannelName): string {
  return `${app}/${channel}`;
}

/** The topic on which the watchers of a user learn of the user's coming and going. */
export function watchTopicOf(app: AppId, user: UserId): string {
  return `${app}/@/${user}`;
}

/** The topic on which nodes learn what concerns the app as a whole. */
export function appTopicOf(app: AppId): string {
  return `${app}/@/`;
}

/** The topic on which nodes tell those that watch the app what happens in it. No app id begins with `@`. */
export function feedTopicOf(app: AppId): string {
  return `@feed/${app}`;
}

/** The topic that all nodes listen to. */
export const EVERY_NODE = '@';
