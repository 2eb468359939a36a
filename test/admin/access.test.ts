import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { problems } from '../../src/admin/problems.ts';
import { type Route, SCOPES } from '../../src/admin/route.ts';
import { ROUTES } from '../../src/admin/routes.ts';
import { type ApiStage, apiStage, type Credentials, NOBODY } from './api-stage.ts';

// Every route is called by everybody. The requests are valid up to the last check of access; where they come further
// they are meant to fail on what they name, so that nothing changes and the order of routes does not matter.
const ROLES = ['nobody', 'stranger', 'viewer', 'manager', 'owner', 'admin'] as const;
type RoleName = (typeof ROLES)[number];

const WAYS = ['session', 'noCsrf', 'otherCsrf', 'crossSite', 'token', 'otherScopes', 'expired', 'damaged'] as const;
type Way = (typeof WAYS)[number];

let stage: ApiStage;
const people = new Map<RoleName, Awaited<ReturnType<ApiStage['account']>>>();
const sessions = new Map<RoleName, Credentials>();

beforeAll(async () => {
  stage = await apiStage();
  for (const role of ROLES) {
    if (role === 'nobody') continue;
    const account = await stage.account(`${role}@example.com`, role === 'admin' ? 'admin' : 'member');
    people.set(role, account);
    sessions.set(role, await stage.session(account));
  }
  const [owner, viewer, manager] = [people.get('owner'), people.get('viewer'), people.get('manager')];
  if (!owner || !viewer || !manager) throw new Error('somebody is missing');
  const { id } = await stage.app(owner, '1001');
  await stage.store.members.set(id, viewer.id, 'view');
  await stage.store.members.set(id, manager.id, 'manage');
});
afterAll(() => stage[Symbol.asyncDispose]());

/** What the table says of whoever is known: 0 when the request comes through. */
function refusalFor(role: RoleName, { needs }: Route): number {
  if (needs === 'nobody') return 0;
  if (role === 'nobody') return 401;
  if (needs === 'account' || role === 'admin') return 0;
  if (needs === 'admin') return 403;
  if (role === 'stranger') return 404;
  return needs === 'manage' && role === 'viewer' ? 403 : 0;
}

function refusalOf(role: RoleName, way: Way, route: Route): number {
  const isWrite = route.method !== 'GET';
  const isToken = way === 'token' || way === 'otherScopes' || way === 'expired' || way === 'damaged';
  if (way === 'crossSite' && isWrite) return 403;
  if (route.needs === 'nobody') return 0;
  if (way === 'expired' || way === 'damaged' || role === 'nobody') return 401;
  if (isWrite && (way === 'noCsrf' || way === 'otherCsrf')) return 403;
  if (isToken && route.scope === 'session') return 403;
  if (way === 'otherScopes' && route.scope !== 'any') return 403;
  return refusalFor(role, route);
}

const ACCESS: ReadonlySet<string> = new Set(
  Object.values(problems)
    .filter(({ status }) => status === 401 || status === 403)
    .map(({ title }) => title),
);

async function credentialsFor(role: RoleName, way: Way, route: Route): Promise<Credentials> {
  const account = people.get(role);
  const session = sessions.get(role);
  if (account === undefined || session === undefined)
    return way === 'crossSite' ? { 'sec-fetch-site': 'cross-site' } : NOBODY;
  const scopes = route.scope === 'session' || route.scope === 'any' ? [] : [route.scope];
  const { cookie = '' } = session;
  switch (way) {
    case 'session':
      return session;
    case 'noCsrf':
      return { cookie };
    case 'otherCsrf':
      return { cookie, 'x-csrf-token': (await stage.session(account))['x-csrf-token'] ?? '' };
    case 'crossSite':
      return { ...session, 'sec-fetch-site': 'cross-site' };
    case 'token':
      return await stage.token(account, scopes);
    case 'otherScopes':
      return await stage.token(
        account,
        SCOPES.filter((scope) => scope !== route.scope),
      );
    case 'expired':
      return await stage.token(account, scopes, stage.clock.now());
    case 'damaged': {
      const { authorization = '' } = await stage.token(account, scopes);
      // A session beside it does not help a token that is worth nothing.
      return { ...session, authorization: `${authorization}x` };
    }
  }
}

/** Of the app where it is about one, and of nothing that there is otherwise. */
const pathOf = ({ path }: Route): string => path.replace('{app}', '1001').replace(/\{\w+\}/g, 'none');

/** Everything that could have changed. */
async function state(): Promise<string> {
  const { store } = stage;
  const apps = await store.apps.list({ limit: 100 });
  const accounts = await store.accounts.list({ limit: 100 });
  const keys = await Promise.all(apps.map(({ id }) => store.keys.list(id)));
  const members = await Promise.all(apps.map(({ id }) => store.members.list(id)));
  const [endpoints, audit] = [await store.endpoints.list(), await store.audit.list({ limit: 1 })];
  return JSON.stringify([
    apps,
    accounts,
    keys,
    members,
    endpoints,
    audit,
    stage.webhookCalls.filter((call) => !call.startsWith('read')),
  ]);
}

describe('the access matrix', () => {
  for (const [name, route] of Object.entries(ROUTES)) {
    test(`[A-3.1, A-3.2] ${name}: ${route.method} ${route.path}`, async () => {
      // A body that no route takes: whoever comes through is refused by the schema, and changes nothing.
      const asked = 'body' in route ? { body: { nothing: 'known' }, headers: { 'if-match': '"v1"' } } : {};
      for (const role of ROLES) {
        for (const way of WAYS) {
          const expected = refusalOf(role, way, route);
          // What has no body comes through and would be done.
          if (expected === 0 && route.method !== 'GET' && !('body' in route)) continue;
          const before = await state();
          const { status, json } = await stage.ask(
            route.method,
            pathOf(route),
            await credentialsFor(role, way, route),
            asked,
          );
          const told = `${role} by ${way}: ${status}`;
          if (expected === 0) {
            expect([told, ACCESS.has(json['title'] ?? '')]).toEqual([told, false]);
            if ('body' in route) expect([told, status]).toEqual([told, 400]);
          } else expect([told, status]).toEqual([told, expected]);
          expect(await state()).toBe(before);
        }
      }
    });
  }
});

test('[A-3.1] what needs no body is done for those who may, and for nobody else', async () => {
  const asked: string[] = [];
  for (const [name, route] of Object.entries(ROUTES)) {
    if (route.method === 'GET' || 'body' in route || name === 'logOut') continue;
    const before = await state();
    for (const role of ROLES) {
      if (name === 'deleteApp' || refusalFor(role, route) !== 0) continue;
      const { status } = await stage.ask(route.method, pathOf(route), sessions.get(role) ?? NOBODY);
      asked.push(`${name} ${role} ${status}`);
    }
    expect(await state()).toBe(before);
  }
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((line) => !/ (404|409)$/.test(line))).toEqual([]);
});

test('[A-3.4] a disabled account has no rights by session or token', async () => {
  const account = await stage.account('disabled@example.com', 'admin');
  const all = [await stage.session(account), await stage.token(account, ['apps:read'])];
  await stage.store.accounts.update(account.id, account.version, { enabled: false });
  for (const credentials of all) expect((await stage.ask('GET', '/apps', credentials)).status).toBe(401);
});

test('[A-3.4] a session or a token that is over has no rights', async () => {
  const account = await stage.account('late@example.com', 'admin');
  const session = await stage.session(account);
  const token = await stage.token(account, ['apps:read'], stage.clock.now() + 60_000);
  expect((await stage.ask('GET', '/apps', token)).status).toBe(200);
  stage.clock.advance(60_000);
  expect((await stage.ask('GET', '/apps', token)).status).toBe(401);
  expect((await stage.ask('GET', '/apps', session)).status).toBe(200);
  stage.clock.advance(1_000_000_000);
  expect((await stage.ask('GET', '/apps', session)).status).toBe(401);
});

test('[A-3.3] an app that one is no member of looks like one that is not there', async () => {
  const session = await stage.session(await stage.account('outside@example.com'));
  const [hidden, missing] = [await stage.ask('GET', '/apps/1001', session), await stage.ask('GET', '/apps/1', session)];
  expect(hidden.status).toBe(404);
  expect(hidden.text).toBe(missing.text);
  expect((await stage.ask('GET', '/apps', session)).json).toEqual({ items: [], next: null } as never);
});

test('[A-3.5] refusals are logged with ids and without secrets', () => {
  const refused = stage.lines.filter((line) => line.includes('adminRefused'));
  expect(refused.length).toBeGreaterThan(100);
  expect(refused.join('\n')).not.toMatch(/vask_pat_|__Host-|Bearer/);
  expect(stage.lines.filter((line) => line.includes('adminFailed'))).toEqual([]);
});
