// The live feed of one app on one node: what the node itself has to tell, and what all nodes have told those who watch here.
import type { AppId } from '../protocol/ids.ts';
import type { Entry, FeedPart, Sample } from './feed.ts';
import { Gathering } from './gathering.ts';
import { NO_USAGE } from './usage.ts';

/** Somebody who watches. */
export interface Watcher {
  /** Whether it is shown what concerns the server as a whole. */
  readonly isAdmin: boolean;
  show(shown: Shown): void;
}

export type Shown =
  | { readonly kind: 'happenings'; readonly entries: readonly Entry[] }
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'dropped'; readonly count: number };

/** Several nodes tell the same change of a member within that time. */
const SAME_CHANGE_MS = 1_500;
/** A node that has said nothing for so long has no connections any more. */
const SILENT_MS = 3_500;

interface Told {
  readonly source: string;
  readonly atMs: number;
}

export class AppFeed {
  readonly app: AppId;
  readonly openedAtMs: number;
  readonly watchers = new Set<Watcher>();
  /** Until then other nodes want to be told. */
  askedUntilMs = 0;
  /** What the node's counters said at its last sample. */
  counted = NO_USAGE;
  /** Occupied channels on all nodes, where somebody has asked; null where this node's are all. */
  channelsOfAll: number | null = null;
  readonly #own = new Gathering();
  readonly #ownOfServer = new Gathering();
  readonly #shown = new Gathering();
  readonly #shownOfServer = new Gathering();
  /** By type, channel and user: who has told a change of a member. */
  readonly #changes = new Map<string, Told>();
  readonly #samples = new Map<string, { readonly sample: Sample; readonly atMs: number }>();
  #flow = { publishes: 0, messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0, errors: 0 };

  constructor(app: AppId, nowMs: number) {
    this.app = app;
    this.openedAtMs = nowMs;
  }

  /** Adds what this node has to tell, unless there is too much of it. @param make is only called when there is room. */
  tell(make: () => Entry, isOfServer = false): void {
    const gathering = isOfServer ? this.#ownOfServer : this.#own;
    if (gathering.takesOne()) gathering.add(make());
  }

  /** What the node has gathered since it was last taken; null when that is nothing. */
  take(source: string, sample: Sample | null): FeedPart | null {
    const [entries, serverEntries] = [this.#own.takeEntries(), this.#ownOfServer.takeEntries()];
    const dropped = this.#own.takeDropped() + this.#ownOfServer.takeDropped();
    if (sample === null && entries.length === 0 && serverEntries.length === 0 && dropped === 0) return null;
    return { source, entries, serverEntries, dropped, sample };
  }

  /** Takes in what a node has told, be it this one or another. */
  hear({ source, entries, serverEntries, dropped, sample }: FeedPart, nowMs: number): void {
    if (sample !== null) this.#hearSample(source, sample, nowMs);
    this.#shown.drop(dropped);
    for (const entry of entries) {
      if (!this.#isToldBefore(source, entry, nowMs) && this.#shown.takesOne()) this.#shown.add(entry);
    }
    for (const entry of serverEntries) if (this.#shownOfServer.takesOne()) this.#shownOfServer.add(entry);
  }

  /** Shows what was heard to all who watch here. */
  show(): void {
    const entries = this.#shown.takeEntries();
    const serverEntries = this.#shownOfServer.takeEntries();
    for (const watcher of this.watchers) {
      const all = watcher.isAdmin && serverEntries.length > 0 ? [...entries, ...serverEntries] : entries;
      if (all.length > 0) watcher.show({ kind: 'happenings', entries: all });
    }
  }

  /** A second is over: shows how much has flowed in it, and begins the next. @param source this node. */
  endSecond(source: string, nowMs: number): void {
    for (const gathering of [this.#own, this.#ownOfServer, this.#shown, this.#shownOfServer]) gathering.refill();
    for (const [change, { atMs }] of this.#changes) if (nowMs - atMs > SAME_CHANGE_MS) this.#changes.delete(change);
    for (const [node, { atMs }] of this.#samples) if (nowMs - atMs > SILENT_MS) this.#samples.delete(node);
    const dropped = this.#shown.takeDropped() + this.#shownOfServer.takeDropped();
    const sample = this.#sample(source, nowMs);
    for (const watcher of this.watchers) {
      watcher.show({ kind: 'sample', sample });
      if (dropped > 0) watcher.show({ kind: 'dropped', count: dropped });
    }
  }

  /** Whether other nodes have told how much flows there. */
  hasOthers(source: string): boolean {
    return this.#samples.size > (this.#samples.has(source) ? 1 : 0);
  }

  #sample(source: string, nowMs: number): Sample {
    let connections = 0;
    for (const { sample } of this.#samples.values()) connections += sample.connections;
    const channels = this.channelsOfAll ?? this.#samples.get(source)?.sample.channels ?? 0;
    const flow = this.#flow;
    this.#flow = { publishes: 0, messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0, errors: 0 };
    return { atMs: nowMs, connections, channels, ...flow };
  }

  #hearSample(source: string, sample: Sample, nowMs: number): void {
    this.#samples.set(source, { sample, atMs: nowMs });
    const flow = this.#flow;
    flow.publishes += sample.publishes;
    flow.messagesIn += sample.messagesIn;
    flow.messagesOut += sample.messagesOut;
    flow.bytesIn += sample.bytesIn;
    flow.bytesOut += sample.bytesOut;
    flow.errors += sample.errors;
  }

  // Each node with subscribers hears of a member, and nodes that share an outbox all read its log; the first one that tells
  // it counts. A node tells its own changes in order, so what it tells again is another change.
  #isToldBefore(source: string, entry: Entry, nowMs: number): boolean {
    const change = whatAllTell(entry);
    if (change === null) return false;
    const before = this.#changes.get(change);
    if (before !== undefined && before.source !== source && nowMs - before.atMs <= SAME_CHANGE_MS) return true;
    this.#changes.set(change, { source, atMs: nowMs });
    return false;
  }
}

/** What several nodes may tell of one and the same thing; null where only one does. */
function whatAllTell({ type, channel, user, endpoint, atMs, status }: Entry): string | null {
  if (type === 'member-added' || type === 'member-removed') return JSON.stringify([type, channel, user]);
  return type === 'webhook' ? JSON.stringify([type, endpoint, atMs, status]) : null;
}
