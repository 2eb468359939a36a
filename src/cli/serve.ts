// `vask serve`: starts the server and says where it is and how to use it; a signal stops it.
import { settingsHelp } from '../config/help.ts';
import { isReadyMade, readyMadeApp } from '../config/ready-made-app.ts';
import type { Config } from '../config/schema.ts';
import { type RunningServer, startServer } from '../server.ts';
import { StorageError } from '../storage/database.ts';
import { openStore } from '../storage/open-store.ts';
import type { Store } from '../storage/store.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { command } from './command.ts';
import { configuration, faulty } from './configuration.ts';
import { Failure, messageOf } from './failure.ts';
import { banner, type Started } from './serve-banner.ts';
import { SETTING_OPTIONS } from './setting-options.ts';
import { print } from './terminal.ts';
import { VERSION } from './version.ts';

const described = command({
  name: 'serve',
  purpose: 'Starts the server.',
  usage: ['[--config FILE] [options]'],
  details: `Flags win over the environment, the environment over the file. Without an app in any of them a ready-made one is
used, which is kept in the data directory.`,
  optionsHelp: settingsHelp,
  options: SETTING_OPTIONS,
  examples: ['vask serve', 'vask serve --port 7001 --config vask.json', 'VASK_PORT=7001 vask serve'],
  async execute(flags) {
    const given = configuration(flags);
    const store = await open(given);
    const { config, readyMade } = await withApp(given, store);
    const logger = createLogger(config.logLevel, logFormat(config), Date.now, (line) => process.stderr.write(line));
    const server = await start(config, logger, store);
    const { urls, maxConnections, appCount, setupLink } = server;
    print(banner({ version: VERSION, urls, pathPrefix: config.pathPrefix, appCount, readyMade, setupLink }));
    logger.log('info', 'started', {
      version: VERSION,
      cluster: 'memory',
      urls,
      apps: appCount,
      maxConnections,
    });
    survive(logger);
    logger.log('info', 'stopping', { signal: await stopSignal() });
    await server.stop();
    logger.log('info', 'stopped');
    return 0;
  },
});

/** @returns the exit code, once a signal has stopped the server. */
export const serve = (argv: readonly string[]): Promise<number> => described.run(argv);

/** The ready-made app serves until somebody has made one. */
async function withApp(config: Config, store: Store): Promise<{ config: Config; readyMade: Started['readyMade'] }> {
  const isManaged = (await store.apps.list({ limit: 1 })).length > 0;
  if (config.apps.length > 0 || (isManaged && !isReadyMade(config.dataDirectory))) return { config, readyMade: null };
  const readyMade = await readyMadeApp(config.dataDirectory);
  if ('faults' in readyMade) throw faulty('The ready-made app cannot be used', readyMade.faults);
  return { config: { ...config, apps: [readyMade.settings] }, readyMade };
}

async function open({ databaseUrl: url, dataDirectory, secretKey }: Config): Promise<Store> {
  try {
    return await openStore({ url, dataDirectory, secretKey });
  } catch (error) {
    if (error instanceof StorageError) throw new Failure(`The database cannot be used: ${error.message}`);
    throw new Failure(`The database cannot be opened: ${messageOf(error)}`, 'See --data-directory and --database-url.');
  }
}

function logFormat({ logFormat: format }: Config): 'json' | 'text' {
  if (format !== 'auto') return format;
  return process.stderr.isTTY ? 'text' : 'json';
}

async function start(config: Config, logger: Logger, store: Store): Promise<RunningServer> {
  try {
    return await startServer(config, logger, store);
  } catch (error) {
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
function survive(logger: Logger): void {
  const tell = (error: unknown): void =>
    logger.log('error', 'failed', { doing: 'unknown', error: error instanceof Error ? error.stack : String(error) });
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A second signal does not wait for the clients. */
async function stopSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of STOP_SIGNALS) process.on(signal, () => resolve(signal));
  const signal = await promise;
  for (const again of STOP_SIGNALS) process.on(again, () => process.exit(1));
  return signal;
}
