import { afterAll, beforeAll, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { joinPage } from '../../src/admin/join-page.ts';
import { matcher } from '../../src/admin/match.ts';
import type { Route } from '../../src/admin/route.ts';
import { ROUTES } from '../../src/admin/routes.ts';
import { parseRequestTarget } from '../../src/protocol/request-target.ts';
import { anyText, hostileText } from '../support/generators.ts';
import { type ApiStage, apiStage, type Credentials, NOBODY } from './api-stage.ts';

let stage: ApiStage;
let root: Credentials;
let requests = 0;

beforeAll(async () => {
  stage = await apiStage();
  const account = await stage.account('root@example.com', 'admin');
  root = await stage.session(account);
  await stage.app(account, '1001');
});
afterAll(() => stage[Symbol.asyncDispose]());

const withBody: readonly (readonly [string, Route])[] = Object.entries(ROUTES).filter(([, route]) => 'body' in route);
const pathOf = ({ path }: Route): string => path.replace('{app}', '1001').replace(/\{\w+\}/g, 'none');
const send = (route: Route, body: string | undefined, headers: Credentials = {}) =>
  stage.ask(route.method, pathOf(route), root, {
    ...(body === undefined ? {} : { body }),
    headers: { 'if-match': '"v1"', ...headers },
    // Guesses at links and passwords are throttled, which is not the point here.
    address: `192.0.2.${requests++ % 250}`,
  });

test.each(withBody)('[A-1.1, A-1.2] %s refuses a wrong, a missing and a huge body', async (_, route) => {
  const before = JSON.stringify(await stage.store.audit.list({ limit: 1 }));
  expect((await send(route, undefined)).status).toBe(415);
  expect((await send(route, '{}', { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await send(route, 'x=1', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
  for (const body of ['', '{', 'null', '[]', '"x"', '1', '{"unknown":1}', '['.repeat(30_000)]) {
    const told = await send(route, body);
    expect([body, told.status]).toEqual([body, 400]);
    expect(told.headers.get('content-type')).toBe('application/problem+json');
  }
  expect((await send(route, `{"name":"${'x'.repeat(70_000)}"}`)).status).toBe(413);
  expect(JSON.stringify(await stage.store.audit.list({ limit: 1 }))).toBe(before);
});

test('[A-1.2] a huge body is not read to its end, declared or not', async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 16_384;
      controller.enqueue(new Uint8Array(16_384));
    },
  });
  const headers = { ...root, 'content-type': 'application/json' };
  const request = new Request('https://vask.example/api/v1/apps', { method: 'POST', body: endless, headers });
  const response = await stage.door(request, parseRequestTarget(request.url, ''), '192.0.2.1');
  expect(response.status).toBe(413);
  expect(sent).toBeLessThan(200_000);
  const declared = await stage.ask('DELETE', '/apps/1001', { ...root, 'content-length': '70000' });
  expect(declared.status).toBe(413);
});

test('[A-1.1] any text as a body is answered, and nothing breaks', async () => {
  const names = ['name', 'id', 'keyPair', 'limits', 'email', 'password', 'role', 'token', 'url', 'headers', 'scopes'];
  const route = fc.constantFrom(...withBody.filter(([name]) => name !== 'createApp').map(([, each]) => each));
  await fc.assert(
    fc.asyncProperty(route, hostileText(names), async (each, body) => {
      const { status } = await send(each, body);
      expect(status).toBeLessThan(500);
    }),
  );
});

test('[A-1.3] any path, method and query is answered, and nothing breaks', async () => {
  const word = fc.oneof(anyText, fc.constantFrom('apps', '1001', 'keys', 'accounts', '%00', '%ff', '..', '%2e%2e', ''));
  const path = fc.array(word, { maxLength: 5 }).map((parts) => `/${parts.map(escapedPart).join('/')}`);
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD');
  await fc.assert(
    fc.asyncProperty(method, path, anyText, async (each, where, query) => {
      const { status } = await stage.ask(each, `${where}?limit=${escapedPart(query)}`, NOBODY);
      expect([200, 204, 400, 401, 403, 404, 405, 415]).toContain(status);
    }),
  );
});

/** As a client has to write it; what is escaped already stays. */
function escapedPart(part: string): string {
  return /^%[0-9a-f]{2}/.test(part) ? part : encodeURIComponent(part.toWellFormed());
}

test('[A-1.3] a method that the path lacks is told from a path that is not there', async () => {
  const told = await stage.ask('DELETE', '/apps', root);
  expect([told.status, told.headers.get('allow')]).toEqual([405, 'GET, POST, HEAD, OPTIONS']);
  const options = await stage.ask('OPTIONS', '/session', NOBODY);
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, GET, DELETE, HEAD, OPTIONS']);
  expect(options.headers.get('access-control-allow-origin')).toBeNull();
  for (const path of ['', '/', '/app', '/apps/', '/apps/1001/x', '/APPS']) {
    expect((await stage.ask('GET', path, root)).status).toBe(404);
  }
  const head = await stage.ask('HEAD', '/apps/1001', root);
  expect([head.status, head.text]).toEqual([200, '']);
  expect(head.headers.get('etag')).toMatch(/^"v\d+"$/);
});

test('[A-1.3] a name of a path comes before a parameter', () => {
  const found = matcher(ROUTES)('POST', '/invitations/accept');
  expect(found).toMatchObject({ name: 'acceptInvitation', params: {} });
});

test('[A-1.3] what fails inside is told without details, and logged', async () => {
  await using broken = await apiStage();
  const session = await broken.session(await broken.account('root@example.com', 'admin'));
  broken.store.apps.list = () => Promise.reject(new Error('disk is full'));
  const told = await broken.ask('GET', '/apps', session);
  expect(told.json).toEqual({
    type: 'urn:vask:problem:internal',
    title: 'The server failed',
    advice: 'Try again; the log tells more.',
    status: 500,
  } as never);
  expect(broken.lines.at(-1)).toBe('["error","adminFailed",{"route":"listApps","reason":"Error: disk is full"}]');
});

test('[A-2.1, A-2.6] the links lead to pages that send the secret to the API alone', async () => {
  const open = (path: string, method = 'GET') =>
    joinPage(new Request(`https://vask.example${path}`, { method }), parseRequestTarget(path, ''));
  for (const [path, to] of [
    ['/setup', 'api/v1/setup'],
    ['/join', 'api/v1/invitations/accept'],
  ] as const) {
    const response = open(path);
    const page = (await response?.text()) ?? '';
    expect(page).toContain(`data-to="${to}"`);
    const policy = response?.headers.get('content-security-policy') ?? '';
    for (const tag of ['script', 'style']) {
      const content = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? '';
      const digest = new Bun.CryptoHasher('sha256').update(content).digest('base64');
      expect(policy).toContain(`${tag}-src 'sha256-${digest}'`);
    }
    expect(open(path, 'POST')?.status).toBe(405);
  }
  expect(open('/')).toBeNull();
});
