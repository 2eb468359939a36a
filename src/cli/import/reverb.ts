// Laravel Reverb's apps: the values of config/reverb.php, as JSON, or as the environment that it reads.
import { isPlain, ownMember } from '../../config/check.ts';
import {
  appOf,
  draftsOf,
  type Fate,
  type Imported,
  importVariables,
  type Takes,
  Tale,
  type Variables,
} from './draft.ts';
import { instead, limit, origins, text } from './takes.ts';

const HOST = instead('give clients and backends the address of this server instead');

const APP = {
  app_id: text('id'),
  key: text('key'),
  secret: text('secret'),
  name: text('name'),
  allowed_origins: origins,
  max_connections: limit('connections'),
  max_message_size: limit('eventBytes'),
  accept_client_events_from: clientEvents,
  ping_interval: instead('see the settings activityTimeoutSeconds and inactiveTimeoutSeconds'),
  activity_timeout: instead('see the setting activityTimeoutSeconds'),
  rate_limiting: instead('see limits.clientEventsPerSecond, which counts each connection for itself'),
  options: HOST,
} satisfies Takes;

const VARIABLES: Takes = {
  REVERB_APP_ID: APP.app_id,
  REVERB_APP_KEY: APP.key,
  REVERB_APP_SECRET: APP.secret,
  REVERB_APP_ALLOWED_ORIGINS: APP.allowed_origins,
  REVERB_APP_MAX_CONNECTIONS: APP.max_connections,
  REVERB_APP_MAX_MESSAGE_SIZE: APP.max_message_size,
  REVERB_APP_ACCEPT_CLIENT_EVENTS_FROM: APP.accept_client_events_from,
  REVERB_APP_PING_INTERVAL: APP.ping_interval,
  REVERB_APP_ACTIVITY_TIMEOUT: APP.activity_timeout,
  REVERB_APP_RATE_LIMITING_ENABLED: APP.rate_limiting,
  REVERB_HOST: HOST,
  REVERB_PORT: HOST,
  REVERB_SCHEME: HOST,
  REVERB_SERVER_HOST: instead('see the setting host'),
  REVERB_SERVER_PORT: instead('see the setting port'),
  REVERB_SERVER_PATH: instead('see the setting pathPrefix'),
};

/** Clients of Reverb may publish unless it is told otherwise. */
const DEFAULTS: ReadonlyMap<string, unknown> = new Map([['clientEvents', true]]);

function clientEvents(value: unknown): Fate {
  if (value === null || value === '') return null;
  const member = 'clientEvents';
  if (value === 'none') return { member, value: false };
  if (value === 'members') return { member, value: true };
  if (value === 'all') return { member, value: true, note: 'of subscribers only' };
  return { left: 'is none of all, members, none' };
}

/** @param values all of config/reverb.php, its part `apps`, or the list in it. */
export function importReverb(values: unknown): Imported {
  const tale = new Tale();
  const list = listOf(values);
  if (list.length === 0) tale.leave('apps.apps', 'has no app in it');
  if (isPlain(values) && 'servers' in values)
    tale.leave('servers', 'settings of a server are in docs/configuration.md');
  return { apps: draftsOf(list, APP, new Map(DEFAULTS), tale).map(appOf), taken: tale.taken, left: tale.left };
}

function listOf(values: unknown): readonly unknown[] {
  if (Array.isArray(values)) return values;
  return isPlain(values) && Object.hasOwn(values, 'apps') ? listOf(ownMember(values, 'apps')) : [];
}

/** @param variables an environment, which may be full of other things. */
export function importReverbVariables(variables: Variables): Imported {
  return importVariables(variables, /^REVERB_/, VARIABLES, DEFAULTS, 'REVERB_APP_ID');
}
