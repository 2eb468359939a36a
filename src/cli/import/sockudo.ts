// Sockudo's apps: those of its memory driver, in a configuration file or in the environment.
import { isPlain, ownMember } from '../../config/check.ts';
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
import { instead, kilobytes, limit, origins, readRequests, text, yes } from './takes.ts';
import { webhooks } from './webhooks.ts';

const APPS = 'app_manager.array.apps';

const APP = {
  id: text('id'),
  key: text('key'),
  secret: text('secret'),
  name: text('name'),
  enabled: yes('enabled'),
  enable_client_messages: yes('clientEvents'),
  enable_user_authentication: yes('userAuthentication'),
  enable_watchlist_events: () => null,
  allowed_origins: origins,
  max_connections: limit('connections'),
  max_backend_events_per_second: limit('messagesPerSecond'),
  max_client_events_per_second: limit('clientEventsPerSecond'),
  max_read_requests_per_second: readRequests,
  max_presence_members_per_channel: limit('presenceMembers'),
  max_presence_member_size_in_kb: kilobytes('presenceUserInfoBytes'),
  max_channel_name_length: limit('channelNameLength'),
  max_event_channels_at_once: limit('channelsPerEvent'),
  max_event_name_length: limit('eventNameLength'),
  max_event_payload_in_kb: kilobytes('eventBytes'),
  max_event_batch_size: limit('batchEvents'),
  webhooks,
} satisfies Takes;

const SERVER: Takes = {
  'channel_limits.max_name_length': limit('channelNameLength'),
  'channel_limits.cache_ttl': limit('cacheSeconds'),
  'event_limits.max_channels_at_once': limit('channelsPerEvent'),
  'event_limits.max_name_length': limit('eventNameLength'),
  'event_limits.max_payload_in_kb': kilobytes('eventBytes'),
  'event_limits.max_batch_size': limit('batchEvents'),
  'presence.max_members_per_channel': limit('presenceMembers'),
  'presence.max_member_size_in_kb': kilobytes('presenceUserInfoBytes'),
  port: instead('see the setting port'),
  host: instead('see the setting host'),
  path_prefix: instead('see the setting pathPrefix'),
  activity_timeout: instead('see the setting activityTimeoutSeconds'),
  'app_manager.driver': (value) =>
    value === 'memory'
      ? null
      : { left: `the apps of the driver ${JSON.stringify(value)} are in its database, not in this file` },
};

const VARIABLES: Takes = {
  // Its versions differ in the name of this one.
  SOCKUDO_ENABLE_CLIENT_MESSAGES: APP.enable_client_messages,
  ...Object.fromEntries(
    Object.entries(APP).map(([name, take]) => [`SOCKUDO_DEFAULT_APP_${name.toUpperCase()}`, take] as const),
  ),
};

const DEFAULTS: ReadonlyMap<string, unknown> = new Map([
  ['limits.eventBytes', 100 * 1024],
  ['limits.presenceUserInfoBytes', 2 * 1024],
]);

export function importSockudo(values: unknown): Imported {
  const tale = new Tale();
  const { [APPS]: apps, ...server } = flattened(values);
  const common: Draft = new Map(DEFAULTS);
  fill(common, server, SERVER, '', tale);
  const list = (Array.isArray(apps) ? apps : []).map(withoutPolicy);
  if (list.length === 0) tale.leave(APPS, 'has no app in it');
  return { apps: draftsOf(list, APP, common, tale).map(appOf), taken: tale.taken, left: tale.left };
}

/** Newer versions sort what an app may do into groups under `policy`; the names in them are the same. */
function withoutPolicy(app: unknown): unknown {
  if (!isPlain(app)) return app;
  const policy = ownMember(app, 'policy');
  if (!isPlain(policy)) return app;
  const groups = Object.entries(policy).map(([name, value]) => (isPlain(value) ? value : { [name]: value }));
  const { policy: _policy, ...rest } = app;
  return Object.assign({}, rest, ...groups);
}

/** @param variables an environment, which may be full of other things. */
export function importSockudoVariables(variables: Variables): Imported {
  return importVariables(variables, /^SOCKUDO_/, VARIABLES, DEFAULTS, 'SOCKUDO_DEFAULT_APP_ID');
}
