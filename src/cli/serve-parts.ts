// What every way of serving begins and ends with: the store, the ready-made app, the log, the signals.
import { isReadyMade, readyMadeApp } from '../config/ready-made-app.ts';
import type { Config } from '../config/schema.ts';
import { StorageError } from '../storage/database.ts';
import { openStore } from '../storage/open-store.ts';
import type { Store } from '../storage/store.ts';
import { VERSION } from '../system/version.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { faulty } from './configuration.ts';
import { Failure, messageOf } from './failure.ts';
import type { Started } from './serve-banner.ts';

/** The ready-made app serves until somebody has made one. */
export async function withApp(
  config: Config,
  store: Store,
): Promise<{ config: Config; readyMade: Started['readyMade'] }> {
  const isManaged = (await store.apps.list({ limit: 1 })).length > 0;
  if (config.apps.length > 0 || (isManaged && !isReadyMade(config.dataDirectory))) return { config, readyMade: null };
  const readyMade = await readyMadeApp(config.dataDirectory);
  if ('faults' in readyMade) throw faulty('The ready-made app cannot be used', readyMade.faults);
  return { config: { ...config, apps: [readyMade.settings] }, readyMade };
}

export async function openKept({ databaseUrl: url, dataDirectory, secretKey }: Config): Promise<Store> {
  try {
    return await openStore({ url, dataDirectory, secretKey });
  } catch (error) {
    if (error instanceof StorageError) throw new Failure(`The database cannot be used: ${error.message}`);
    throw new Failure(`The database cannot be opened: ${messageOf(error)}`, 'See --data-directory and --database-url.');
  }
}

export function loggerOf({ logLevel, logFormat }: Config): Logger {
  const format = logFormat === 'auto' ? (process.stderr.isTTY ? 'text' : 'json') : logFormat;
  return createLogger(logLevel, format, Date.now, (line) => process.stderr.write(line));
}

/** What the banner says of the configuration. */
export function startedWith({ pathPrefix, dashboard, dashboardPort }: Config) {
  return { version: VERSION, pathPrefix, hasDashboard: dashboard === 'on' && dashboardPort === null };
}

/** Runs a step of starting; what it throws is told with advice. */
export async function starting<Value>(step: () => Promise<Value> | Value): Promise<Value> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`The server cannot start: ${messageOf(error)}`, adviceFor(error));
  }
}

function adviceFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'EADDRINUSE') return 'Stop what listens there, or choose another port with --port.';
  if (code === 'EADDRNOTAVAIL') return 'This machine has no such address; see --host.';
  if (code === 'ENOENT' || code === 'EACCES')
    return 'The file must be there, and readable for the user that runs the server.';
  if (/certificate|key|PEM|SSL|TLS/i.test(messageOf(error)))
    return 'Both files must be PEM, and the key must be that of the certificate.';
  return 'Set --log-level debug for more.';
}

/** A bug that nobody caught is told, and the clients of everybody else stay connected. */
export function survive(logger: Logger): void {
  const tell = (error: unknown): void =>
    logger.log('error', 'failed', { doing: 'unknown', error: error instanceof Error ? error.stack : String(error) });
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Ctrl-C reaches a program twice that another one has started: by the terminal, and passed on. That is one wish. */
const SAME_WISH_MS = 300;

/** A second signal does not wait for the clients. */
export async function stopSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of STOP_SIGNALS) process.on(signal, () => resolve(signal));
  const signal = await promise;
  const sinceMs = performance.now();
  const endNow = (): void => {
    if (performance.now() - sinceMs > SAME_WISH_MS) process.exit(1);
  };
  for (const again of STOP_SIGNALS) process.on(again, endNow);
  return signal;
}
