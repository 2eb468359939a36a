// The composition root: the one file that knows all names. Configuration in, running server out; it is started in the
// order of need and stopped in reverse.
import { join } from 'node:path';
import { clientAddress } from './admin/client-address.ts';
import { adminSite } from './admin/door.ts';
import { type AdminDoors, adminDoors } from './admin/doors.ts';
import { storedWebhooks, switchOff } from './admin/live-webhooks.ts';
import { setupLink, setupToken } from './admin/setup.ts';
import { memoryWorld } from './cluster/memory.ts';
import type { Config } from './config/schema.ts';
import { type App, createApp } from './core/app.ts';
import { bodyBytes, leastBacklogBytes, messageBytes } from './core/limits.ts';
import { startOfMonth } from './core/month.ts';
import { changeApp, removeApp } from './engine/app-changed.ts';
import { deliver } from './engine/deliver.ts';
import { drain } from './engine/drain.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { failed } from './engine/failure.ts';
import { keepAlive } from './engine/keep-alive.ts';
import type { Quotas } from './engine/ports.ts';
import { seedBroadcasts } from './engine/quotas.ts';
import { collectUsage } from './engine/usage.ts';
import { httpDoor } from './http/door.ts';
import { httpFaults } from './protocol/faults.ts';
import { type AppChange, type RememberedApps, rememberApps } from './storage/remembered.ts';
import type { Store } from './storage/store.ts';
import { sweepStore } from './storage/sweep.ts';
import { systemClock } from './system/clock.ts';
import { connectionCapacity } from './system/descriptors.ts';
import { socketIdSource } from './system/socket-ids.ts';
import { type Logger, logHappenings, logTraffic } from './telemetry/logger.ts';
import { configuredWebhooks } from './webhooks/configured.ts';
import type { WebhookApp } from './webhooks/endpoint.ts';
import { startWebhooks, type Webhooks } from './webhooks/webhooks.ts';
import { broadcaster } from './ws/broadcast.ts';
import { type WebSocketDoor, webSocketDoor } from './ws/door.ts';
import { trustProxies } from './ws/forwarded.ts';
import { type AnswerRequest, finishRequests, type Listener, openListener } from './ws/listener.ts';

export interface RunningServer {
  /** Where clients and backends reach it, `http://…` or `https://…`, one for each listener. */
  readonly urls: readonly string[];
  /** How many connections fit. */
  readonly maxConnections: number;
  /** Those of the configuration and of the database. */
  readonly appCount: number;
  /** Where the first admin is made; null when there is one. For the console, never for a log. */
  readonly setupLink: string | null;
  /** Asks all clients to reconnect, answers what is under way, and closes the listeners and the store. */
  stop(): Promise<void>;
}

/** Whatever the limits are at the start, a listener takes bodies and messages of this size: apps may be raised later. */
const LEAST_BODY_BYTES = 16_777_216;
const LEAST_MESSAGE_BYTES = 2_097_152;
/**
 * How long clients who were asked to reconnect are told to wait a moment instead. A browser that finds the port closed
 * tries again only after 15 s; one that is told, after a second, when the next process is likely to be there.
 */
const LINGER_MS = 500;
const SWEEP_MS = 86_400_000;

/**
 * Rejects when a port is taken, or a certificate, the database or the webhook journal cannot be read; nothing is left
 * running then.
 * @param store what is managed at run time; it is closed with the server.
 */
export async function startServer(
  config: Config,
  logger: Logger,
  store: Store,
  lingerMs = LINGER_MS,
): Promise<RunningServer> {
  const closers: (() => Promise<void> | void)[] = [() => store.close()];
  const close = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        // The rest still has to be closed, whatever this one suffers from.
        logger.log('error', 'failed', {
          doing: 'stopping',
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
  };
  try {
    const parts = await openParts(config, logger, store, closers);
    const { engine, listeners } = parts;
    listen(parts, config);
    const token = await setupToken(store, systemClock);
    const baseUrl = baseUrlOf(config, listeners);
    engine.phase = 'serving';
    return {
      urls: listeners.map(({ url }) => url.origin),
      maxConnections: engine.settings.maxConnections,
      appCount: parts.remembered.apps.all().length,
      setupLink: token === null ? null : setupLink(baseUrl, token),
      async stop() {
        const closed = await drain(engine, config.shutdownSeconds * 1000);
        if (closed > 0) await pause(lingerMs);
        await finishRequests(listeners, systemClock);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly engine: Engine;
  readonly listeners: Listener[];
  readonly store: Store;
  readonly remembered: RememberedApps;
  readonly webhooks: Webhooks;
  readonly logger: Logger;
}

/** Everything behind the doors. @param closers gets what has to be undone, in the order in which it was done. */
async function openParts(
  config: Config,
  logger: Logger,
  store: Store,
  closers: (() => Promise<void> | void)[],
): Promise<Parts> {
  const fixed = config.apps.map((settings) => createApp(settings));
  // What changes before the rest is there, the rest will find.
  let onChange = (_change: AppChange): void => undefined;
  const remembered = await rememberApps(store, fixed, (change) => onChange(change));
  closers.push(() => remembered.flush());
  const webhookApps = (): readonly WebhookApp[] => webhooksOf(config, remembered);
  const webhooks = await openWebhooks(config, logger, store, remembered, webhookApps());
  closers.push(() => webhooks.stop());
  const listeners: Listener[] = [];
  const engine = openEngine(config, logger, listeners, remembered, webhooks);
  onChange = (change) => {
    if (change.kind === 'changed') changeApp(engine, change.app);
    else removeApp(engine, change.id);
    webhooks.configure(webhookApps());
  };
  seedBroadcasts(engine, await store.usage.broadcastsSince(startOfMonth(systemClock.now())));
  closers.push(collectUsage(engine, (records) => store.usage.add(records)));
  closers.push(remembered.poll(systemClock, (error) => failed(engine, 'reading changes of apps', error)));
  closers.push(keepSwept(store, (error) => failed(engine, 'sweeping the database', error)));
  closers.push(keepAlive(engine));
  closers.push(async () => void (await Promise.all(listeners.map((listener) => listener.stop(true)))));
  return { engine, listeners, store, remembered, webhooks, logger };
}

function openEngine(
  config: Config,
  logger: Logger,
  listeners: readonly Listener[],
  remembered: RememberedApps,
  webhooks: Webhooks,
): Engine {
  const quotas: Quotas = {
    of(ownerId) {
      const owned = remembered.quotas(ownerId);
      return owned === null ? null : { ...owned, connectionGraceSeconds: config.accountGraceSeconds };
    },
  };
  const backlogBytes = Math.max(config.backlogBytes, ...limitsOf(remembered, leastBacklogBytes));
  const maxConnections = config.maxConnections > 0 ? config.maxConnections : connectionCapacity();
  const engine = createEngine(
    {
      apps: remembered.apps,
      broadcast: broadcaster(listeners),
      clock: systemClock,
      cluster: memoryWorld(systemClock, webhooks.outbox).join(),
      drawSocketId: socketIdSource(),
      keyUsed: (key) => remembered.keyUsed(key),
      observe: logHappenings(logger),
      observeTraffic: logTraffic(logger),
      outbox: webhooks.outbox,
      quotas,
    },
    { ...config, maxConnections, backlogBytes },
  );
  engine.cluster.bus.hear((delivery) => deliver(engine, delivery));
  return engine;
}

function limitsOf(remembered: RememberedApps, measure: (limits: App['limits']) => number): readonly number[] {
  return remembered.apps.all().map(({ limits }) => measure(limits));
}

/** All apps with endpoints: those of the configuration, whose endpoints have no ids, and those of the database. */
function webhooksOf(config: Config, remembered: RememberedApps): readonly WebhookApp[] {
  const configured = new Set(config.apps.map(({ id }) => id));
  const stored = storedWebhooks(remembered).filter(({ app }) => !configured.has(app));
  return [...configuredWebhooks(config.apps), ...stored];
}

function openWebhooks(
  config: Config,
  logger: Logger,
  store: Store,
  remembered: RememberedApps,
  apps: readonly WebhookApp[],
): Promise<Webhooks> {
  const onFailure = (doing: string, error: unknown): void =>
    logger.log('error', 'failed', { doing, error: error instanceof Error ? error.message : String(error) });
  return startWebhooks({
    journal: join(config.dataDirectory, 'outbox.db'),
    graceMs: config.webhookGraceSeconds * 1_000,
    retryMs: config.webhookRetrySeconds * 1_000,
    disableMs: config.webhookDisableHours * 3_600_000,
    allowedHosts: config.webhookAllowedHosts,
    apps,
    clock: systemClock,
    onFailure,
    onDisabled(disabled) {
      logger.log('error', 'webhookDisabled', { ...disabled });
      switchOff(store, remembered, disabled).catch((error: unknown) => onFailure('switching a webhook off', error));
    },
  });
}

/** What is kept for a time only is looked at now and every day. @returns what ends it. */
function keepSwept(store: Store, onFailure: (error: unknown) => void): () => void {
  const sweep = (): void => void sweepStore(store, systemClock.now()).catch(onFailure);
  sweep();
  return systemClock.every(SWEEP_MS, sweep);
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => void systemClock.after(delayMs, resolve));

function listen(parts: Parts, config: Config): void {
  const { engine, listeners, remembered } = parts;
  const { host, port, tls, pathPrefix, requestTimeoutSeconds } = config;
  const door = openWebSocketDoor(engine, config, remembered);
  const maxBodyBytes = Math.max(LEAST_BODY_BYTES, ...limitsOf(remembered, bodyBytes));
  const http = httpDoor(engine);
  const trusts = trustProxies(config.trustedProxies);
  let admin: AdminDoors = () => null;
  const answer: AnswerRequest = (request, target, listener) => {
    // Publishes are the many, and nothing more is made for them.
    if (target.path.startsWith('/app')) return http(request, target);
    const address = (): string => clientAddress(request.headers, listener.requestIP(request)?.address ?? '', trusts);
    return admin(request, target, address) ?? http(request, target);
  };
  const broken = (error: Error): Response => {
    failed(engine, 'request', error);
    return new Response(`${httpFaults.internal.text}\n`, { status: httpFaults.internal.status });
  };
  const open = (at: number, withTls: Config['tls']): void => {
    const settings = { host, port: at, tls: withTls, pathPrefix, requestTimeoutSeconds, maxBodyBytes };
    listeners.push(openListener(settings, door, answer, broken));
  };
  if (tls === null || tls.port !== null) open(port, null);
  if (tls !== null) open(tls.port ?? port, tls);
  // Its links need the address, which is only known now when the port was free to choose.
  admin = openAdmin(parts, config);
}

function openAdmin({ store, remembered, webhooks, logger, listeners }: Parts, config: Config): AdminDoors {
  const site = adminSite({
    store,
    live: remembered,
    webhooks: { ...webhooks, allowedHosts: config.webhookAllowedHosts },
    clock: systemClock,
    logger,
    baseUrl: baseUrlOf(config, listeners),
  });
  return adminDoors(site);
}

/** An address that means "every one" is no place to connect to. */
function baseUrlOf({ publicUrl, pathPrefix }: Config, [first]: readonly Listener[]): string {
  if (publicUrl !== '') return publicUrl;
  const origin = (first?.url.origin ?? '').replace('//0.0.0.0', '//localhost').replace('//[::]', '//localhost');
  return `${origin}${pathPrefix}`;
}

function openWebSocketDoor(engine: Engine, config: Config, remembered: RememberedApps): WebSocketDoor {
  return webSocketDoor(engine, {
    backlogBytes: engine.settings.backlogBytes,
    // What is a little too long gets an error and a close frame; the engine cuts off what is far beyond.
    maxMessageBytes: Math.max(LEAST_MESSAGE_BYTES, ...limitsOf(remembered, messageBytes).map((bytes) => bytes * 4)),
    trustedProxies: config.trustedProxies,
  });
}
