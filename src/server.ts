// The composition root: the one file that knows all names. Configuration in, running server out; it is started in the
// order of need and stopped in reverse.
import { adminSite } from './admin/door.ts';
import { type AdminDoors, adminDoors } from './admin/doors.ts';
import { setupLink, setupToken } from './admin/setup.ts';
import type { RunningNode, Site } from './admin/site.ts';
import { keepCertificates } from './assembly/certificates.ts';
import { keepQuotas, keepSwept } from './assembly/chores.ts';
import { openCluster } from './assembly/cluster.ts';
import { baseUrlOf, openListeners } from './assembly/listeners.ts';
import { openMetrics } from './assembly/metrics.ts';
import { OpenPorts } from './assembly/open-ports.ts';
import { logReload } from './assembly/reload.ts';
import { showAttempts } from './assembly/webhook-entries.ts';
import { openWebhooks, webhookApps } from './assembly/webhooks.ts';
import type { Config } from './config/schema.ts';
import { createApp } from './core/app.ts';
import { leastBacklogBytes } from './core/limits.ts';
import { changeApp, removeApp } from './engine/app-changed.ts';
import { deliver } from './engine/deliver.ts';
import { drain } from './engine/drain.ts';
import { createEngine, type Engine } from './engine/engine.ts';
import { failed } from './engine/failure.ts';
import { heedLoad } from './engine/heed-load.ts';
import { keepAlive } from './engine/keep-alive.ts';
import type { Cluster, Outbox, Quotas } from './engine/ports.ts';
import { takePart } from './engine/rejoin.ts';
import { watchBacklog } from './engine/shed-backlog.ts';
import { collectUsage } from './engine/usage.ts';
import { type AppChange, type RememberedApps, rememberApps } from './storage/remembered.ts';
import type { Store } from './storage/store.ts';
import { systemClock } from './system/clock.ts';
import { connectionCapacity } from './system/descriptors.ts';
import { memoryToUse, watchLoad } from './system/load.ts';
import { socketIdSource } from './system/socket-ids.ts';
import { VERSION } from './system/version.ts';
import type { Sample } from './telemetry/exposition.ts';
import { type Logger, logHappenings, logTraffic } from './telemetry/logger.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import { broadcaster } from './ws/broadcast.ts';
import { finishRequests, type Listener } from './ws/listener.ts';

export interface RunningServer {
  /** Where clients and backends reach it, `http://…` or `https://…`, one for each listener. */
  readonly urls: readonly string[];
  /** How many connections fit. */
  readonly maxConnections: number;
  /** Those of the configuration and of the database. */
  readonly appCount: number;
  /** Where the first admin is made; null when there is one. For the console, never for a log. */
  readonly setupLink: string | null;
  /** Resolves when the server takes part in its cluster and serves: at once, unless it has to wait for Redis. */
  readonly serving: Promise<void>;
  /** Takes up what the configuration and the certificate have become; what it cannot take up is named in the log. */
  reload(config: Config): void;
  /** The metrics of this process. */
  samples(): readonly Sample[];
  /** Asks all clients to reconnect, answers what is under way, and closes the listeners and the store. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** How long clients who were asked to reconnect are told to wait a moment instead. */
  readonly lingerMs?: number;
  /** What a worker shares with the others of its machine, instead of having it by itself. */
  readonly shared?: Shared;
  /** One of several processes on one port: the first process has made the link for the first admin. */
  readonly isWorker?: boolean;
  /** Asks the first process for the metrics of all workers. */
  readonly ofWorkers?: () => Promise<readonly Sample[]>;
}

export interface Shared {
  readonly cluster: Cluster;
  readonly webhooks: Webhooks;
}

/**
 * A browser that finds the port closed tries again only after 15 s; one that is told to wait, after a second, when the
 * next process is likely to be there.
 */
const LINGER_MS = 500;

type Closers = (() => Promise<unknown> | unknown)[];

/**
 * Rejects when a port is taken, or a certificate, the database or the webhook journal cannot be read; nothing is left
 * running then.
 * @param store what is managed at run time; it is closed with the server.
 */
export async function startServer(
  config: Config,
  logger: Logger,
  store: Store,
  { lingerMs = LINGER_MS, shared, isWorker = false, ofWorkers }: StartOptions = {},
): Promise<RunningServer> {
  const closers: Closers = [() => store.close()];
  const close = (): Promise<void> => closeAll(closers, logger);
  try {
    const parts = await openParts(config, logger, store, shared, closers);
    const { engine, listeners } = parts;
    // What the workers share is there already, so that whoever knocks at one finds it serving.
    if (shared !== undefined) await takePart(engine);
    let admin: AdminDoors = () => null;
    const ports = new OpenPorts(listeners);
    const certificates = keepCertificates({
      tls: config.tls,
      clock: systemClock,
      logger,
      renew: () => ports.renewCertificates(),
    });
    closers.push(certificates.stop);
    const metrics = openMetrics({
      engine,
      webhooks: parts.webhooks,
      certificateExpiresAtMs: () => certificates.expiresAtMs,
      apps: config.metricsApps,
      ofWorkers: ofWorkers ?? null,
    });
    closers.push(metrics.stop);
    openListeners({ engine, config, ports, isPortShared: isWorker, metrics: metrics.text, admin: () => admin });
    // Its links need the address, which is only known now when the port was free to choose.
    const site = openSite(parts, config);
    admin = adminDoors(site);
    const token = isWorker ? null : await setupToken(store, systemClock);
    const serving = Promise.resolve(shared === undefined ? takePart(engine) : undefined);
    // A server that is stopped while it waits for the others has been told so.
    serving.catch((error: unknown) => engine.phase !== 'stopping' && failed(engine, 'taking part', error));
    return {
      urls: listeners.map(({ url }) => url.origin),
      maxConnections: engine.settings.maxConnections,
      appCount: parts.remembered.apps.all().length,
      setupLink: token === null ? null : setupLink(baseUrlOf(config, listeners), token),
      serving,
      reload(next) {
        parts.reload(next);
        certificates.look();
      },
      samples: metrics.own,
      async stop() {
        // The next process has the same ports, so that whoever is asked to come again finds it.
        if (config.reusePort === 'on') ports.stopAccepting();
        const closed = await drain(engine, config.shutdownSeconds * 1000);
        if (closed > 0 && config.reusePort === 'off') await pause(lingerMs);
        site.streams.endAll();
        await finishRequests(listeners, systemClock);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeAll(closers: Closers, logger: Logger): Promise<void> {
  for (const step of closers.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      // The rest still has to be closed, whatever this one suffers from.
      logger.log('error', 'failed', { doing: 'stopping', error: messageOf(error) });
    }
  }
}

interface Parts {
  readonly engine: Engine;
  readonly listeners: Listener[];
  readonly store: Store;
  readonly remembered: RememberedApps;
  readonly webhooks: Webhooks;
  readonly logger: Logger;
  /** Takes up the apps of the configuration. */
  reload(next: Config): void;
}

/** Everything behind the doors. @param closers gets what has to be undone, in the order in which it was done. */
async function openParts(
  config: Config,
  logger: Logger,
  store: Store,
  shared: Shared | undefined,
  closers: Closers,
): Promise<Parts> {
  let current = config;
  const fixed = config.apps.map((settings) => createApp(settings));
  // What changes before the rest is there, the rest will find.
  let onChange = (_change: AppChange): void => undefined;
  const remembered = await rememberApps(store, fixed, (change) => onChange(change));
  closers.push(() => remembered.flush());
  const webhooks = shared?.webhooks ?? (await openWebhooks(config, logger, store, remembered));
  shared?.webhooks.configure(webhookApps(config, remembered));
  closers.push(() => webhooks.stop());
  const observe = logHappenings(logger);
  const { cluster, outbox, stop } = openCluster(config, webhooks.outbox, observe, shared?.cluster);
  closers.push(stop);
  const listeners: Listener[] = [];
  const engine = openEngine(config, logger, listeners, remembered, cluster, outbox);
  onChange = (change) => {
    if (change.kind === 'changed') changeApp(engine, change.app);
    else removeApp(engine, change.id);
    webhooks.configure(webhookApps(current, remembered));
  };
  closers.push(await keepQuotas(engine, store));
  closers.push(collectUsage(engine, (records) => store.usage.add(records)));
  closers.push(remembered.poll(systemClock, (error) => failed(engine, 'reading changes of apps', error)));
  closers.push(keepSwept(engine, store));
  closers.push(keepAlive(engine));
  closers.push(watchBacklog(engine));
  closers.push(watchLoad((load) => heedLoad(engine, load)));
  closers.push(showAttempts(engine, webhooks));
  closers.push(() => Promise.all(listeners.map((listener) => listener.stop(true))));
  const reload = (next: Config): void => {
    logReload(logger, current, next);
    current = next;
    remembered.fix(next.apps.map((settings) => createApp(settings)));
  };
  return { engine, listeners, store, remembered, webhooks, logger, reload };
}

function openEngine(
  config: Config,
  logger: Logger,
  listeners: readonly Listener[],
  remembered: RememberedApps,
  cluster: Cluster,
  outbox: Outbox,
): Engine {
  const quotas: Quotas = {
    of(ownerId) {
      const owned = remembered.quotas(ownerId);
      return owned === null ? null : { ...owned, connectionGraceSeconds: config.accountGraceSeconds };
    },
  };
  const { apps } = remembered;
  const backlogBytes = Math.max(config.backlogBytes, ...apps.all().map(({ limits }) => leastBacklogBytes(limits)));
  const backlogTotalBytes = Math.max(config.backlogTotalBytes, backlogBytes);
  const overloadMemoryBytes = config.overloadMemoryBytes || memoryToUse(config.workers);
  const maxConnections = config.maxConnections > 0 ? config.maxConnections : connectionCapacity();
  const engine = createEngine(
    {
      apps,
      broadcast: broadcaster(listeners),
      clock: systemClock,
      cluster,
      drawSocketId: socketIdSource(),
      keyUsed: (key) => remembered.keyUsed(key),
      lookAtApps() {
        remembered.catchUp().catch((error: unknown) => failed(engine, 'reading changes of apps', error));
      },
      observe: logHappenings(logger),
      observeTraffic: logTraffic(logger),
      outbox,
      quotas,
    },
    { ...config, maxConnections, backlogBytes, backlogTotalBytes, overloadMemoryBytes },
  );
  cluster.bus.hear((delivery) => deliver(engine, delivery));
  return engine;
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => void systemClock.after(delayMs, resolve));

function openSite({ engine, store, remembered, webhooks, logger, listeners }: Parts, config: Config): Site {
  return adminSite({
    store,
    live: {
      apps: remembered.apps,
      async refresh(id) {
        await remembered.refresh(id);
        // The other nodes would find it within a second anyway, so it does not matter whether they hear this.
        await Promise.resolve(engine.cluster.bus.publish({ kind: 'apps' })).catch(() => undefined);
      },
    },
    webhooks: { ...webhooks, allowedHosts: config.webhookAllowedHosts },
    clock: systemClock,
    logger,
    baseUrl: baseUrlOf(config, listeners),
    node: { engine, version: VERSION, cluster: clusterKindOf(config) },
  });
}

function clusterKindOf({ redisUrl, workers }: Config): RunningNode['cluster'] {
  if (redisUrl !== null) return 'redis';
  return workers > 1 ? 'workers' : 'memory';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
