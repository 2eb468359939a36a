// The door for backends: a request comes in, is told apart, checked and answered. What goes wrong inside ends here.
import type { App } from '../core/app.ts';
import { bodyBytes } from '../core/limits.ts';
import type { NetworkName } from '../core/network.ts';
import type { Answer } from '../engine/answer.ts';
import { type Engine, spaceOf } from '../engine/engine.ts';
import { failed, Unavailable } from '../engine/failure.ts';
import { noteFlood } from '../engine/flooding.ts';
import { type HttpFault, httpFaults, isRefusal, type Refusal, refusal } from '../protocol/faults.ts';
import type { RequestTarget } from '../protocol/request-target.ts';
import { parseSignedQuery, type SignedQuery, verifyBody } from '../protocol/signed-request.ts';
import { authorize } from './authorize.ts';
import { listChannels, listMembers, showChannel, showStats } from './channels.ts';
import { publishBatch, publishEvent, publishToChannel } from './events.ts';
import { health, readiness } from './health.ts';
import { type Reply, refused, refusedFor } from './reply.ts';
import type { AppRequest } from './request.ts';
import { type AppRoute, type Route, type RouteRefusal, route } from './route.ts';
import { publishUserEvent, terminateUser } from './users.ts';

/** Where a request comes from. */
export interface Listening {
  requestIP(request: Request): { readonly address: string } | null;
}

/** Whose requests count together; asked only for one that is refused. */
export type NetworkOf = (request: Request, listening: Listening | null) => NetworkName | null;

export type HttpDoor = (request: Request, target: RequestTarget, listening?: Listening) => Promise<Response> | Response;

/** What is known of who asks. */
interface Asker {
  readonly networkOf: NetworkOf;
  readonly listening: Listening | null;
}

const NOBODY: NetworkOf = () => null;

export function httpDoor(engine: Engine, networkOf = NOBODY): HttpDoor {
  return (request, target, listening) => {
    const beganMs = performance.now();
    const { method } = request;
    const found = route(method, target.path);
    const asker = { networkOf, listening: listening ?? null };
    if (isRefusal(found)) {
      return respond(engine, beganMs, bounded(engine, request, asker, refuseRoute(engine, method, target, found)));
    }
    if (!isAppRoute(found)) return respond(engine, beganMs, answerPlain(engine, found));
    return answerSigned(engine, request, target, found, asker, beganMs);
  };
}

function isAppRoute(found: Route): found is AppRoute {
  return 'app' in found;
}

function refuseRoute(engine: Engine, method: string, { path }: RequestTarget, found: RouteRefusal): Reply {
  observeRefusal(engine, null, method, path, found);
  return refused(found, found.allow === undefined ? undefined : { allow: found.allow });
}

function answerPlain(engine: Engine, found: Exclude<Route, AppRoute>): Reply {
  switch (found.kind) {
    case 'health':
      return health();
    case 'ready':
      return readiness(engine);
    case 'webSocket':
      return refused(refusal(httpFaults.upgradeRequired), { upgrade: 'websocket', connection: 'Upgrade' });
    case 'options':
      return { status: 204, type: 'text', body: '', headers: { allow: found.allow } };
  }
}

// This is the way of every publish: one promise, that of the body. Each further one would cost as much as a look-up.
function answerSigned(
  engine: Engine,
  request: Request,
  target: RequestTarget,
  found: AppRoute,
  asker: Asker,
  beganMs: number,
): Response | Promise<Response> {
  const { method } = request;
  const query = parseSignedQuery(target.query);
  const app = findApp(engine, found, query);
  if (isRefusal(app)) {
    return respond(engine, beganMs, bounded(engine, request, asker, refuseRequest(engine, null, method, target, app)));
  }
  const limit = bodyBytes(app.limits);
  const unwanted =
    Number(request.headers.get('content-length')) > limit
      ? refusal(httpFaults.bodyTooLarge, { limit })
      : authorize(engine, app, method, target, query);
  if (unwanted !== null) {
    return respond(
      engine,
      beganMs,
      bounded(engine, request, asker, refuseRequest(engine, app, method, target, unwanted)),
    );
  }
  return request.text().then(
    (body) => {
      const idempotencyKey = request.headers.get('idempotency-key');
      return answerBody(engine, { method, target, found, app, query, limit, body, idempotencyKey, beganMs });
    },
    // One that does not come whole is no failure of ours: the client hung up, or sent more than the listener takes, which
    // has answered 413 by itself.
    () => respond(engine, beganMs, refused(refusal(httpFaults.badBody))),
  );
}

interface WholeRequest {
  readonly method: string;
  readonly target: RequestTarget;
  readonly found: AppRoute;
  readonly app: App;
  readonly query: SignedQuery;
  /** Bytes of the longest body. */
  readonly limit: number;
  readonly body: string;
  readonly idempotencyKey: string | null;
  /** By a clock that is fine enough for what takes less than a millisecond. */
  readonly beganMs: number;
}

function answerBody(engine: Engine, request: WholeRequest): Response | Promise<Response> {
  const { method, target, found, app, query, limit, body, idempotencyKey, beganMs } = request;
  // One of unknown length is bounded by the listener alone until it is here. A character takes at most three bytes.
  const isTooLarge = body.length * 3 > limit && Buffer.byteLength(body) > limit;
  const wrong = isTooLarge ? refusal(httpFaults.bodyTooLarge, { limit }) : verifyBody(body, query);
  if (wrong !== null) return respond(engine, beganMs, refuseRequest(engine, app, method, target, wrong));
  const space = spaceOf(engine, app);
  const { usage } = space;
  const startedAtMs = engine.clock.now();
  const waitMs = space.takeRequest(startedAtMs);
  const finish = (reply: Reply): Response => {
    if (reply.status >= 400) usage.errors++;
    if (engine.observeTraffic !== null) observeAnswer(engine, request, reply, startedAtMs);
    return respond(engine, beganMs, reply);
  };
  if (waitMs > 0) return finish(refusedFor(waitMs, refusal(httpFaults.tooManyRequests)));
  usage.requests++;
  usage.bytesIn += body.length;
  const broken = (error: unknown): Response => {
    failed(engine, `${method} ${target.path}`, error);
    return finish(refused(refusal(error instanceof Unavailable ? httpFaults.unavailable : httpFaults.internal)));
  };
  try {
    const { path } = target;
    const reply = answer(engine, found, { app, path, query: query.parameters, body, idempotencyKey });
    return reply instanceof Promise ? reply.then(finish, broken) : finish(reply);
  } catch (error) {
    return broken(error);
  }
}

function findApp(engine: Engine, found: AppRoute, query: SignedQuery): App | Refusal<HttpFault> {
  if (found.app !== null) return engine.apps.byIdOrKey(found.app) ?? refusal(httpFaults.unknownApp);
  const key = query.parameters.get('auth_key');
  if (!key) return refusal(httpFaults.missingAuth, { name: 'auth_key' });
  return engine.apps.byKey(key) ?? refusal(httpFaults.unknownKey);
}

function answer(engine: Engine, found: AppRoute, request: AppRequest): Answer<Reply> {
  switch (found.kind) {
    case 'events':
      return publishEvent(engine, request);
    case 'batchEvents':
      return publishBatch(engine, request);
    case 'channels':
      return listChannels(engine, request);
    case 'channel':
      return showChannel(engine, request, found.channel);
    case 'channelUsers':
      return listMembers(engine, request, found.channel);
    case 'channelEvents':
      return publishToChannel(engine, request, found.channel);
    case 'channelStats':
      return showStats(engine, request, found.channel);
    case 'userEvents':
      return publishUserEvent(engine, request, found.user);
    case 'terminate':
      return terminateUser(engine, request, found.user);
  }
}

/** A stranger who is refused again and again is told to wait; whoever signs rightly is never meant. */
function bounded(engine: Engine, request: Request, { networkOf, listening }: Asker, reply: Reply): Reply {
  const network = networkOf(request, listening);
  const waitSeconds = engine.floods.takeBadRequest(network, engine.clock.now());
  if (waitSeconds === 0) return reply;
  noteFlood(engine, 'badRequestRate', network);
  return refusedFor(waitSeconds * 1000, refusal(httpFaults.tooManyBadRequests));
}

function refuseRequest(
  engine: Engine,
  app: App | null,
  method: string,
  { path }: RequestTarget,
  refusal: Refusal<HttpFault>,
): Reply {
  if (app !== null) spaceOf(engine, app).usage.errors++;
  observeRefusal(engine, app, method, path, refusal);
  return refused(refusal);
}

function observeRefusal(
  engine: Engine,
  app: App | null,
  method: string,
  path: string,
  { fault, text }: Refusal<HttpFault>,
): void {
  engine.observe({ kind: 'requestRefused', app: app?.id ?? null, method, path, status: fault.status, text });
}

function observeAnswer(
  { observeTraffic, clock }: Engine,
  { app, method, target }: WholeRequest,
  { status, body }: Reply,
  startedAtMs: number,
): void {
  const durationMs = clock.now() - startedAtMs;
  const text = status >= 400 ? body.trimEnd() : null;
  observeTraffic?.({ kind: 'request', app: app.id, method, path: target.path, status, durationMs, text });
}

const JSON_HEADERS = { 'content-type': 'application/json' };
const TEXT_HEADERS = { 'content-type': 'text/plain; charset=utf-8' };

function respond({ tally }: Engine, beganMs: number, { status, type, body, headers }: Reply): Response {
  tally.requests.add(status, performance.now() - beganMs);
  const base = type === 'json' ? JSON_HEADERS : TEXT_HEADERS;
  return new Response(body, { status, headers: headers === undefined ? base : { ...base, ...headers } });
}
