// What a backend may know of its channels. Every count is a single read.
import type { App } from '../core/app.ts';
import { channelKind } from '../protocol/channel-name.ts';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import type { Info } from '../protocol/publish-request.ts';
import { type Answer, then } from './answer.ts';
import type { Engine } from './engine.ts';
import type { CachedEvent, ChannelCount } from './ports.ts';

/** The attributes that were asked for and apply to the channel. */
export interface Attributes {
  readonly user_count?: number;
  readonly subscription_count?: number;
  readonly cache?: { readonly event: string; readonly data: string; readonly ttl: number } | null;
}

/** One channel's attributes, and whether anybody is subscribed. */
export interface Inspected {
  readonly isOccupied: boolean;
  readonly attributes: Attributes;
}

export function inspectChannel(engine: Engine, app: App, channel: ChannelName, info: Info): Answer<Inspected> {
  const { ledger } = engine.cluster;
  return then(ledger.count(app.id, channel), (count) => {
    const isOccupied = count.subscribers > 0;
    const attributes = attributesOf(channel, count, info);
    if (!info.cache || !channelKind(channel).cache) return { isOccupied, attributes };
    return then(ledger.recall(app.id, channel), (cached) => ({
      isOccupied,
      attributes: { ...attributes, cache: describe(cached) },
    }));
  });
}

function describe(cached: CachedEvent | null): (Attributes['cache'] & object) | null {
  if (cached === null) return null;
  return { event: cached.event.name, data: cached.event.data, ttl: Math.ceil(cached.leftMs / 1000) };
}

function attributesOf(channel: ChannelName, count: ChannelCount, info: Info): Attributes {
  return {
    ...(info.userCount && channelKind(channel).presence ? { user_count: count.users } : {}),
    ...(info.subscriptionCount ? { subscription_count: count.subscribers } : {}),
  };
}

/** The occupied channels whose names begin with the prefix. */
export function inspectChannels(
  engine: Engine,
  app: App,
  prefix: string,
  info: Info,
): Answer<ReadonlyMap<ChannelName, Attributes>> {
  return then(
    engine.cluster.ledger.channels(app.id, prefix),
    (counts) => new Map([...counts].map(([channel, count]) => [channel, attributesOf(channel, count, info)])),
  );
}

export function inspectMembers(engine: Engine, app: App, channel: ChannelName): Answer<readonly UserId[]> {
  return engine.cluster.ledger.members(app.id, channel);
}
