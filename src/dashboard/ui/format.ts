// Numbers, bytes and times as people read them, in the viewer's language and zone.

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const plain = new Intl.NumberFormat();
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 1,
  hourCycle: 'h23',
});
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const KILO = 1_000;
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];
/** What lies farther away is told as a date. */
const LONGEST_RELATIVE_MS = 7 * 86_400_000;

export function shownNumber(value: number): string {
  return Math.abs(value) >= 100_000 ? compact.format(value) : plain.format(Math.round(value * 10) / 10);
}

export function shownBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= KILO && unit < units.length - 1) {
    value /= KILO;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

export const fullTime = (atMs: number): string => full.format(atMs);
export const clockTime = (atMs: number): string => clock.format(atMs);

export function relativeTime(atMs: number, nowMs: number): string {
  const awayMs = atMs - nowMs;
  if (Math.abs(awayMs) > LONGEST_RELATIVE_MS) return short.format(atMs);
  for (const [unit, unitMs] of UNITS) {
    if (Math.abs(awayMs) >= unitMs) return relative.format(Math.round(awayMs / unitMs), unit);
  }
  return awayMs > 0 ? 'in less than a minute' : 'just now';
}

export function shownDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 120_000) return `${(durationMs / 1_000).toFixed(durationMs < 10_000 ? 1 : 0)} s`;
  return durationMs < 7_200_000 ? `${Math.round(durationMs / 60_000)} min` : `${Math.round(durationMs / 3_600_000)} h`;
}

/** JSON with line breaks; what is no JSON as it is. */
export function prettyJson(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2) ?? '';
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${shownNumber(count)} ${count === 1 ? one : many}`;
}
