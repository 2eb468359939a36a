// `vask serve`: starts the server and says where it is and how to use it; a signal stops it.
import { readFileSync } from 'node:fs';
import { settingsHelp } from '../config/help.ts';
import { loadConfig } from '../config/load.ts';
import { readyMadeApp } from '../config/ready-made-app.ts';
import type { Config } from '../config/schema.ts';
import { type RunningServer, startServer } from '../server.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { command } from './command.ts';
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
    const { config, readyMade } = await withApp(load(flags));
    const logger = createLogger(config.logLevel, logFormat(config), Date.now, (line) => process.stderr.write(line));
    const server = start(config, logger);
    const { urls, maxConnections } = server;
    print(banner({ version: VERSION, urls, pathPrefix: config.pathPrefix, appCount: config.apps.length, readyMade }));
    logger.log('info', 'started', {
      version: VERSION,
      cluster: 'memory',
      urls,
      apps: config.apps.length,
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

function load(flags: Readonly<Record<string, string | boolean | undefined>>): Config {
  const texts = Object.entries(flags).filter((flag): flag is [string, string] => typeof flag[1] === 'string');
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const loaded = loadConfig({ flags: Object.fromEntries(texts), env: process.env, readFile });
  if ('config' in loaded) return loaded.config;
  throw faulty('The configuration is wrong', loaded.faults);
}

async function withApp(config: Config): Promise<{ config: Config; readyMade: Started['readyMade'] }> {
  if (config.apps.length > 0) return { config, readyMade: null };
  const readyMade = await readyMadeApp(config.dataDirectory);
  if ('faults' in readyMade) throw faulty('The ready-made app cannot be used', readyMade.faults);
  return { config: { ...config, apps: [readyMade.settings] }, readyMade };
}

function faulty(what: string, faults: readonly string[]): Failure {
  return new Failure(`${what}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

function logFormat({ logFormat: format }: Config): 'json' | 'text' {
  if (format !== 'auto') return format;
  return process.stderr.isTTY ? 'text' : 'json';
}

function start(config: Config, logger: Logger): RunningServer {
  try {
    return startServer(config, logger);
  } catch (error) {
    const advice = 'Is the port taken, or the certificate unreadable? See vask check-config.';
    throw new Failure(`The server cannot start: ${messageOf(error)}`, advice);
  }
}

/** A bug that nobody caught is told, and the clients of everybody else stay connected. */
function survive(logger: Logger): void {
  const tell = (error: unknown): void =>
    logger.log('error', 'failed', { doing: 'unknown', error: error instanceof Error ? error.stack : String(error) });
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
}

/** A second signal does not wait for the clients. */
async function stopSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => resolve(signal));
  }
  const signal = await promise;
  for (const again of ['SIGINT', 'SIGTERM'] as const) process.on(again, () => process.exit(1));
  return signal;
}
