// A backend publishes. The hot path in full: encode once, publish once; deliver.ts does the rest.
import type { App } from '../core/app.ts';
import { channelKind, serverToUserChannel } from '../protocol/channel-name.ts';
import type { ChannelName, SocketId, UserId } from '../protocol/ids.ts';
import { NO_INFO, type PublishRequest } from '../protocol/publish-request.ts';
import { event as encode, eventFrames, type PublishedEvent } from '../protocol/server-message.ts';
import { type Answer, then } from './answer.ts';
import type { Engine } from './engine.ts';
import type { Once, Publication, Published, Remember } from './ports.ts';

/** Sends the event to each channel of the request; the answer comes when the cluster has taken all of it. */
export function publish(engine: Engine, app: App, request: PublishRequest): Answer<void> {
  const { event, channels, except } = request;
  const [channel] = channels;
  if (channel === undefined || channels.length > 1) {
    return then(publishAll(engine, app, [request], null), () => undefined);
  }
  const { delivery, remember } = publicationOf(engine, app, channel, event, encode(channel, event), except);
  return engine.cluster.bus.publish(delivery, remember ?? undefined);
}

/** Sends all of them or none. @param once what the backend calls them, so that it may send them again. */
export function publishAll(
  engine: Engine,
  app: App,
  requests: readonly PublishRequest[],
  once: Once | null,
): Answer<Published> {
  const publications = requests.flatMap(({ event, channels, except }) => {
    const frameFor = eventFrames(event);
    return channels.map((channel) => publicationOf(engine, app, channel, event, frameFor(channel), except));
  });
  return engine.cluster.bus.publishAll(publications, once);
}

/** A request for all connections that are signed in as the user (P-6.2): one for the channel of the user. */
export function requestForUser(event: PublishedEvent, user: UserId): PublishRequest {
  return { event, channels: [serverToUserChannel(user)], except: null, info: NO_INFO };
}

function publicationOf(
  engine: Engine,
  app: App,
  channel: ChannelName,
  event: PublishedEvent,
  frame: string,
  except: SocketId | null,
): Publication {
  engine.observeTraffic?.({ kind: 'published', app: app.id, channel, event: event.name, data: event.data });
  const remember = channelKind(channel).cache ? rememberOf(app, event) : null;
  const keptSeconds = remember?.ttlSeconds ?? 0;
  return { delivery: { kind: 'event', app: app.id, channel, frame, except, keptSeconds }, remember };
}

function rememberOf({ limits }: App, event: PublishedEvent): Remember {
  const { cacheSeconds: ttlSeconds, cachedEvents: maxChannels, cachedBytes: maxSize } = limits;
  return { event, ttlSeconds, maxChannels, maxSize };
}
