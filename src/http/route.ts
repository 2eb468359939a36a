// Method and path → what is asked for (docs/http-api.md H-1). Nothing but names is looked at here.
import { type HttpFault, httpFaults, type Refusal, refusal } from '../protocol/faults.ts';
import { decodePath } from '../protocol/request-target.ts';

export type Route =
  | { readonly kind: 'health' | 'ready' | 'webSocket' }
  | { readonly kind: 'options'; readonly allow: string }
  | AppRoute;

/** A signed request; `app` is an id or a key, or null where only `auth_key` tells. */
export type AppRoute = { readonly app: string | null } & (
  | { readonly kind: 'events' | 'batchEvents' | 'channels' }
  | { readonly kind: 'channel' | 'channelUsers' | 'channelEvents' | 'channelStats'; readonly channel: string }
  | { readonly kind: 'userEvents' | 'terminate'; readonly user: string }
);

interface Found {
  readonly method: 'GET' | 'POST';
  readonly route: Exclude<Route, { kind: 'options' }>;
}

/** A refusal of the method names those that there are. */
export interface RouteRefusal extends Refusal<HttpFault> {
  readonly allow?: string;
}

/** @param path as sent, without the configured prefix. */
export function route(method: string, path: string): Route | RouteRefusal {
  const found = find(path);
  if (found === null) return refusal(httpFaults.notFound);
  if (found.method === method || (found.method === 'GET' && method === 'HEAD')) return found.route;
  const allow = found.method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS';
  if (method === 'OPTIONS') return { kind: 'options', allow };
  return { ...refusal(httpFaults.wrongMethod), allow };
}

function find(path: string): Found | null {
  const parts = path.split('/');
  // A slash at the end changes nothing.
  if (parts.length > 2 && parts.at(-1) === '') parts.pop();
  const [, first, second, ...rest] = parts;
  if (first === 'apps' && second) return findInApp(decodePath(second), rest);
  if (parts.length === 2) return findPlain(first ?? '');
  if (first === 'app' && second && rest.length === 0) return { method: 'GET', route: { kind: 'webSocket' } };
  // Python leaves /apps/APP out of this one.
  if (first === 'users' && second) return findUser(null, second, rest);
  return null;
}

function findPlain(name: string): Found | null {
  if (name === '' || name === 'up') return { method: 'GET', route: { kind: 'health' } };
  return name === 'ready' ? { method: 'GET', route: { kind: 'ready' } } : null;
}

function findInApp(app: string, [collection, name, item, ...more]: readonly string[]): Found | null {
  if (name === undefined) {
    if (collection === 'events') return { method: 'POST', route: { kind: 'events', app } };
    if (collection === 'batch_events') return { method: 'POST', route: { kind: 'batchEvents', app } };
    return collection === 'channels' ? { method: 'GET', route: { kind: 'channels', app } } : null;
  }
  if (name === '' || more.length > 0) return null;
  if (collection === 'channels') return findChannel(app, name, item);
  return collection === 'users' ? findUser(app, name, item === undefined ? [] : [item]) : null;
}

function findChannel(app: string, name: string, item: string | undefined): Found | null {
  const channel = decodePath(name);
  switch (item) {
    case undefined:
      return { method: 'GET', route: { kind: 'channel', app, channel } };
    case 'users':
      return { method: 'GET', route: { kind: 'channelUsers', app, channel } };
    case 'events':
      return { method: 'POST', route: { kind: 'channelEvents', app, channel } };
    case 'stats':
      return { method: 'GET', route: { kind: 'channelStats', app, channel } };
    default:
      return null;
  }
}

function findUser(app: string | null, name: string, items: readonly string[]): Found | null {
  if (items.length !== 1) return null;
  const user = decodePath(name);
  if (items[0] === 'terminate_connections') return { method: 'POST', route: { kind: 'terminate', app, user } };
  return items[0] === 'events' && app !== null ? { method: 'POST', route: { kind: 'userEvents', app, user } } : null;
}
