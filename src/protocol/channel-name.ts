// The only place that looks at the prefix of a channel name. Everything else asks the kind.
import type { ChannelName, UserId } from './ids.ts';

/** What follows from a channel's prefix (docs/protocol.md P-4.1). */
export interface ChannelKind {
  /** Name of the kind as in the documentation. */
  readonly title: string;
  /** A subscription needs a signature. */
  readonly authorized: boolean;
  readonly presence: boolean;
  readonly cache: boolean;
  readonly encrypted: boolean;
  /** Only a connection signed in as the user in the name may subscribe. */
  readonly serverToUser: boolean;
  /** Clients may publish on it. */
  readonly clientEvents: boolean;
}

const PLAIN = {
  authorized: false,
  presence: false,
  cache: false,
  encrypted: false,
  serverToUser: false,
  clientEvents: false,
};
const PRIVATE = { ...PLAIN, authorized: true, clientEvents: true };
// A client cannot encrypt for the others, so an event of its own on an encrypted channel would arrive in the clear.
const ENCRYPTED = { ...PLAIN, authorized: true, encrypted: true };
const PRESENCE = { ...PRIVATE, presence: true };

const SERVER_TO_USER_PREFIX = '#server-to-user-';
const PUBLIC: ChannelKind = { ...PLAIN, title: 'public' };
const SERVER_TO_USER: ChannelKind = { ...PLAIN, title: 'server-to-user', serverToUser: true };

// Longer prefixes stand before the shorter ones they begin with.
const KINDS: readonly (readonly [prefix: string, kind: ChannelKind])[] = [
  ['private-encrypted-cache-', { ...ENCRYPTED, title: 'private-encrypted-cache', cache: true }],
  ['private-encrypted-', { ...ENCRYPTED, title: 'private-encrypted' }],
  ['private-cache-', { ...PRIVATE, title: 'private-cache', cache: true }],
  ['private-', { ...PRIVATE, title: 'private' }],
  ['presence-cache-', { ...PRESENCE, title: 'presence-cache', cache: true }],
  ['presence-', { ...PRESENCE, title: 'presence' }],
  ['cache-', { ...PLAIN, title: 'cache', cache: true }],
];

const ALLOWED = /^[A-Za-z0-9_\-=@,.;]+$/;

/**
 * The channel name that `text` is, or null when it is too long or has other characters than Pusher's
 * `A-Z a-z 0-9 _ - = @ , . ;`. A `#server-to-user-ID` name is fine with any ID: it never leaves the user's own topic.
 */
export function parseChannelName(text: string, maxLength: number): ChannelName | null {
  if (text.startsWith(SERVER_TO_USER_PREFIX)) {
    const idLength = text.length - SERVER_TO_USER_PREFIX.length;
    return idLength > 0 && idLength <= maxLength ? (text as ChannelName) : null;
  }
  if (text.length > maxLength) return null;
  return ALLOWED.test(text) ? (text as ChannelName) : null;
}

/** The kind of a channel, from its prefix alone. */
export function channelKind(name: ChannelName): ChannelKind {
  // Nearly all prefixes begin with one of three letters; a name with another first letter is public at once.
  const first = name.charCodeAt(0);
  if (first === 0x23) return SERVER_TO_USER;
  if (first !== 0x70 && first !== 0x63) return PUBLIC;
  for (const [prefix, kind] of KINDS) if (name.startsWith(prefix)) return kind;
  return PUBLIC;
}

/** The channel that carries the events for one user (docs/protocol.md P-6.2). */
export function serverToUserChannel(user: UserId): ChannelName {
  return `${SERVER_TO_USER_PREFIX}${user}` as ChannelName;
}

/** The user whose events the channel carries, or null for a channel of another kind. */
export function userOfChannel(name: ChannelName): UserId | null {
  return name.startsWith(SERVER_TO_USER_PREFIX) ? (name.slice(SERVER_TO_USER_PREFIX.length) as UserId) : null;
}
