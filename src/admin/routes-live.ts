// The routes of what runs at this moment: the live feed, channels, users, publishing, nodes.
import { ENTRY_TYPES } from '../core/feed.ts';
import { appId, channelName, id, PAGE_MEMBERS, pageOf, pageQuery, timeMs, userId } from './fields.ts';
import { route } from './route.ts';
import {
  anyText,
  listOf,
  nullable,
  number,
  object,
  oneOf,
  optional,
  recordOf,
  text,
  whole,
  yesOrNo,
} from './schema.ts';

const count = whole(0, Number.MAX_SAFE_INTEGER);
const rate = number(0, Number.MAX_SAFE_INTEGER);
const MAX_TEXT = 1_000_000;
const words = anyText(MAX_TEXT);

export const CLUSTER_KINDS = ['memory', 'redis', 'workers'] as const;
const clusterKind = oneOf(CLUSTER_KINDS);

const entry = object({
  id,
  atMs: timeMs,
  node: words,
  type: oneOf(ENTRY_TYPES),
  channel: optional(words),
  user: optional(words),
  socketId: optional(words),
  event: optional(words),
  code: optional(count),
  text: optional(words),
  advice: optional(words),
  data: optional(words),
  status: optional(count),
  method: optional(words),
  path: optional(words),
  durationMs: optional(count),
  endpoint: optional(words),
});

const sample = object({
  atMs: timeMs,
  connections: count,
  publishes: count,
  messagesIn: count,
  messagesOut: count,
  bytesIn: count,
  bytesOut: count,
  errors: count,
  channels: count,
});

const channel = object({ name: words, kind: words, subscribers: count, users: count });

const user = object({
  id: words,
  connections: listOf(object({ socketId: words, node: words, connectedAtMs: timeMs, channels: count }), 1_000),
  watchlist: listOf(words, 10_000),
});

const node = object({
  id: words,
  name: words,
  version: words,
  startedAtMs: timeMs,
  leaseMs: count,
  lagMs: count,
  isSelf: yesOrNo,
  connections: count,
  repairs: count,
});

export const liveRoutes = {
  showRates: route({
    method: 'GET',
    path: '/live',
    summary: 'Shows connections and rates of all apps that the caller may see; rates are those of this node',
    needs: 'account',
    scope: 'usage:read',
    answer: object({
      apps: recordOf(
        appId,
        object({ connections: count, publishesPerSecond: rate, messagesPerSecond: rate }),
        1_000_000,
      ),
    }),
  }),
  watchApp: route({
    method: 'GET',
    path: '/apps/{app}/live',
    summary: 'Streams what happens in an app, as Server-Sent Events',
    needs: 'view',
    scope: 'usage:read',
    stream: object({ happenings: listOf(entry, 1_000), sample, dropped: object({ count }) }),
  }),
  showServer: route({
    method: 'GET',
    path: '/server',
    summary: 'Shows where clients reach the server, and which version it is',
    needs: 'account',
    scope: 'any',
    answer: object({
      version: words,
      clientAddress: object({ host: words, port: whole(0, 65_535), tls: yesOrNo, pathPrefix: words }),
      cluster: clusterKind,
    }),
  }),
  showNodes: route({
    method: 'GET',
    path: '/nodes',
    summary: 'Lists the nodes of the cluster with their load',
    needs: 'admin',
    scope: 'accounts:admin',
    answer: object({ cluster: clusterKind, absence: nullable(words), nodes: listOf(node, 100_000) }),
  }),
} as const;

export const channelRoutes = {
  listChannels: route({
    method: 'GET',
    path: '/apps/{app}/channels',
    summary: 'Lists the occupied channels of an app; those with most subscribers first if asked',
    needs: 'view',
    scope: 'apps:read',
    query: object({
      ...PAGE_MEMBERS,
      prefix: optional(text({ min: 0, max: 200 })),
      sort: optional(oneOf(['name', 'subscribers'])),
    }),
    answer: pageOf(channel),
  }),
  showChannel: route({
    method: 'GET',
    path: '/apps/{app}/channels/{channel}',
    summary: 'Shows a channel, with what it remembers and the first 200 of its members',
    needs: 'view',
    scope: 'apps:read',
    answer: object({
      name: words,
      kind: words,
      isOccupied: yesOrNo,
      subscribers: count,
      users: count,
      cached: nullable(object({ event: words, data: words, leftMs: count })),
      members: listOf(object({ id: words, info: words }), 200),
      moreMembers: count,
    }),
  }),
  listUsers: route({
    method: 'GET',
    path: '/apps/{app}/users',
    summary: 'Lists the users who are signed in, with their connections and watchlists',
    needs: 'view',
    scope: 'apps:read',
    query: pageQuery,
    answer: pageOf(user),
  }),
  terminateUser: route({
    method: 'POST',
    path: '/apps/{app}/users/{user}/terminate',
    summary: 'Ends all connections of a user',
    needs: 'manage',
    scope: 'apps:write',
    onConfigured: true,
  }),
  publishEvent: route({
    method: 'POST',
    path: '/apps/{app}/events',
    summary: 'Publishes an event to channels or to a user, as a backend would',
    needs: 'manage',
    scope: 'apps:write',
    onConfigured: true,
    body: object({
      name: anyText(10_000),
      data: words,
      channels: optional(listOf(channelName, 1_000)),
      user: optional(userId),
      socketId: optional(text({ max: 50 })),
    }),
    answer: object({ channels: recordOf(words, object({ subscribers: count }), 1_000) }),
  }),
  signFor: route({
    method: 'POST',
    path: '/apps/{app}/sign',
    summary: 'Signs a subscription or a sign-in of a connection, as a backend would',
    needs: 'manage',
    scope: 'session',
    onConfigured: true,
    body: object({
      socketId: text({ max: 50 }),
      channel: optional(channelName),
      channelData: optional(words),
      userData: optional(words),
      /** Base64, for an encrypted channel. */
      encryptionMasterKey: optional(text({ max: 100 })),
    }),
    answer: object({
      auth: words,
      channelData: optional(words),
      userData: optional(words),
      sharedSecret: optional(words),
    }),
  }),
} as const;
