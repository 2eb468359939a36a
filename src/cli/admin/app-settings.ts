// Settings of an app as options of a command → members of a request. The server checks what they say.

import { didYouMean } from '../../config/near-miss.ts';
import { APP_LIMITS } from '../../core/limits.ts';
import type { Options, Values } from '../command-table.ts';
import { UsageError } from '../failure.ts';

const SWITCH = 'on|off';

export const APP_SETTING_OPTIONS = {
  'client-events': { type: 'string', value: SWITCH, text: 'create, update: whether clients may publish' },
  'subscription-count': {
    type: 'string',
    value: SWITCH,
    text: 'create, update: whether subscribers learn how many they are',
  },
  'subscription-errors': {
    type: 'string',
    value: SWITCH,
    text: 'create, update: whether refusals are told to the channel too',
  },
  'tls-only': { type: 'string', value: SWITCH, text: 'create, update: whether connections need TLS' },
  origins: {
    type: 'string',
    value: 'LIST',
    text: 'create, update: origins that may connect, with commas; "" lets every one in',
  },
  limits: { type: 'string', value: 'LIST', text: 'create, update: limits, as in connections=100,eventBytes=20000' },
} as const satisfies Options;

const SWITCHES: ReadonlyMap<keyof typeof APP_SETTING_OPTIONS, string> = new Map([
  ['client-events', 'clientEvents'],
  ['subscription-count', 'subscriptionCount'],
  ['subscription-errors', 'subscriptionErrors'],
  ['tls-only', 'tlsOnly'],
] as const);

/** Only what was given. */
export function appSettingsOf(values: Values<typeof APP_SETTING_OPTIONS>): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [option, member] of SWITCHES) {
    const given = values[option];
    if (given !== undefined) settings[member] = switchOf(option, given);
  }
  if (values.origins !== undefined) settings['allowedOrigins'] = listOf(values.origins);
  if (values.limits !== undefined) settings['limits'] = limitsOf(values.limits);
  return settings;
}

export function switchOf(option: string, text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new UsageError(`--${option} is on or off.`);
}

export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function limitsOf(text: string): Record<string, number> {
  return Object.fromEntries(
    listOf(text).map((item) => {
      const [, name = '', number] = /^(\w+)=(\d{1,16})$/.exec(item) ?? [];
      if (number === undefined) throw new UsageError(`--limits has names and whole numbers, as in connections=100.`);
      const known = Object.keys(APP_LIMITS);
      if (!known.includes(name)) throw new UsageError(`There is no limit "${name}"${didYouMean(name, known) || '.'}`);
      return [name, Number(number)];
    }),
  );
}

/** `2026-01-31`, `2026-01-31T12:00:00Z`, or a time from now as in `7d`, `12h`, `30m`. */
export function timeOf(option: string, text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([dhm])$/.exec(text) ?? [];
  const unitMs = new Map([
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ]).get(unit);
  const timeMs =
    unitMs === undefined
      ? /^\d{4}-\d\d-\d\d/.test(text)
        ? Date.parse(text)
        : Number.NaN
      : nowMs + Number(count) * unitMs;
  if (Number.isNaN(timeMs))
    throw new UsageError(
      `--${option} takes a date (2026-01-31, 2026-01-31T12:00:00Z) or a time from now (7d, 12h, 30m).`,
    );
  return timeMs;
}
