// Every bound of an app: name, default, the largest value that makes sense, and why it is there. A limit of 0 means
// "none" where `unlimited` says so. docs/configuration.md lists the same, and a test compares.

interface Limit {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  /** 0 switches the limit off. */
  readonly unlimited?: true;
  readonly doc: string;
}

/** The limits of one app, in the order in which the documentation tells them. */
export const APP_LIMITS = {
  connections: {
    default: 0,
    min: 0,
    max: 10_000_000,
    unlimited: true,
    doc: 'Concurrent connections of the app. One more is closed with 4004, once the grace is over.',
  },
  connectionGraceSeconds: {
    default: 0,
    min: 0,
    max: 2_592_000,
    doc: 'Seconds for which `connections`, or what the owner of the app may have, can be exceeded before new connections are refused. Afterwards it takes as long below the number before it may be exceeded again.',
  },
  channelsPerConnection: {
    default: 2_000,
    min: 1,
    max: 100_000,
    doc: 'Channels of one connection. Bounds the memory that one stranger can take.',
  },
  channelNameLength: {
    default: 200,
    min: 1,
    max: 1_000,
    doc: 'Characters of a channel name. Most SDKs refuse more than 200 themselves.',
  },
  eventNameLength: { default: 200, min: 1, max: 1_000, doc: 'Characters of an event name.' },
  eventBytes: {
    default: 10_240,
    min: 1,
    max: 16_777_216,
    doc: 'Bytes of the data of one event, from the backend or a client. The bounds of request bodies and messages follow from it.',
  },
  channelsPerEvent: { default: 100, min: 1, max: 10_000, doc: 'Channels that one publish may name.' },
  batchEvents: { default: 10, min: 1, max: 10_000, doc: 'Events in one batch.' },
  presenceMembers: {
    default: 100,
    min: 1,
    max: 100_000,
    doc: 'Users in one presence channel. The whole roster is sent to each who joins.',
  },
  presenceUserIdLength: {
    default: 128,
    min: 1,
    max: 1_000,
    doc: 'Characters of a user id, in presence channels and sign-ins.',
  },
  presenceUserInfoBytes: {
    default: 1_024,
    min: 2,
    max: 1_048_576,
    doc: 'Bytes of the user_info of a presence member.',
  },
  watchlistLength: {
    default: 100,
    min: 0,
    max: 10_000,
    doc: 'Users that one connection watches. The rest are ignored, with error 4302.',
  },
  clientEventsPerSecond: {
    default: 0,
    min: 0,
    max: 1_000_000,
    unlimited: true,
    doc: 'Client events per second of one connection, with a burst of as many. More are refused with error 4301.',
  },
  requestsPerSecond: {
    default: 0,
    min: 0,
    max: 1_000_000,
    unlimited: true,
    doc: 'HTTP requests per second of the app, with a burst of as many. More are answered 429.',
  },
  messagesPerSecond: {
    default: 0,
    min: 0,
    max: 10_000_000,
    unlimited: true,
    doc: 'Broadcasts per second of the app, with a burst of as many. More are answered 429. An event on several channels is as many broadcasts.',
  },
  broadcastsPerMonth: {
    default: 0,
    min: 0,
    max: 1_000_000_000_000,
    unlimited: true,
    doc: 'Broadcasts of the app in a calendar month (UTC), whatever the number of subscribers; client events are free. More are answered 403.',
  },
  cacheSeconds: {
    default: 1_800,
    min: 1,
    max: 86_400,
    doc: 'Seconds for which a cache channel remembers its last event.',
  },
  cachedEvents: {
    default: 10_000,
    min: 1,
    max: 1_000_000,
    doc: 'Cache channels whose last event is remembered. Beyond it the oldest event is forgotten.',
  },
  cachedBytes: {
    default: 67_108_864,
    min: 1,
    max: 4_294_967_296,
    doc: 'Size of all remembered events together. Beyond it the oldest event is forgotten.',
  },
} as const satisfies Record<string, Limit>;

export type AppLimits = { readonly [Name in keyof typeof APP_LIMITS]: number };

export const DEFAULT_APP_LIMITS = Object.freeze(
  Object.fromEntries(Object.entries(APP_LIMITS).map(([name, limit]) => [name, limit.default])),
) as AppLimits;

/** JSON escapes a byte of text as up to six (`\u001f`), so a body may be that much longer than what it carries. */
const ESCAPED = 6;
/** Room for signatures, member data and the frame around them. */
const MESSAGE_OVERHEAD_BYTES = 65_536;
const BODY_OVERHEAD_BYTES = 4_096;

/** Bytes of the longest message that a client of the app may send. */
export function messageBytes(limits: AppLimits): number {
  const watchlist = limits.watchlistLength * (limits.presenceUserIdLength + 4);
  return limits.eventBytes * ESCAPED + (limits.presenceUserInfoBytes + watchlist) * 2 + MESSAGE_OVERHEAD_BYTES;
}

/** Bytes of the longest HTTP body that the app's backend may send. */
export function bodyBytes(limits: AppLimits): number {
  const names = limits.channelsPerEvent * (limits.channelNameLength + 4) + limits.eventNameLength * ESCAPED;
  const event = limits.eventBytes * ESCAPED + names + BODY_OVERHEAD_BYTES;
  return event * limits.batchEvents;
}

/** A reader is not slow because one event is large: as escaped JSON it may double, and one more may follow it. */
const EVENTS_IN_BACKLOG = 4;
/** As large as a roster is allowed to make it; limits that could make larger ones are rarely meant. */
const MAX_ROSTER_BYTES = 67_108_864;

/** Bytes that may have to wait for a healthy reader: a few of the largest events, or one roster. */
export function leastBacklogBytes(limits: AppLimits): number {
  const memberBytes = (limits.presenceUserIdLength + limits.presenceUserInfoBytes) * 2;
  const rosterBytes = Math.min(limits.presenceMembers * memberBytes, MAX_ROSTER_BYTES);
  return Math.max(limits.eventBytes * EVENTS_IN_BACKLOG, rosterBytes);
}
