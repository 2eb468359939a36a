// The last events of cache channels, in memory: bounded in number per app, and each forgotten when its time is up.
import type { CachedEvent, Clock, Remember } from '../engine/ports.ts';
import type { AppId, ChannelName } from '../protocol/ids.ts';
import type { PublishedEvent } from '../protocol/server-message.ts';

interface Entry {
  readonly event: PublishedEvent;
  readonly expiresAtMs: number;
}

export interface EventCache {
  remember(app: AppId, channel: ChannelName, remember: Remember): void;
  recall(app: AppId, channel: ChannelName): CachedEvent | null;
}

export function createCache(clock: Pick<Clock, 'now'>): EventCache {
  // A map keeps the order of insertion, so its first entry is the one that was published longest ago.
  const apps = new Map<AppId, Map<ChannelName, Entry>>();

  return {
    remember(app, channel, { event, ttlSeconds, maxChannels }) {
      const entries = apps.get(app) ?? new Map<ChannelName, Entry>();
      apps.set(app, entries);
      entries.delete(channel);
      entries.set(channel, { event, expiresAtMs: clock.now() + ttlSeconds * 1000 });
      const nowMs = clock.now();
      for (const [oldest, { expiresAtMs }] of entries) {
        if (entries.size <= maxChannels && expiresAtMs > nowMs) break;
        entries.delete(oldest);
      }
    },
    recall(app, channel) {
      const entries = apps.get(app);
      const entry = entries?.get(channel);
      if (entry === undefined) return null;
      const leftMs = entry.expiresAtMs - clock.now();
      if (leftMs > 0) return { event: entry.event, ttlSeconds: Math.ceil(leftMs / 1000) };
      entries?.delete(channel);
      return null;
    },
  };
}
