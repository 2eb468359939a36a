// `vask serve --workers N`: the first process keeps what there must be one of, and starts as many servers as there are
// workers, all on one port.
import { isDeepStrictEqual } from 'node:util';
import { type FirstProcess, openFirstProcess } from '../assembly/first-process.ts';
import type { Config } from '../config/schema.ts';
import type { Store } from '../storage/store.ts';
import { systemClock } from '../system/clock.ts';
import { ownCommand } from '../system/program.ts';
import { VERSION } from '../system/version.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Flags } from './configuration.ts';
import { banner } from './serve-banner.ts';
import { loggerOf, openKept, startedWith, starting, stopSignal, survive, withApp } from './serve-parts.ts';
import { HangUps } from './serve-reload.ts';
import { configOfWorker, WORKER_VARIABLE } from './serve-worker.ts';
import { print } from './terminal.ts';
import { type StartedWorker, type WorkerProcess, WorkerProcesses } from './worker-processes.ts';

/** What stopping takes besides the time over which the closes are spread. */
const STOP_MS = 15_000;

/** @returns the exit code, once a signal has stopped the server. */
export async function serveWithWorkers(given: Config, flags: Flags): Promise<number> {
  const hangUps = new HangUps();
  const store = await openKept(given);
  const { config: withApps, readyMade } = await withApp(given, store);
  const logger = loggerOf(withApps);
  const config = await starting(() => withPorts(withApps));
  const current = { config };
  const { first, processes, started } = await starting(() => open(current, logger, store));
  const [{ urls, appCount }] = started;
  const setupLink = await first.setupLink(urls);
  print(banner({ ...startedWith(config), urls, appCount, readyMade, setupLink }));
  logger.log('info', 'started', {
    version: VERSION,
    cluster: config.redisUrl === null ? 'workers' : 'redis',
    workers: config.workers,
    urls,
    apps: appCount,
    maxConnections: started.reduce((total, { maxConnections }) => total + maxConnections, 0),
  });
  survive(logger);
  hangUps.reloadBy(logger, store, flags, (next) => {
    // Where any port will do, it is the one that was found free at the start.
    const port = next.port === withApps.port ? config.port : next.port;
    const tls = isDeepStrictEqual(next.tls, withApps.tls) ? config.tls : next.tls;
    current.config = { ...next, port, tls };
    first.reload(current.config);
    processes.reload((worker) => configOfWorker(current.config, worker));
  });
  logger.log('info', 'stopping', { signal: await stopSignal() });
  await processes.stop();
  await first.stop();
  logger.log('info', 'stopped');
  return 0;
}

interface Opened {
  readonly first: FirstProcess;
  readonly processes: WorkerProcesses;
  readonly started: readonly [StartedWorker, ...StartedWorker[]];
}

/** Rejects when a worker cannot start; all have ended then. */
async function open(current: { readonly config: Config }, logger: Logger, store: Store): Promise<Opened> {
  const { config } = current;
  let path = '';
  const processes = new WorkerProcesses({
    count: config.workers,
    spawn: (worker) => spawnWorker({ worker, path, nodeName: configOfWorker(config, worker).nodeName }),
    clock: systemClock,
    logger,
    stopMs: config.shutdownSeconds * 1_000 + STOP_MS,
  });
  const first = await openFirstProcess(config, logger, store, {
    configOf: (worker) => configOfWorker(current.config, worker),
    metrics: () => processes.metrics(),
    told: (news, line) => processes.told(news, line),
    ended: (line, why) => processes.lineEnded(line, why),
  });
  path = first.path;
  try {
    const [one, ...others] = await processes.start();
    if (one === undefined) throw new Error('There are no workers.');
    return { first, processes, started: [one, ...others] };
  } catch (error) {
    await processes.stop();
    await first.stop();
    throw error;
  }
}

/** This very program, as a worker. What it prints is for nobody; what it logs stands beside what this process logs. */
function spawnWorker(place: {
  readonly worker: number;
  readonly path: string;
  readonly nodeName: string;
}): WorkerProcess {
  const child = Bun.spawn([...ownCommand(), 'serve'], {
    env: { ...process.env, [WORKER_VARIABLE]: JSON.stringify(place) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return {
    pid: child.pid,
    ended: child.exited.then((code) => child.signalCode ?? code),
    kill: (signal) => child.kill(signal),
  };
}

/**
 * The workers share the ports with each other and with nobody else: whoever asks for a shared port gets it, even from
 * another server. So each is taken here for a moment, alone, which also finds free ones where any will do.
 */
function withPorts(config: Config): Config {
  const { host, tls, reusePort } = config;
  const taken: { readonly port: number; stop(): void }[] = [];
  const take = (wanted: number): number => {
    if (wanted > 0 && reusePort === 'on') return wanted;
    const listener = Bun.listen({ hostname: host, port: wanted, socket: { data: () => undefined } });
    taken.push(listener);
    return listener.port;
  };
  try {
    const port = take(config.port);
    const tlsPort = tls === null || tls.port === null ? null : take(tls.port);
    return { ...config, port, tls: tls === null ? null : { ...tls, port: tlsPort } };
  } finally {
    for (const listener of taken) listener.stop();
  }
}
