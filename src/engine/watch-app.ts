// Somebody watches an app: what happens in it, on all nodes, and how much flows.
import type { Watcher } from '../core/app-feed.ts';
import type { EntryFields } from '../core/feed.ts';
import { MOST_WATCHERS } from '../core/feeds.ts';
import type { AppId } from '../protocol/ids.ts';
import { listenToFeed, unlistenToFeed } from './ask-nodes.ts';
import type { Engine } from './engine.ts';
import { askForFeed, closeFeeds, openFeed } from './observe-feeds.ts';

/** Begins to show the watcher what happens; the answer ends it. Null when too many watch on this node already. */
export function watchApp(engine: Engine, app: AppId, watcher: Watcher): (() => void) | null {
  if (engine.feeds.watchers >= MOST_WATCHERS) return null;
  const feed = openFeed(engine, app);
  feed.watchers.add(watcher);
  if (feed.watchers.size === 1) void listenToFeed(engine, app).then(() => askForFeed(engine, app));
  return () => {
    if (!feed.watchers.delete(watcher) || feed.watchers.size > 0) return;
    unlistenToFeed(engine, app);
    closeFeeds(engine);
  };
}

/** Adds what has happened outside the engine; nothing when nobody watches. */
export function noteEntry({ feeds }: Engine, app: AppId, fields: EntryFields, atMs: number): void {
  feeds.of(app)?.tell(() => feeds.entry(fields, atMs));
}
