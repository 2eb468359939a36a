// The composition root: the one file that knows all names. Configuration in, running server out; it is started in the
// order of need and stopped in reverse.
import { memoryWorld } from './cluster/memory.ts';
import type { Config } from './config/schema.ts';
import { createApp } from './core/app.ts';
import { bodyBytes, leastBacklogBytes, messageBytes } from './core/limits.ts';
import { deliver } from './engine/deliver.ts';
import { drain } from './engine/drain.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { failed } from './engine/failure.ts';
import { keepAlive } from './engine/keep-alive.ts';
import { type HttpDoor, httpDoor } from './http/door.ts';
import { httpFaults } from './protocol/faults.ts';
import { parseRequestTarget } from './protocol/request-target.ts';
import { staticAppStore } from './storage/static.ts';
import { systemClock } from './system/clock.ts';
import { connectionCapacity } from './system/descriptors.ts';
import { socketIdSource } from './system/socket-ids.ts';
import { type Logger, logHappenings, logTraffic } from './telemetry/logger.ts';
import { broadcaster } from './ws/broadcast.ts';
import { type WebSocketDoor, webSocketDoor } from './ws/door.ts';
import type { SocketOutlet } from './ws/outlet.ts';

export interface RunningServer {
  /** Where clients and backends reach it, `http://…` or `https://…`, one for each listener. */
  readonly urls: readonly string[];
  /** How many connections fit. */
  readonly maxConnections: number;
  /** Asks all clients to reconnect, answers what is under way, and closes the listeners. */
  stop(): Promise<void>;
}

type Listener = Bun.Server<SocketOutlet>;

/** Whatever the limits say, a listener takes bodies and messages of this size: apps may be raised while it runs. */
const LEAST_BODY_BYTES = 1_048_576;
const LEAST_MESSAGE_BYTES = 2_097_152;

/**
 * How long clients who were asked to reconnect are told to wait a moment instead. A browser that finds the port closed
 * tries again only after 15 s; one that is told, after a second, when the next process is likely to be there.
 */
const LINGER_MS = 500;
/** How long a request that is under way may take when the server stops. */
const FINISH_MS = 5_000;
const FINISH_STEP_MS = 20;

/** @throws when a port is taken or a certificate cannot be read; nothing is left running then. */
export function startServer(config: Config, logger: Logger, lingerMs = LINGER_MS): RunningServer {
  const listeners: Listener[] = [];
  const maxConnections = config.maxConnections > 0 ? config.maxConnections : connectionCapacity();
  const engine = createEngine(
    {
      apps: staticAppStore(config.apps.map(createApp)),
      broadcast: broadcaster(listeners),
      clock: systemClock,
      cluster: memoryWorld(systemClock).join(),
      drawSocketId: socketIdSource(),
      observe: logHappenings(logger),
      observeTraffic: logTraffic(logger),
    },
    { ...config, maxConnections },
  );
  engine.cluster.bus.hear((delivery) => deliver(engine, delivery));
  try {
    listen(engine, config, listeners);
  } catch (error) {
    for (const listener of listeners) void listener.stop(true);
    throw error;
  }
  const endKeepAlive = keepAlive(engine);
  engine.phase = 'serving';
  return {
    urls: listeners.map(({ url }) => url.origin),
    maxConnections,
    async stop() {
      const closed = await drain(engine, config.shutdownSeconds * 1000);
      endKeepAlive();
      if (closed > 0) await pause(lingerMs);
      await finishRequests(listeners);
      await Promise.all(listeners.map((listener) => listener.stop(true)));
    },
  };
}

/** Takes no more connections, and waits until the requests that are under way have been answered. */
async function finishRequests(listeners: readonly Listener[]): Promise<void> {
  for (const listener of listeners) void listener.stop();
  const deadlineMs = systemClock.now() + FINISH_MS;
  const isBusy = (): boolean => listeners.some(({ pendingRequests }) => pendingRequests > 0);
  while (isBusy() && systemClock.now() < deadlineMs) await pause(FINISH_STEP_MS);
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => void systemClock.after(delayMs, resolve));

function listen(engine: Engine, config: Config, listeners: Listener[]): void {
  const doors: Doors = {
    http: httpDoor(engine),
    webSocket: openWebSocketDoor(engine, config),
    broken(error) {
      failed(engine, 'request', error);
      return new Response(`${httpFaults.internal.text}\n`, { status: httpFaults.internal.status });
    },
  };
  const { port, tls } = config;
  if (tls === null || tls.port !== null) listeners.push(openListener(config, doors, port, null));
  if (tls !== null) listeners.push(openListener(config, doors, tls.port ?? port, tls));
}

function openWebSocketDoor(engine: Engine, config: Config): WebSocketDoor {
  const longest = Math.max(...config.apps.map(({ limits }) => messageBytes(limits)));
  return webSocketDoor(engine, {
    backlogBytes: Math.max(config.backlogBytes, ...config.apps.map(({ limits }) => leastBacklogBytes(limits))),
    // What is a little too long gets an error and a close frame; the engine cuts off what is far beyond.
    maxMessageBytes: Math.max(LEAST_MESSAGE_BYTES, longest * 4),
    trustedProxies: config.trustedProxies,
  });
}

interface Doors {
  readonly http: HttpDoor;
  readonly webSocket: WebSocketDoor;
  /** Answers where a door threw. */
  readonly broken: (error: Error) => Response;
}

function openListener(config: Config, doors: Doors, port: number, tls: Config['tls']): Listener {
  const { host, pathPrefix, requestTimeoutSeconds } = config;
  return Bun.serve<SocketOutlet>({
    hostname: host,
    port,
    idleTimeout: requestTimeoutSeconds,
    maxRequestBodySize: Math.max(LEAST_BODY_BYTES, ...config.apps.map(({ limits }) => bodyBytes(limits))),
    ...(tls === null ? {} : { tls: { cert: Bun.file(tls.cert), key: Bun.file(tls.key) } }),
    fetch(request, server) {
      const target = parseRequestTarget(request.url, pathPrefix);
      if (isUpgrade(request) && doors.webSocket.upgrade(request, target, server, tls !== null)) return undefined;
      return doors.http(request, target);
    },
    websocket: doors.webSocket.handlers,
    error: doors.broken,
  });
}

// Publishes are the many; they are no GETs, and no header of theirs is looked at.
function isUpgrade(request: Request): boolean {
  return request.method === 'GET' && request.headers.get('upgrade')?.toLowerCase() === 'websocket';
}
