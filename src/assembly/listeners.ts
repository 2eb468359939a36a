// The doors of the server on its ports: WebSockets, backends, people.
import { join } from 'node:path';
import type { AdminDoors } from '../admin/doors.ts';
import { EVENT_STREAM } from '../admin/event-streams.ts';
import type { Config } from '../config/schema.ts';
import type { AppLimits } from '../core/limits.ts';
import { bodyBytes, messageBytes } from '../core/limits.ts';
import { strangerAt } from '../core/network.ts';
import { dashboardDoor } from '../dashboard/door.ts';
import type { Engine } from '../engine/engine.ts';
import { failed } from '../engine/failure.ts';
import { httpDoor, type NetworkOf } from '../http/door.ts';
import { httpFaults } from '../protocol/faults.ts';
import type { RequestTarget } from '../protocol/request-target.ts';
import { clientAddress } from '../ws/client-address.ts';
import { webSocketDoor } from '../ws/door.ts';
import { trustProxies } from '../ws/forwarded.ts';
import { type AnswerRequest, type Listener, openListener } from '../ws/listener.ts';
import { answerMetrics } from './metrics.ts';
import type { OpenPorts } from './open-ports.ts';

/** Whatever the limits are at the start, a listener takes bodies and messages of this size: apps may be raised later. */
const LEAST_BODY_BYTES = 16_777_216;
const LEAST_MESSAGE_BYTES = 2_097_152;

export interface Ports {
  readonly engine: Engine;
  readonly config: Config;
  /** Those of the server. */
  readonly ports: OpenPorts;
  /** Other processes of this server listen on the same ports. */
  readonly isPortShared: boolean;
  /** The metrics as text. */
  readonly metrics: () => Promise<string>;
  /** Asked at each request: it is made when the listeners are there. */
  readonly admin: () => AdminDoors;
}

/** Throws when a port is taken, or a certificate cannot be read. */
export function openListeners({ engine, config, ports, isPortShared, metrics, admin }: Ports): void {
  const { host, port, tls, pathPrefix, requestTimeoutSeconds } = config;
  const door = webSocketDoor(engine, {
    backlogBytes: engine.settings.backlogBytes,
    // What is a little too long gets an error and a close frame; the engine cuts off what is far beyond.
    maxMessageBytes: Math.max(LEAST_MESSAGE_BYTES, ...limitsOf(engine, messageBytes).map((bytes) => bytes * 4)),
    trustedProxies: config.trustedProxies,
    areAddressesBounded: areAddressesBounded(config),
  });
  const maxBodyBytes = Math.max(LEAST_BODY_BYTES, ...limitsOf(engine, bodyBytes));
  const http = httpDoor(engine, networks(config));
  const people = doorForPeople(config, admin, metrics);
  const answer: AnswerRequest = (request, target, listener) => {
    // Publishes are the many, and nothing more is made for them.
    const isPublic = config.dashboardPort !== null && target.path !== METRICS_PATH;
    if (target.path.startsWith('/app') || isPublic) return http(request, target, listener);
    return people(request, target, listener) ?? http(request, target, listener);
  };
  const broken = (error: Error): Response => {
    failed(engine, 'request', error);
    return new Response(`${httpFaults.internal.text}\n`, { status: httpFaults.internal.status });
  };
  const open = (at: number, withTls: Config['tls'], answerThere = answer): void => {
    const isShared = isPortShared || config.reusePort === 'on';
    ports.open({ host, port: at, isSecure: withTls !== null, isShared }, (port, isPortShared) => {
      const settings = { host, port, tls: withTls, pathPrefix, requestTimeoutSeconds, maxBodyBytes, isPortShared };
      return openListener(settings, door, answerThere, broken);
    });
  };
  if (tls === null || tls.port !== null) open(port, null);
  if (tls !== null) open(tls.port ?? port, tls);
  if (config.dashboardPort === null) return;
  open(config.dashboardPort, tls, (request, target, listener) => people(request, target, listener) ?? notHere());
}

/** Where `npm run build` has put the front end. */
const BUILT_DASHBOARD = join(import.meta.dir, '..', '..', 'dist', 'dashboard');

const METRICS_PATH = '/metrics';

function areAddressesBounded(config: Config): boolean {
  const { connectRate, connectionsPerAddress, badAuthRate } = config;
  return connectRate + connectionsPerAddress + badAuthRate > 0;
}

/** Whose requests count together, proxies aside. */
function networks({ trustedProxies }: Config): NetworkOf {
  const trusts = trustProxies(trustedProxies);
  return (request, listening) =>
    strangerAt(clientAddress(request.headers, listening?.requestIP(request)?.address ?? '', trusts));
}

type DoorForPeople = (
  request: Request,
  target: RequestTarget,
  listener: Listener,
) => Response | Promise<Response> | null;

/** Accounts and apps, the dashboard that shows them, and the metrics. Null for a path that is somebody else's. */
function doorForPeople(config: Config, admin: Ports['admin'], metrics: Ports['metrics']): DoorForPeople {
  const { dashboard, trustedProxies } = config;
  const trusts = trustProxies(trustedProxies);
  const built = dashboard === 'on' ? dashboardDoor(BUILT_DASHBOARD) : () => null;
  return (request, target, listener) => {
    const address = (): string => clientAddress(request.headers, listener.requestIP(request)?.address ?? '', trusts);
    if (target.path === METRICS_PATH && config.metrics !== 'off') {
      const { method, headers } = request;
      const isPeerTrusted = trusts(listener.requestIP(request)?.address ?? '');
      return answerMetrics(config, { method, headers, address: address(), isPeerTrusted }, metrics);
    }
    const answered = admin()(request, target, address) ?? built(request, target);
    return answered instanceof Promise ? answered.then((response) => keepOpen(response, request, listener)) : answered;
  };
}

function notHere(): Response {
  return new Response('Not found\n', { status: 404 });
}

/** A stream of events may be silent for longer than a request may take. */
function keepOpen(response: Response, request: Request, listener: Listener): Response {
  if (response.headers.get('content-type') === EVENT_STREAM) listener.timeout(request, 0);
  return response;
}

function limitsOf({ apps }: Engine, measure: (limits: AppLimits) => number): readonly number[] {
  return apps.all().map(({ limits }) => measure(limits));
}

/** Where people reach the server. An address that means "every one" is no place to connect to. */
export function baseUrlOf({ publicUrl, pathPrefix }: Config, [first]: readonly Pick<Listener, 'url'>[]): string {
  if (publicUrl !== '') return publicUrl;
  const origin = (first?.url.origin ?? '').replace('//0.0.0.0', '//localhost').replace('//[::]', '//localhost');
  return `${origin}${pathPrefix}`;
}
