// The last events of cache channels, in memory: bounded in number and size per app, and each forgotten when its time is up.
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
  forget(app: AppId): void;
}

export function createCache(clock: Pick<Clock, 'now'>): EventCache {
  const apps = new Map<AppId, AppCache>();
  return {
    remember(app, channel, wanted) {
      const cache = apps.get(app) ?? new AppCache();
      apps.set(app, cache);
      cache.remember(channel, wanted, clock.now());
    },
    recall: (app, channel) => apps.get(app)?.recall(channel, clock.now()) ?? null,
    forget: (app) => void apps.delete(app),
  };
}

class AppCache {
  // A map keeps the order of insertion, so its first entry is the one that was published longest ago.
  readonly #entries = new Map<ChannelName, Entry>();
  #size = 0;

  remember(channel: ChannelName, { event, ttlSeconds, maxChannels, maxSize }: Remember, nowMs: number): void {
    this.#forget(channel);
    this.#entries.set(channel, { event, expiresAtMs: nowMs + ttlSeconds * 1000 });
    this.#size += sizeOf(event);
    for (const [oldest, { expiresAtMs }] of this.#entries) {
      const fits = this.#entries.size <= maxChannels && this.#size <= maxSize;
      if (fits && expiresAtMs > nowMs) return;
      this.#forget(oldest);
    }
  }

  recall(channel: ChannelName, nowMs: number): CachedEvent | null {
    const entry = this.#entries.get(channel);
    if (entry === undefined) return null;
    const leftMs = entry.expiresAtMs - nowMs;
    if (leftMs > 0) return { event: entry.event, leftMs };
    this.#forget(channel);
    return null;
  }

  #forget(channel: ChannelName): void {
    const entry = this.#entries.get(channel);
    if (entry === undefined) return;
    this.#entries.delete(channel);
    this.#size -= sizeOf(entry.event);
  }
}

// Characters, which is near enough to bytes for a bound, and costs nothing.
function sizeOf({ name, data }: PublishedEvent): number {
  return name.length + data.length;
}
