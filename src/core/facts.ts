// What an app's backend may want to be told of: each becomes an event of a webhook. Whoever makes it true tells it, in
// the same step.
import type { AppId, ChannelName, SocketId, UserId } from '../protocol/ids.ts';

export const WEBHOOK_EVENTS = [
  'channel_occupied',
  'channel_vacated',
  'member_added',
  'member_removed',
  'client_event',
  'cache_miss',
  'subscription_count',
] as const;

export type WebhookEventName = (typeof WEBHOOK_EVENTS)[number];

/** What a new endpoint is sent unless told: `subscription_count` is noisy. */
export const DEFAULT_WEBHOOK_EVENTS: readonly WebhookEventName[] = WEBHOOK_EVENTS.filter(
  (name) => name !== 'subscription_count',
);

export type Fact = MembershipFact | PassingFact;

/** Somebody has come, or the last one has gone. Only the latest about a channel or a member is true. */
export type MembershipFact =
  | { readonly name: 'channel_occupied' | 'channel_vacated'; readonly app: AppId; readonly channel: ChannelName }
  | {
      readonly name: 'member_added' | 'member_removed';
      readonly app: AppId;
      readonly channel: ChannelName;
      readonly user: UserId;
    };

/** Something that has happened and is over. */
export type PassingFact =
  | {
      readonly name: 'client_event';
      readonly app: AppId;
      readonly channel: ChannelName;
      readonly event: string;
      /** The data as the client sent it, in JSON. */
      readonly rawData: string;
      readonly socketId: SocketId;
      /** In a presence channel, who sent it. */
      readonly user: UserId | null;
    }
  | { readonly name: 'cache_miss'; readonly app: AppId; readonly channel: ChannelName }
  | {
      readonly name: 'subscription_count';
      readonly app: AppId;
      readonly channel: ChannelName;
      readonly count: number;
    };

/** Where an app's events are sent, as the configuration or the store has it. */
export interface WebhookSettings {
  readonly url: string;
  readonly enabled: boolean;
  readonly events: readonly WebhookEventName[];
  /** Beginnings of channel names; empty takes every channel. */
  readonly channelPrefixes: readonly string[];
  /** Sent with every post. */
  readonly headers: Readonly<Record<string, string>>;
}
