// A backend publishes. The hot path in full: encode once, publish once; deliver.ts does the rest.
import type { App } from '../core/app.ts';
import { channelKind, serverToUserChannel } from '../protocol/channel-name.ts';
import type { ChannelName, SocketId, UserId } from '../protocol/ids.ts';
import type { PublishRequest } from '../protocol/publish-request.ts';
import { event as encode, eventFrames, type PublishedEvent } from '../protocol/server-message.ts';
import { type Answer, all } from './answer.ts';
import type { Engine } from './engine.ts';

/** Sends the event to each channel of the request; the answer comes when the cluster has taken all of it. */
export function publish(engine: Engine, app: App, { event, channels, except }: PublishRequest): Answer<void> {
  const [channel] = channels;
  if (channels.length === 1 && channel !== undefined) {
    return publishFrame(engine, app, channel, event, encode(channel, event), except);
  }
  const frameFor = eventFrames(event);
  return all(channels.map((each) => publishFrame(engine, app, each, event, frameFor(each), except)));
}

/** Sends the event to all connections that are signed in as the user (P-6.2). */
export function publishToUser(engine: Engine, app: App, user: UserId, event: PublishedEvent): Answer<void> {
  const channel = serverToUserChannel(user);
  return publishFrame(engine, app, channel, event, encode(channel, event), null);
}

function publishFrame(
  engine: Engine,
  app: App,
  channel: ChannelName,
  event: PublishedEvent,
  frame: string,
  except: SocketId | null,
): Answer<void> {
  engine.observeTraffic?.({ kind: 'published', app: app.id, channel, event: event.name });
  const delivery = { kind: 'event', app: app.id, channel, frame, except } as const;
  if (!channelKind(channel).cache) return engine.cluster.bus.publish(delivery);
  const { cacheSeconds: ttlSeconds, cachedEvents: maxChannels, cachedBytes: maxSize } = app.limits;
  return engine.cluster.bus.publish(delivery, { event, ttlSeconds, maxChannels, maxSize });
}
