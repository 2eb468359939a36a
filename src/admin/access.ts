// Who may do what. Everything is refused that the route does not allow, and an app that one may not see is not there.
import { type Caller, hasCsrfToken, isCrossSite } from './authenticate.ts';
import { type Problem, refuse } from './problems.ts';
import type { Route } from './route.ts';
import { configuredApp, configuredById, type SeenApp, storedApp } from './seen-app.ts';
import type { Site } from './site.ts';
import { appIdOf } from './verb.ts';

export interface Access {
  readonly caller: Caller | null;
  /** Of the path, where the route is about one. */
  readonly app: SeenApp | null;
}

/** @param caller null when nobody is logged in. */
export async function grantAccess(
  site: Pick<Site, 'store' | 'live'>,
  route: Route,
  params: Readonly<Record<string, string>>,
  caller: Caller | null,
  request: Request,
): Promise<Access | Problem> {
  const isWrite = route.method !== 'GET';
  if (isWrite && caller?.kind !== 'token' && isCrossSite(request)) return refuse('crossSite');
  if (route.needs === 'nobody') return { caller, app: null };
  if (caller === null) {
    return { problem: 'notLoggedIn', headers: { 'www-authenticate': 'Bearer realm="vask"' } };
  }
  const refused = caller.kind === 'token' ? refuseToken(route, caller) : refuseSession(isWrite, caller, request);
  if (refused !== null) return refused;
  if (route.needs === 'admin' && caller.account.role !== 'admin') return refuse('adminNeeded');
  if (route.needs !== 'view' && route.needs !== 'manage') return { caller, app: null };
  return grantApp(site, route, params['app'] ?? '', caller);
}

function refuseToken({ scope }: Route, { token }: Caller & { kind: 'token' }): Problem | null {
  if (scope === 'any') return null;
  if (scope === 'session') return refuse('sessionNeeded');
  return token.scopes.includes(scope) ? null : refuse('scopeMissing', `It needs the scope ${scope}.`);
}

function refuseSession(isWrite: boolean, { session }: Caller & { kind: 'session' }, request: Request): Problem | null {
  if (!isWrite) return null;
  return hasCsrfToken(session, request.headers.get('x-csrf-token')) ? null : refuse('badCsrf');
}

async function grantApp(
  site: Pick<Site, 'store' | 'live'>,
  route: Route,
  id: string,
  caller: Caller,
): Promise<Access | Problem> {
  const { store } = site;
  const configured = configuredById(site, id);
  if (configured !== null) return grantConfigured(configuredApp(configured), route, caller);
  const record = await store.apps.get(appIdOf(id));
  if (record === null) return refuse('notFound');
  const app = storedApp(record);
  if (caller.account.role === 'admin' || app.ownerId === caller.account.id) return { caller, app };
  const role = await store.members.roleOf(app.id, caller.account.id);
  if (role === null) return refuse('notFound');
  return route.needs === 'manage' && role !== 'manage' ? refuse('managerNeeded') : { caller, app };
}

/** Whose account is no admin's does not even learn that there is such an app. */
function grantConfigured(app: SeenApp, route: Route, caller: Caller): Access | Problem {
  if (caller.account.role !== 'admin') return refuse('notFound');
  const changesIt = route.method !== 'GET' && route.onConfigured !== true;
  return changesIt ? refuse('appOfConfiguration') : { caller, app };
}
