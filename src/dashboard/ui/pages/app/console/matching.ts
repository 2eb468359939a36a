// Which entries the filters of the console let through.
import { ENTRY_TYPES } from '../../../../../core/feed.ts';
import type { Entry } from '../../../api/live-types.ts';

type EntryType = Entry['type'];

/** Types that belong together, as chips tell them. */
export const GROUPS = {
  Connections: ['connected', 'disconnected', 'refused-connection', 'slow-reader'],
  Subscriptions: ['subscribed', 'unsubscribed', 'occupied', 'vacated', 'cache-missed'],
  Refusals: ['refused', 'refused-connection', 'failed', 'slow-reader'],
  Publishes: ['published'],
  'Client events': ['client-event'],
  Presence: ['member-added', 'member-removed', 'signed-in'],
  Requests: ['request'],
  Webhooks: ['webhook'],
} as const satisfies Record<string, readonly EntryType[]>;

export type GroupName = keyof typeof GROUPS;

export interface Filter {
  /** None is all. */
  readonly groups: readonly GroupName[];
  readonly type: string;
  readonly channel: string;
  readonly user: string;
  readonly socket: string;
  readonly text: string;
}

export const NO_FILTER: Filter = { groups: [], type: '', channel: '', user: '', socket: '', text: '' };

export const TYPES = ENTRY_TYPES;

export function matches(entry: Entry, { groups, type, channel, user, socket, text }: Filter): boolean {
  if (type !== '' && entry.type !== type) return false;
  if (groups.length > 0 && !groups.some((name) => isIn(name, entry.type))) return false;
  return (
    contains(entry.channel, channel) &&
    contains(entry.user, user) &&
    contains(entry.socketId, socket) &&
    (text === '' || textOf(entry).includes(text.toLowerCase()))
  );
}

function isIn(name: GroupName, type: EntryType): boolean {
  const types: readonly EntryType[] = GROUPS[name];
  return types.includes(type);
}

function contains(value: string | undefined, wanted: string): boolean {
  return wanted === '' || value?.includes(wanted) === true;
}

/** Putting an entry into words costs more than to look for one in them. */
const texts = new WeakMap<Entry, string>();

function textOf(entry: Entry): string {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const text = Object.values(entry).join('\n').toLowerCase();
  texts.set(entry, text);
  return text;
}
