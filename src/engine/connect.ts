// A client asks to be connected. It is let in or told why not; either way the upgrade has been accepted, because a
// client that is refused by HTTP retries for ever without a word to its user (P-2.5).
import type { App } from '../core/app.ts';
import { Connection, type Outlet } from '../core/connection.ts';
import type { NetworkName } from '../core/network.ts';
import type { Space } from '../core/space.ts';
import { type CloseFault, closeFaults, isRefusal, type Refusal, refusal } from '../protocol/faults.ts';
import { connectionEstablished, error } from '../protocol/server-message.ts';
import type { Answer } from './answer.ts';
import { type Engine, spaceOf } from './engine.ts';
import { noteFlood } from './flooding.ts';
import { countConnections, learnNearQuota, mayConnect } from './quotas.ts';

/** What a client says before it is let in. */
export interface Knock {
  /** The app key in the path; null when the path has another form. */
  readonly key: string | null;
  /** The query parameter; null when it is missing. */
  readonly protocol: string | null;
  readonly isSecure: boolean;
  /** The page that connects, as browsers say; null for other clients. */
  readonly origin: string | null;
  /** Where the client is, for what is bounded by address; null when it is not a stranger. */
  readonly network: NetworkName | null;
}

const OLDEST_PROTOCOL = 4;
const NEWEST_PROTOCOL = 7;

/** The new connection, which has been greeted; null when it has been refused and closed. */
export function connect(engine: Engine, knock: Knock, outlet: Outlet): Answer<Connection | null> {
  const flood = engine.floods.admit(knock.network, engine.clock.now());
  if (flood !== null) {
    noteFlood(engine, flood, knock.network);
    return turnAway(engine, knock, outlet, refusal(closeFaults.addressLimit));
  }
  const space = admit(engine, knock);
  if (isRefusal(space)) return turnAway(engine, knock, outlet, space);
  const learnt = learnNearQuota(engine, space);
  if (!(learnt instanceof Promise)) return letIn(engine, knock, outlet, space);
  return learnt.then(() => {
    // The app may have been changed meanwhile, and the server may have begun to stop.
    const now = admit(engine, knock);
    return isRefusal(now) ? turnAway(engine, knock, outlet, now) : letIn(engine, knock, outlet, now);
  });
}

function turnAway(engine: Engine, { key }: Knock, outlet: Outlet, { fault, text }: Refusal<CloseFault>): null {
  const app = engine.apps.byKey(key ?? '');
  if (app !== null) spaceOf(engine, app).usage.errors++;
  engine.observe({ kind: 'connectionRefused', app: app?.id ?? null, code: fault.code, text });
  outlet.send(error(fault.code, text));
  outlet.close(fault.code, text);
  return null;
}

function letIn(engine: Engine, knock: Knock, outlet: Outlet, space: Space): Connection | null {
  if (!mayConnect(engine, space)) return turnAway(engine, knock, outlet, refusal(closeFaults.overQuota));
  const socketId = engine.drawSocketId();
  const connection = new Connection(socketId, space.app, outlet, engine.clock.now(), knock.network);
  engine.floods.opened(knock.network);
  space.connections.set(socketId, connection);
  engine.connections++;
  countConnections(engine, space, 1);
  outlet.send(connectionEstablished(socketId, engine.settings.activityTimeoutSeconds));
  engine.observe({ kind: 'connected', app: space.app.id, socketId });
  return connection;
}

function admit(engine: Engine, knock: Knock): Space | Refusal<CloseFault> {
  const { key, protocol, isSecure, origin } = knock;
  if (engine.phase === 'stopping') return refusal(closeFaults.stopping);
  if (engine.phase === 'starting') return refusal(closeFaults.starting);
  if (engine.overload.reason !== null) return refusal(closeFaults.overloaded);
  if (key === null || key === '') return refusal(closeFaults.pathNotFound);
  const wrongProtocol = checkProtocol(protocol);
  if (wrongProtocol !== null) return wrongProtocol;
  const app = engine.apps.byKey(key);
  if (app === null) return refusal(closeFaults.unknownApp, { key });
  const { settings } = app;
  if (!settings.enabled) return refusal(closeFaults.appDisabled);
  if (settings.tlsOnly && !isSecure) return refusal(closeFaults.tlsOnly);
  if (!isOriginAllowed(app, origin)) return refusal(closeFaults.originNotAllowed);
  if (engine.connections >= engine.settings.maxConnections) {
    noteFlood(engine, 'maxConnections', knock.network);
    return refusal(closeFaults.overCapacity);
  }
  return spaceOf(engine, app);
}

// Hand-written clients often send no version; the newest one is then meant (P-2.2).
function checkProtocol(protocol: string | null): Refusal<CloseFault> | null {
  if (protocol === null) return null;
  if (protocol === '') return refusal(closeFaults.noProtocol);
  if (!/^\d{1,9}$/.test(protocol)) return refusal(closeFaults.badVersion);
  const version = Number(protocol);
  if (version >= OLDEST_PROTOCOL && version <= NEWEST_PROTOCOL) return null;
  return refusal(closeFaults.unsupportedProtocol, { version });
}

/** As browsers send it. What has another form, such as two of them, has no host that a rule could fit. */
const ORIGIN = /^[a-z][-+.a-z0-9]*:\/\/([-_.a-z0-9]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

// Only browsers send an origin, and only they can be told by it: every other client may claim what it likes.
function isOriginAllowed(app: App, origin: string | null): boolean {
  const { allowedOrigins } = app.settings;
  if (allowedOrigins.length === 0 || origin === null) return true;
  const host = ORIGIN.exec(origin)?.[1] ?? '';
  return allowedOrigins.some((allowed) =>
    allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : allowed === origin || allowed === host,
  );
}
