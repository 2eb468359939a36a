// The ranges of time that charts show, and the series that are drawn of samples or of usage.
import type { Sample } from '../../../api/live-types.ts';
import type { UsageItem, UsageSpan } from '../../../api/types.ts';

interface Range {
  readonly title: string;
  readonly durationMs: number;
  /** Of the usage that was kept; null draws what comes in live. */
  readonly span: UsageSpan | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

export const RANGES = {
  '5min': { title: '5 min', durationMs: 5 * MINUTE_MS, span: null },
  '1h': { title: '1 h', durationMs: HOUR_MS, span: 'minute' },
  '24h': { title: '24 h', durationMs: DAY_MS, span: 'minute' },
  '7d': { title: '7 days', durationMs: 7 * DAY_MS, span: 'hour' },
  '30d': { title: '30 days', durationMs: 30 * DAY_MS, span: 'hour' },
} as const satisfies Record<string, Range>;

export type RangeName = keyof typeof RANGES;

const SPAN_MS = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS } as const;

/** Each list has one value for each time. */
export interface Series {
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly connections: readonly (number | null)[];
  readonly messagesIn: readonly (number | null)[];
  readonly messagesOut: readonly (number | null)[];
  readonly publishes: readonly (number | null)[];
  readonly errors: readonly (number | null)[];
  readonly bytesIn: readonly (number | null)[];
  readonly bytesOut: readonly (number | null)[];
}

export function startOfRange(nowMs: number, span: UsageSpan, durationMs: number): number {
  const spanMs = SPAN_MS[span];
  return Math.floor((nowMs - durationMs) / spanMs) * spanMs;
}

export function peakOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/** Limits of a month count from its first moment in UTC. */
export function startOfMonth(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
}

export function seriesOfSamples(samples: readonly Sample[], nowMs: number): Series {
  const shown = samples.filter(({ atMs }) => atMs > nowMs - RANGES['5min'].durationMs);
  // The axis has its full length from the first sample on, so that the line grows and the scale does not move.
  const endMs = shown.at(-1)?.atMs ?? nowMs;
  const end = shown.length === 0 ? [endMs] : [];
  const of = (name: keyof Sample): (number | null)[] => [
    null,
    ...shown.map((sample) => sample[name]),
    ...end.map(() => null),
  ];
  const times = [endMs - RANGES['5min'].durationMs, ...shown.map(({ atMs }) => atMs), ...end];
  return {
    times: times.map((atMs) => atMs / 1000),
    connections: of('connections'),
    messagesIn: of('messagesIn'),
    messagesOut: of('messagesOut'),
    publishes: of('publishes'),
    errors: of('errors'),
    bytesIn: of('bytesIn'),
    bytesOut: of('bytesOut'),
  };
}

/** Spans without usage are not kept; they are nothing, not unknown. */
export function seriesOfUsage(items: readonly UsageItem[], span: UsageSpan, nowMs: number, durationMs: number): Series {
  const spanMs = SPAN_MS[span];
  const firstMs = startOfRange(nowMs, span, durationMs);
  const byStart = new Map(items.map((item) => [item.startMs, item]));
  const starts = Array.from({ length: Math.floor(durationMs / spanMs) + 1 }, (_, at) => firstMs + at * spanMs);
  const of = (name: keyof UsageItem): number[] => starts.map((startMs) => byStart.get(startMs)?.[name] ?? 0);
  return {
    times: starts.map((startMs) => startMs / 1000),
    connections: of('peakConnections'),
    messagesIn: of('messagesIn'),
    messagesOut: of('messagesOut'),
    publishes: of('broadcasts'),
    errors: of('errors'),
    bytesIn: of('bytesIn'),
    bytesOut: of('bytesOut'),
  };
}
