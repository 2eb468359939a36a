// soketi's apps: those of its array driver, in a configuration file or in the environment.
import {
  appOf,
  type Draft,
  draftsOf,
  fill,
  flattened,
  type Imported,
  importVariables,
  type Takes,
  Tale,
  type Variables,
} from './draft.ts';
import { instead, kilobytes, limit, readRequests, text, yes } from './takes.ts';
import { webhooks } from './webhooks.ts';

const APPS = 'appManager.array.apps';

const APP = {
  id: text('id'),
  key: text('key'),
  secret: text('secret'),
  name: text('name'),
  enabled: yes('enabled'),
  enableClientMessages: yes('clientEvents'),
  enableUserAuthentication: yes('userAuthentication'),
  maxConnections: limit('connections'),
  maxBackendEventsPerSecond: limit('messagesPerSecond'),
  maxClientEventsPerSecond: limit('clientEventsPerSecond'),
  maxReadRequestsPerSecond: readRequests,
  maxPresenceMembersPerChannel: limit('presenceMembers'),
  maxPresenceMemberSizeInKb: kilobytes('presenceUserInfoBytes'),
  maxChannelNameLength: limit('channelNameLength'),
  maxEventChannelsAtOnce: limit('channelsPerEvent'),
  maxEventNameLength: limit('eventNameLength'),
  maxEventPayloadInKb: kilobytes('eventBytes'),
  maxEventBatchSize: limit('batchEvents'),
  webhooks,
} satisfies Takes;

/** What holds for all apps there, and is a limit of each app here. */
const SERVER = {
  'channelLimits.maxNameLength': limit('channelNameLength'),
  'channelLimits.cacheTtl': limit('cacheSeconds'),
  'eventLimits.maxChannelsAtOnce': limit('channelsPerEvent'),
  'eventLimits.maxNameLength': limit('eventNameLength'),
  'eventLimits.maxPayloadInKb': kilobytes('eventBytes'),
  'eventLimits.maxBatchSize': limit('batchEvents'),
  'presence.maxMembersPerChannel': limit('presenceMembers'),
  'presence.maxMemberSizeInKb': kilobytes('presenceUserInfoBytes'),
  port: instead('see the setting port'),
  host: instead('see the setting host'),
  pathPrefix: instead('see the setting pathPrefix'),
  'appManager.driver': (value: unknown) =>
    value === 'array'
      ? null
      : { left: `the apps of the driver ${JSON.stringify(value)} are in its database, not in this file` },
} satisfies Takes;

const APP_VARIABLES: Takes = {
  ID: APP.id,
  KEY: APP.key,
  SECRET: APP.secret,
  ENABLED: APP.enabled,
  ENABLE_CLIENT_MESSAGES: APP.enableClientMessages,
  USER_AUTHENTICATION: APP.enableUserAuthentication,
  MAX_CONNS: APP.maxConnections,
  MAX_BACKEND_EVENTS_PER_SEC: APP.maxBackendEventsPerSecond,
  MAX_CLIENT_EVENTS_PER_SEC: APP.maxClientEventsPerSecond,
  MAX_READ_REQ_PER_SEC: APP.maxReadRequestsPerSecond,
  WEBHOOKS: APP.webhooks,
};

const SERVER_VARIABLES: Takes = {
  CHANNEL_MAX_NAME_LENGTH: SERVER['channelLimits.maxNameLength'],
  CHANNEL_CACHE_TTL: SERVER['channelLimits.cacheTtl'],
  EVENT_MAX_CHANNELS_AT_ONCE: SERVER['eventLimits.maxChannelsAtOnce'],
  EVENT_MAX_NAME_LENGTH: SERVER['eventLimits.maxNameLength'],
  EVENT_MAX_SIZE_IN_KB: SERVER['eventLimits.maxPayloadInKb'],
  EVENT_MAX_BATCH_SIZE: SERVER['eventLimits.maxBatchSize'],
  PRESENCE_MAX_MEMBERS: SERVER['presence.maxMembersPerChannel'],
  PRESENCE_MAX_MEMBER_SIZE: SERVER['presence.maxMemberSizeInKb'],
  APP_MANAGER_DRIVER: SERVER['appManager.driver'],
  PORT: SERVER.port,
  HOST: SERVER.host,
};

const VARIABLES: Takes = Object.fromEntries([
  ...Object.entries(APP_VARIABLES).map(([name, take]) => [`SOKETI_DEFAULT_APP_${name}`, take]),
  // Before its version 1 the variables had no prefix; only those of the app are told from everything else there is.
  ...Object.entries(APP_VARIABLES).map(([name, take]) => [`DEFAULT_APP_${name}`, take]),
  ...Object.entries(SERVER_VARIABLES).map(([name, take]) => [`SOKETI_${name}`, take]),
]);

/** soketi lets larger events and members through than Vask does unless told; what worked there shall work here. */
const DEFAULTS: ReadonlyMap<string, unknown> = new Map([
  ['limits.eventBytes', 100 * 1024],
  ['limits.presenceUserInfoBytes', 2 * 1024],
]);

/** @param values a configuration file, in which names may have dots in them or objects may be nested. */
export function importSoketi(values: unknown): Imported {
  const tale = new Tale();
  const { [APPS]: apps, ...server } = flattened(values);
  const common: Draft = new Map(DEFAULTS);
  fill(common, server, SERVER, '', tale);
  const list: readonly unknown[] = Array.isArray(apps) ? apps : [];
  if (list.length === 0) tale.leave(APPS, 'has no app in it');
  return { apps: draftsOf(list, APP, common, tale).map(appOf), taken: tale.taken, left: tale.left };
}

/** @param variables an environment, which may be full of other things. */
export function importSoketiVariables(variables: Variables): Imported {
  return importVariables(variables, /^(SOKETI_|DEFAULT_APP_)/, VARIABLES, DEFAULTS, 'SOKETI_DEFAULT_APP_ID');
}
