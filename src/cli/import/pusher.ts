// Credentials of Pusher Channels, by whichever names a backend, the dashboard or a hosting platform gives them.
import { appOf, type Draft, fill, type Imported, type Takes, Tale } from './draft.ts';
import { instead, text } from './takes.ts';

type Variables = Readonly<Record<string, unknown>>;

const HOST = instead('give clients and backends the address of this server instead');

const TAKES: Takes = {
  PUSHER_APP_ID: text('id'),
  PUSHER_APP_KEY: text('key'),
  PUSHER_KEY: text('key'),
  PUSHER_APP_SECRET: text('secret'),
  PUSHER_SECRET: text('secret'),
  PUSHER_APP_NAME: text('name'),
  PUSHER_HOST: HOST,
  PUSHER_PORT: HOST,
  PUSHER_SCHEME: HOST,
  PUSHER_CLUSTER: instead('there are no clusters here; SDKs that want a name get any'),
  PUSHER_APP_CLUSTER: instead('there are no clusters here; SDKs that want a name get any'),
};

/** What the dashboard offers to copy has names without a prefix. */
const DASHBOARD_NAMES: ReadonlyMap<string, string> = new Map([
  ['app_id', 'PUSHER_APP_ID'],
  ['id', 'PUSHER_APP_ID'],
  ['key', 'PUSHER_APP_KEY'],
  ['secret', 'PUSHER_APP_SECRET'],
  ['name', 'PUSHER_APP_NAME'],
  ['cluster', 'PUSHER_CLUSTER'],
]);

export function importPusher(given: Variables): Imported {
  const tale = new Tale();
  const draft: Draft = new Map();
  const variables = { ...ofUrl(given['PUSHER_URL'], tale), ...named(given) };
  fill(draft, variables, TAKES, '', tale);
  return { apps: draft.size === 0 ? [] : [appOf(draft)], taken: tale.taken, left: tale.left };
}

/** An environment is full of other things, so only names that are Pusher's are looked at. */
function named(given: Variables): Variables {
  const known = Object.entries(given).map(([name, value]) => [DASHBOARD_NAMES.get(name) ?? name, value] as const);
  return Object.fromEntries(known.filter(([name]) => Object.hasOwn(TAKES, name)));
}

/** `https://KEY:SECRET@api-mt1.pusher.com/apps/ID`, as platforms with add-ons set it. */
function ofUrl(value: unknown, tale: Tale): Variables {
  if (typeof value !== 'string' || value === '') return {};
  const url = URL.parse(value);
  const id = /^\/apps\/([^/]+)\/?$/.exec(url?.pathname ?? '')?.[1];
  if (url === null || id === undefined || url.username === '' || url.password === '') {
    tale.leave('PUSHER_URL', 'is not of the form https://KEY:SECRET@HOST/apps/ID');
    return {};
  }
  return {
    PUSHER_APP_ID: decoded(id),
    PUSHER_APP_KEY: decoded(url.username),
    PUSHER_APP_SECRET: decoded(url.password),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
