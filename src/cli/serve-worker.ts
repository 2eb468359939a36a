// A worker of `vask serve --workers`: a server as any other, but for its line to the first process, which has started it,
// tells it when to stop, and ends it by ending.
import { openWorkerLine, type WorkerLine, type WorkerOrder, type WorkerPlace } from '../assembly/worker-line.ts';
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
  // Those that come before there is a server wait for it.
  const orders = new Orders();
  let tell: Tell = (event, fields) => complain(`vask: worker ${place.worker}: ${event} ${JSON.stringify(fields)}`);
  const line = await starting(() =>
    openWorkerLine(place, VERSION, {
      onOrder(order) {
        if (order.what === 'stop') stop();
        else orders.push(order);
      },
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
    await serve(line, logger, orders, toldToStop);
  } finally {
    // Nothing else keeps the process.
    line.stop();
  }
  return 0;
}

type Order = Exclude<WorkerOrder, { readonly what: 'stop' }>;

/** Orders, which wait until there is somebody to do what they say. */
class Orders {
  readonly #waiting: Order[] = [];
  #obey: ((order: Order) => void) | null = null;

  push(order: Order): void {
    if (this.#obey === null) this.#waiting.push(order);
    else this.#obey(order);
  }

  open(obey: (order: Order) => void): void {
    this.#obey = obey;
    for (const order of this.#waiting.splice(0)) obey(order);
  }
}

type Tell = (event: 'failed' | 'lineEnded', fields: Readonly<Record<string, string>>) => void;

async function serve(
  { config, shared, tell, metrics }: WorkerLine,
  logger: Logger,
  orders: Orders,
  toldToStop: Promise<void>,
): Promise<void> {
  const store = await openKept(config);
  const options = { isWorker: true, ofWorkers: metrics, ...(shared === undefined ? {} : { shared }) };
  const { urls, appCount, maxConnections, reload, samples, stop } = await starting(() =>
    startServer(config, logger, store, options),
  );
  tell({ kind: 'started', urls, appCount, maxConnections });
  survive(logger);
  orders.open((order) => {
    if (order.what === 'reload') reload(order.config);
    else tell({ kind: 'metrics', question: order.question, samples: samples() });
  });
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
