// What apps use, counted where it happens and rolled up into minutes, hours and days (UTC). Counts only grow, so nothing
// is ever negative.
import type { AppId } from '../protocol/ids.ts';

export interface UsageCounts extends UsageSums {
  /** The most connections at once. */
  readonly peakConnections: number;
}

/** What is added up. */
export interface UsageSums {
  /** One for each channel or user that an event was addressed to, whatever the number of subscribers. */
  readonly broadcasts: number;
  readonly clientEvents: number;
  /** Signed HTTP requests that were let in. */
  readonly requests: number;
  /** What clients have sent, whatever it was. */
  readonly messagesIn: number;
  /** Frames for the subscribers of channels, one for each of them; what only one connection is told does not count. */
  readonly messagesOut: number;
  /** Of what clients have sent, and of the bodies of requests; a character counts as one. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** What was refused: connections, commands of clients, requests. */
  readonly errors: number;
}

const SUMS = [
  'broadcasts',
  'clientEvents',
  'requests',
  'messagesIn',
  'messagesOut',
  'bytesIn',
  'bytesOut',
  'errors',
] as const satisfies readonly (keyof UsageSums)[];

/** What has been added to the sums since they were like that. */
export function addedSince(before: UsageSums, now: UsageSums): UsageSums {
  return sumsOf((name) => now[name] - before[name]);
}

function sumsOf(of: (name: keyof UsageSums) => number): UsageSums {
  // Each name stands in the list once.
  return Object.fromEntries(SUMS.map((name) => [name, of(name)])) as unknown as UsageSums;
}

export const NO_USAGE: UsageSums = sumsOf(() => 0);

export type UsageSpan = keyof typeof SPAN_MS;

/** The counts of one app in one span of time; what is told later about the same span comes on top. */
export interface UsageRecord extends UsageCounts {
  readonly appId: AppId;
  readonly span: UsageSpan;
  readonly startMs: number;
}

const SPAN_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const SPANS = Object.keys(SPAN_MS) as readonly UsageSpan[];

/** The counts of one app: they only grow. Plain numbers, since they lie on the way of every event. */
export class UsageCounter implements UsageCounts {
  broadcasts = 0;
  clientEvents = 0;
  requests = 0;
  messagesIn = 0;
  messagesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  errors = 0;
  peakConnections = 0;
  #taken = NO_USAGE;
  #toldMinuteMs = Number.NEGATIVE_INFINITY;
  #toldPeak = 0;

  /**
   * What is new since it was last taken; null when nothing is, which a peak is not that the minute already has.
   * @param connections those that stay, with which the next peak begins.
   * @param atMs the moment that it counts for.
   */
  take(connections: number, atMs: number): UsageCounts | null {
    const { peakConnections } = this;
    const added = addedSince(this.#taken, this);
    this.peakConnections = connections;
    const minuteMs = startOf('minute', atMs);
    const isPeakNews = peakConnections > (minuteMs === this.#toldMinuteMs ? this.#toldPeak : 0);
    if (!isPeakNews && SUMS.every((name) => added[name] === 0)) return null;
    this.#taken = sumsOf((name) => this[name]);
    if (minuteMs !== this.#toldMinuteMs) this.#toldPeak = 0;
    this.#toldMinuteMs = minuteMs;
    this.#toldPeak = Math.max(this.#toldPeak, peakConnections);
    return { ...added, peakConnections };
  }
}

/** How many records of each kind of span may wait. Beyond it the oldest are given up. */
const MOST_RECORDS = 100_000;

/** Records that wait to be kept, one for each app and span of time. */
export class UsageRollUp {
  readonly #most: number;
  readonly #waiting: Readonly<Record<UsageSpan, Map<string, UsageRecord>>> = {
    minute: new Map(),
    hour: new Map(),
    day: new Map(),
  };

  constructor(most = MOST_RECORDS) {
    this.#most = most;
  }

  add(appId: AppId, counts: UsageCounts, atMs: number): void {
    for (const span of SPANS) this.#merge({ ...counts, appId, span, startMs: startOf(span, atMs) });
  }

  /** Takes out so many of those that have waited longest, of days before those of hours before those of minutes. */
  take(count: number): readonly UsageRecord[] {
    const taken: UsageRecord[] = [];
    for (const span of SPANS.toReversed()) {
      const waiting = this.#waiting[span];
      for (const [name, record] of waiting) {
        if (taken.length === count) return taken;
        taken.push(record);
        waiting.delete(name);
      }
    }
    return taken;
  }

  /** Takes back what could not be kept. */
  giveBack(records: readonly UsageRecord[]): void {
    for (const record of records) this.#merge(record);
  }

  get size(): number {
    return SPANS.reduce((size, span) => size + this.#waiting[span].size, 0);
  }

  #merge(record: UsageRecord): void {
    const waiting = this.#waiting[record.span];
    const name = `${record.startMs}/${record.appId}`;
    const before = waiting.get(name);
    waiting.set(name, before === undefined ? record : together(before, record));
    if (waiting.size <= this.#most) return;
    for (const oldest of waiting.keys()) return void waiting.delete(oldest);
  }
}

function startOf(span: UsageSpan, atMs: number): number {
  return atMs - (atMs % SPAN_MS[span]);
}

/** Two records of the same app and span as one. */
export function together(one: UsageRecord, other: UsageRecord): UsageRecord {
  const peakConnections = Math.max(one.peakConnections, other.peakConnections);
  return { ...one, ...sumsOf((name) => one[name] + other[name]), peakConnections };
}
