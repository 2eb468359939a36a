// `vask serve`: starts the server and says where it is and how to use it; a signal stops it.
import { settingsHelp } from '../config/help.ts';
import type { Config } from '../config/schema.ts';
import { startServer } from '../server.ts';
import { VERSION } from '../system/version.ts';
import { command } from './command.ts';
import { configuration, type Flags } from './configuration.ts';
import { banner } from './serve-banner.ts';
import { loggerOf, openKept, startedWith, starting, stopSignal, survive, withApp } from './serve-parts.ts';
import { HangUps } from './serve-reload.ts';
import { serveAsWorker, workerPlace } from './serve-worker.ts';
import { serveWithWorkers } from './serve-workers.ts';
import { SETTING_OPTIONS } from './setting-options.ts';
import { print } from './terminal.ts';

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
    const place = workerPlace(process.env);
    if (place !== null) return await serveAsWorker(place);
    const config = configuration(flags);
    return config.workers > 1 ? await serveWithWorkers(config, flags) : await serveAlone(config, flags);
  },
});

/** @returns the exit code, once a signal has stopped the server. */
export const serve = (argv: readonly string[]): Promise<number> => described.run(argv);

async function serveAlone(given: Config, flags: Flags): Promise<number> {
  const hangUps = new HangUps();
  const store = await openKept(given);
  const { config, readyMade } = await withApp(given, store);
  const logger = loggerOf(config);
  const { stop, reload, ...server } = await starting(() => startServer(config, logger, store));
  const { urls, maxConnections, appCount, setupLink } = server;
  print(banner({ ...startedWith(config), urls, appCount, readyMade, setupLink }));
  const cluster = config.redisUrl === null ? 'memory' : 'redis';
  logger.log('info', 'started', { version: VERSION, cluster, urls, apps: appCount, maxConnections });
  survive(logger);
  hangUps.reloadBy(logger, store, flags, reload);
  logger.log('info', 'stopping', { signal: await stopSignal() });
  await stop();
  logger.log('info', 'stopped');
  return 0;
}
