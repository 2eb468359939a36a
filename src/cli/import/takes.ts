// How single values of other servers become ours. Values from an environment are text, those of a file have types; both
// are read.

import { originCheck } from '../../config/network.ts';
import { APP_LIMITS, type AppLimits } from '../../core/limits.ts';
import type { Fate, Take } from './draft.ts';

type LimitName = keyof AppLimits;

export function text(member: string): Take {
  return (value) => {
    if (value === null || value === '') return null;
    if (typeof value === 'string' || typeof value === 'number') return { member, value: String(value).trim() };
    return { left: 'is no text' };
  };
}

export function yes(member: string): Take {
  return (value) => {
    if (value === null || value === '') return null;
    const word = wordOf(value).toLowerCase();
    if (/^(true|1|yes|on)$/.test(word)) return { member, value: true };
    if (/^(false|0|no|off)$/.test(word)) return { member, value: false };
    return { left: 'is neither true nor false' };
  };
}

/** @param unit what the other server counts in: 1,024 for kilobytes. */
export function limit(name: LimitName, unit = 1): Take {
  return (value) => {
    if (value === null || value === '') return null;
    const number = numberIn(wordOf(value));
    if (!Number.isFinite(number)) return { left: 'is no number' };
    return limited(name, Math.ceil(number * unit));
  };
}

/** A single value as text; nothing for what is none. */
function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim()
    : '';
}

function numberIn(word: string): number {
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(word) ? Number(word) : Number.NaN;
}

/** Others write "no limit" as -1 or 0. */
function limited(name: LimitName, wanted: number): Fate {
  const member = `limits.${name}`;
  const { min, max } = APP_LIMITS[name];
  if (wanted <= 0) {
    if ('unlimited' in APP_LIMITS[name]) return { member, value: 0, note: 'no limit' };
    return { member, value: max, note: 'the most there is here' };
  }
  if (wanted > max) return { member, value: max, note: `lowered from ${wanted}, the most there is here` };
  if (wanted < min) return { member, value: min, note: `raised from ${wanted}, the least there is here` };
  return { member, value: wanted };
}

export const kilobytes = (name: LimitName): Take => limit(name, 1024);

/** A list, or names with commas between them. An asterisk alone lets every origin in, as an empty list does here. */
export const origins: Take = (value, path, tale) => {
  if (value === null || value === '') return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : wordOf(value).split(',');
  const names = list.map(wordOf).filter((name) => name !== '');
  if (names.length === 0 || names.includes('*')) return { member: 'allowedOrigins', value: [], note: 'every origin' };
  const right: string[] = [];
  for (const name of names) {
    const checked = originCheck(name, path, () => tale.leave(path, `${JSON.stringify(name)} is no origin here`));
    if (checked !== undefined) right.push(name);
  }
  // An empty list would let everybody in, which is the contrary of what was meant.
  return right.length === 0
    ? { left: 'has no origin that can be taken; set allowedOrigins yourself' }
    : { member: 'allowedOrigins', value: right };
};

/** Left, with what to do instead. */
export const instead =
  (left: string): Take =>
  () => ({ left });

/** Reads are not counted apart from other requests here. */
export const readRequests: Take = (value) =>
  Number(wordOf(value)) > 0 ? { left: 'all requests count together here; see limits.requestsPerSecond' } : null;
