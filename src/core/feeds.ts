// The live feeds of one node: those of the apps that somebody watches, here or on another node. Empty most of the time.
import type { AppId } from '../protocol/ids.ts';
import { AppFeed } from './app-feed.ts';
import type { Entry, EntryFields, SignedInUser } from './feed.ts';
import { Rates } from './rates.ts';

/** How many may watch on one node. */
export const MOST_WATCHERS = 20;

export class Feeds {
  readonly #feeds = new Map<AppId, AppFeed>();
  /** Questions to all nodes that are still open: id → what takes an answer. */
  readonly questions = new Map<string, (users: readonly SignedInUser[]) => void>();
  /** Of this life of the node. Empty until somebody watches. */
  source = '';
  /** The name of this node, as far as it is known. */
  node = '';
  /** Ends the observing; null while nobody watches. */
  end: (() => void) | null = null;
  /** Why connections are closed, by socket id, until they are gone. */
  readonly closing = new Map<string, string>();
  /** How many on this node listen to what other nodes tell of an app. */
  readonly listeners = new Map<AppId, number>();
  readonly rates = new Rates();
  #entries = 0;

  of(app: AppId): AppFeed | undefined {
    return this.#feeds.get(app);
  }

  open(app: AppId, nowMs: number): AppFeed {
    const known = this.#feeds.get(app);
    if (known !== undefined) return known;
    const feed = new AppFeed(app, nowMs);
    this.#feeds.set(app, feed);
    return feed;
  }

  close(app: AppId): void {
    this.#feeds.delete(app);
  }

  all(): Iterable<AppFeed> {
    return this.#feeds.values();
  }

  get size(): number {
    return this.#feeds.size;
  }

  /** Those who watch any app on this node. */
  get watchers(): number {
    let count = 0;
    for (const { watchers } of this.#feeds.values()) count += watchers.size;
    return count;
  }

  /** The entry with its place and time. */
  entry(fields: EntryFields, atMs: number): Entry {
    this.#entries++;
    return { id: `${this.source}-${this.#entries}`, atMs, node: this.node, ...fields };
  }
}
