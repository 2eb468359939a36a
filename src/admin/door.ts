// The door of the admin API: a request under /api/v1 → its route → who asks and whether they may → what they ask → the
// answer. What is refused is logged and changes nothing.

import { Throttle } from '../core/throttle.ts';
import { Unavailable } from '../engine/failure.ts';
import type { RequestTarget } from '../protocol/request-target.ts';
import { type Access, grantAccess } from './access.ts';
import { accountVerbs } from './account-verbs.ts';
import { appVerbs } from './app-verbs.ts';
import { authenticate, isSecureRequest, sessionCookie } from './authenticate.ts';
import { EMAIL_ATTEMPTS, NETWORK_ATTEMPTS } from './bounds.ts';
import { channelVerbs } from './channel-verbs.ts';
import { EVENT_STREAM, EventStreams } from './event-streams.ts';
import { decodeBody, decodeQuery, expectedVersion, tagOf } from './input.ts';
import { keyVerbs } from './key-verbs.ts';
import { liveVerbs } from './live-verbs.ts';
import { type Matched, matcher } from './match.ts';
import { memberVerbs } from './member-verbs.ts';
import { openApiDocument, statusOf } from './openapi.ts';
import { ownVerbs } from './own-verbs.ts';
import { Passwords } from './passwords.ts';
import { type Problem, problemResponse, problems, refuse } from './problems.ts';
import type { Route } from './route.ts';
import { API_PATH, ROUTES } from './routes.ts';
import { sessionVerbs } from './session-verbs.ts';
import type { AdminOptions, Site } from './site.ts';
import { Turns } from './turns.ts';
import { type Answered, isProblem, type Verbs } from './verb.ts';
import { webhookVerbs } from './webhook-verbs.ts';

/** @param remoteAddress of the client, when proxies that are trusted have been looked through. */
export type AdminDoor = (request: Request, target: RequestTarget, remoteAddress: string) => Promise<Response>;

/** Makes what the options do not bring; the device flow works on the same. */
export function adminSite(options: AdminOptions, passwords = new Passwords()): Site {
  return {
    ...options,
    passwords,
    turns: new Turns(),
    streams: new EventStreams(options.clock),
    networkAttempts: new Throttle(NETWORK_ATTEMPTS),
    emailAttempts: new Throttle(EMAIL_ATTEMPTS),
  };
}

type AnyVerb = (call: object) => Promise<Answered<unknown> | Problem>;

/** The path is the one without the configured prefix, and begins with /api/v1. */
export function adminDoor(site: Site): AdminDoor {
  const verbs: Verbs<typeof ROUTES> = {
    ...sessionVerbs(site),
    ...ownVerbs(site),
    ...accountVerbs(site),
    ...appVerbs(site),
    ...keyVerbs(site),
    ...memberVerbs(site),
    ...webhookVerbs(site),
    ...liveVerbs(site),
    ...channelVerbs(site),
  };
  const match = matcher(ROUTES);
  const document = JSON.stringify(openApiDocument(ROUTES, API_PATH));

  return async (request, target, remoteAddress) => {
    const path = target.path.slice(API_PATH.length);
    if (path === '/openapi.json') return serveDocument(request.method, document);
    const found = match(request.method, path);
    if (!('route' in found)) {
      const refused = refuseUnmatched(request.method, found.methods);
      return 'problem' in refused ? refusedResponse(site, request, target, null, refused) : refused;
    }
    try {
      // Object.entries of the routes has given the name, so there is a verb of it.
      const verb = (verbs as Readonly<Record<string, unknown>>)[found.name] as AnyVerb;
      return await answer(site, request, target, remoteAddress, found, verb);
    } catch (error) {
      if (error instanceof Unavailable) return problemResponse(refuse('unavailable', 'The nodes cannot agree now.'));
      site.logger.log('error', 'adminFailed', { route: found.name, reason: String(error) });
      return problemResponse(refuse('internal'));
    }
  };
}

async function answer(
  site: Site,
  request: Request,
  target: RequestTarget,
  remoteAddress: string,
  { route, params }: Matched,
  verb: AnyVerb,
): Promise<Response> {
  const isSecure = isSecureRequest(request, site.baseUrl);
  const caller = await authenticate(site.store, site.clock, request, isSecure);
  const account = caller?.account.id ?? null;
  const access = await grantAccess(site, route, params, caller, request);
  if (isProblem(access)) return refusedResponse(site, request, target, account, access);
  const input = await readInput(route, request, target);
  if (isProblem(input)) return refusedResponse(site, request, target, account, input);
  const cookie = sessionCookie(request, isSecure);
  const isStillAllowed = async (): Promise<boolean> => {
    const now = await authenticate(site.store, site.clock, request, isSecure);
    return !isProblem(await grantAccess(site, route, params, now, request));
  };
  const way = { remoteAddress, isSecure, cookie, isStillAllowed };
  const result = await verb({ params, ...input, ...(access satisfies Access), ...way });
  if (isProblem(result)) return refusedResponse(site, request, target, account, result);
  return respond(route, request.method, result);
}

async function readInput(route: Route, request: Request, target: RequestTarget) {
  const query = decodeQuery(route, target.query);
  if (isProblem(query)) return query;
  const condition = expectedVersion(route, request);
  if (isProblem(condition)) return condition;
  const body = await decodeBody(route, request);
  if (isProblem(body)) return body;
  return { query: query.value, body: body.value, expected: condition.expected };
}

function respond(route: Route, method: string, { body, version, setCookie }: Answered<unknown>): Response {
  const headers = new Headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  if (version !== undefined) headers.set('etag', tagOf(version));
  if (setCookie !== undefined) headers.set('set-cookie', setCookie);
  if (body instanceof ReadableStream) return respondStream(method, body, headers);
  if (route.answer === undefined) return new Response(null, { status: 204, headers });
  headers.set('content-type', 'application/json');
  return new Response(method === 'HEAD' ? null : JSON.stringify(body), { status: statusOf(route), headers });
}

/** A proxy that gathers what it passes on would make events late. */
function respondStream(method: string, body: ReadableStream, headers: Headers): Response {
  headers.set('content-type', EVENT_STREAM);
  headers.set('x-accel-buffering', 'no');
  if (method !== 'HEAD') return new Response(body, { headers });
  void body.cancel();
  return new Response(null, { headers });
}

function refuseUnmatched(method: string, methods: readonly string[]): Problem | Response {
  if (methods.length === 0) return refuse('notFound');
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  // Without CORS headers: pages of other origins have no business here.
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
  return { problem: 'wrongMethod', headers: { allow } };
}

function serveDocument(method: string, document: string): Response {
  if (method === 'GET' || method === 'HEAD') {
    return new Response(method === 'HEAD' ? null : document, { headers: { 'content-type': 'application/json' } });
  }
  return problemResponse({ problem: 'wrongMethod', headers: { allow: 'GET, HEAD' } });
}

function refusedResponse(
  { logger }: Site,
  request: Request,
  { path }: RequestTarget,
  account: string | null,
  refused: Problem,
): Response {
  const { status } = problems[refused.problem];
  const matters = status === 401 || status === 403 || status === 429;
  const fields = { method: request.method, path: path.slice(0, 300), problem: refused.problem, status, account };
  logger.log(matters ? 'warn' : 'debug', 'adminRefused', fields);
  return problemResponse(refused);
}
