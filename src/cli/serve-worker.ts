// A worker of `vask serve --workers`: a server as any other, but for its line to the first process, which has started it,
// tells it when to stop, and ends it by ending.
import { openWorkerLine, type WorkerLine, type WorkerPlace } from '../assembly/worker-line.ts';
import type { Config } from '../config/schema.ts';
import { startServer } from '../server.ts';
import { VERSION } from '../system/version.ts';
import type { Logger } from '../telemetry/logger.ts';
import { messageOf } from './failure.ts';
import { loggerOf, openKept, starting, survive } from './serve-parts.ts';
import { complain } from './terminal.ts';

/** Set by the first process for its workers; not for people, so it is no VASK_… variable. */
export const WORKER_VARIABLE = '_VASK_WORKER';

/** Null when this process is no worker. */
export function workerPlace(env: Readonly<Record<string, string | undefined>>): WorkerPlace | null {
  const text = env[WORKER_VARIABLE];
  // The first process has written it.
  return text === undefined ? null : (JSON.parse(text) as WorkerPlace);
}

/** @returns the exit code, once the first process or a signal has stopped it. */
export async function serveAsWorker(place: WorkerPlace): Promise<number> {
  const { promise: toldToStop, resolve: stop } = Promise.withResolvers<void>();
  // A terminal sends these to all processes; the first one passes them on in its own way.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('SIGTERM', () => stop());
  // Until the configuration is known, all that there is to say is said as plain text.
  let tell: Tell = (event, fields) => complain(`vask: worker ${place.worker}: ${event} ${JSON.stringify(fields)}`);
  const line = await starting(() =>
    openWorkerLine(place, VERSION, {
      onOrder: () => stop(),
      onFailure: (error) => tell('failed', { doing: 'receiving', error: messageOf(error) }),
      // Its clients are held by nobody any more, as the others see it; they come again, to another worker.
      onEnd(why) {
        tell('lineEnded', { why });
        process.exit(1);
      },
    }),
  );
  const logger = numbered(loggerOf(line.config), place.worker);
  tell = (event, fields) => logger.log('error', event, fields);
  try {
    await serve(line, logger, toldToStop);
  } finally {
    // Nothing else keeps the process.
    line.stop();
  }
  return 0;
}

type Tell = (event: string, fields: Readonly<Record<string, string>>) => void;

async function serve({ config, shared, tell }: WorkerLine, logger: Logger, toldToStop: Promise<void>): Promise<void> {
  const store = await openKept(config);
  const options = { isWorker: true, ...(shared === undefined ? {} : { shared }) };
  const { urls, appCount, maxConnections, stop } = await starting(() => startServer(config, logger, store, options));
  tell({ kind: 'started', urls, appCount, maxConnections });
  survive(logger);
  await toldToStop;
  tell({ kind: 'stopping' });
  await stop();
}

/** The log of a worker: each line says which one it is. */
function numbered(logger: Logger, worker: number): Logger {
  return { level: logger.level, log: (level, event, fields) => logger.log(level, event, { worker, ...fields }) };
}

/** What a worker has of the configuration: the ports that were chosen, its share, and a name of its own. */
export function configOfWorker(config: Config, worker: number): Config {
  const { workers, maxConnections, nodeName } = config;
  return {
    ...config,
    maxConnections: maxConnections === 0 ? 0 : Math.ceil(maxConnections / workers),
    nodeName: nodeName === '' ? '' : `${nodeName}-${worker}`,
  };
}
