// One line about an entry, and its colour.
import type { Entry } from '../../../api/live-types.ts';
import type { Tone } from '../../../parts/badge.tsx';

const TONES: Readonly<Record<Entry['type'], Tone>> = {
  connected: 'good',
  disconnected: 'plain',
  'refused-connection': 'bad',
  subscribed: 'good',
  unsubscribed: 'plain',
  refused: 'bad',
  'signed-in': 'violet',
  published: 'accent',
  'client-event': 'cyan',
  'member-added': 'violet',
  'member-removed': 'plain',
  occupied: 'good',
  vacated: 'plain',
  'cache-missed': 'warn',
  request: 'plain',
  webhook: 'accent',
  'slow-reader': 'bad',
  repaired: 'warn',
  failed: 'bad',
};

const FIRST_BAD_STATUS = 400;

export function toneOf({ type, status }: Entry): Tone {
  if ((type === 'request' || type === 'webhook') && (status ?? 0) >= FIRST_BAD_STATUS) return 'bad';
  return TONES[type];
}

const LONGEST_DATA = 200;

export function summaryOf(entry: Entry): string {
  const { method, path, status, endpoint, channel, event, user, code, text, data, durationMs } = entry;
  const parts = [
    method,
    path,
    status === undefined ? null : String(status),
    channel,
    event,
    user === undefined ? null : `user ${user}`,
    code === undefined ? null : String(code),
    text,
    endpoint,
    durationMs === undefined ? null : `${durationMs} ms`,
    data?.slice(0, LONGEST_DATA),
  ];
  return parts.filter(Boolean).join('  ');
}
