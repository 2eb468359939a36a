// What apps use, counted where it happens and rolled up into minutes, hours and days (UTC). Counts only grow until they
// are taken, so nothing is ever negative.
import type { AppId } from '../protocol/ids.ts';

export interface UsageCounts {
  /** One for each channel or user that an event was addressed to, whatever the number of subscribers. */
  readonly broadcasts: number;
  readonly clientEvents: number;
  /** Signed HTTP requests that were let in. */
  readonly requests: number;
  /** The most connections at once. */
  readonly peakConnections: number;
}

export type UsageSpan = keyof typeof SPAN_MS;

/** The counts of one app in one span of time; what is told later about the same span comes on top. */
export interface UsageRecord extends UsageCounts {
  readonly appId: AppId;
  readonly span: UsageSpan;
  readonly startMs: number;
}

const SPAN_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const SPANS = Object.keys(SPAN_MS) as readonly UsageSpan[];

/** The counts of one app since they were last taken. Plain numbers, since they lie on the way of every event. */
export class UsageCounter {
  broadcasts = 0;
  clientEvents = 0;
  requests = 0;
  peakConnections = 0;
  #toldMinuteMs = Number.NEGATIVE_INFINITY;
  #toldPeak = 0;

  /**
   * What is new, and counting starts again; null when nothing is, which a peak is not that the minute already has.
   * @param connections those that stay, with which the next peak begins.
   * @param atMs the moment that it counts for.
   */
  take(connections: number, atMs: number): UsageCounts | null {
    const { broadcasts, clientEvents, requests, peakConnections } = this;
    this.broadcasts = this.clientEvents = this.requests = 0;
    this.peakConnections = connections;
    const minuteMs = startOf('minute', atMs);
    const isPeakNews = peakConnections > (minuteMs === this.#toldMinuteMs ? this.#toldPeak : 0);
    if (!isPeakNews && broadcasts + clientEvents + requests === 0) return null;
    if (minuteMs !== this.#toldMinuteMs) this.#toldPeak = 0;
    this.#toldMinuteMs = minuteMs;
    this.#toldPeak = Math.max(this.#toldPeak, peakConnections);
    return { broadcasts, clientEvents, requests, peakConnections };
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
    waiting.set(name, before === undefined ? record : sum(before, record));
    if (waiting.size <= this.#most) return;
    for (const oldest of waiting.keys()) return void waiting.delete(oldest);
  }
}

function startOf(span: UsageSpan, atMs: number): number {
  return atMs - (atMs % SPAN_MS[span]);
}

function sum(one: UsageRecord, other: UsageRecord): UsageRecord {
  return {
    ...one,
    broadcasts: one.broadcasts + other.broadcasts,
    clientEvents: one.clientEvents + other.clientEvents,
    requests: one.requests + other.requests,
    peakConnections: Math.max(one.peakConnections, other.peakConnections),
  };
}
