// The processes of the workers: each is started again when it ends, and all are stopped together.
import type { WorkerNews, WorkerOrder } from '../assembly/worker-line.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../engine/ports.ts';
import type { Sample } from '../telemetry/exposition.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface WorkerProcess {
  readonly pid: number;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
}

/** The way to tell a worker something. */
export interface WorkerOrders {
  order(order: WorkerOrder): void;
}

export interface WorkerProcessesParts {
  readonly count: number;
  readonly spawn: (worker: number) => WorkerProcess;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a worker may take to stop. */
  readonly stopMs: number;
}

export type StartedWorker = Extract<WorkerNews, { readonly kind: 'started' }>;

interface Worker {
  readonly number: number;
  process: WorkerProcess | null;
  orders: WorkerOrders | null;
  isStopping: boolean;
  startedAtMs: number;
  delayMs: number;
}

const FIRST_DELAY_MS = 100;
const LAST_DELAY_MS = 5_000;
/** Whoever has lived for so long is started again as if it had never ended. */
const CALM_MS = 10_000;
/** A worker that is too busy to tell its metrics within that time is left out of them. */
const METRICS_MS = 1_000;

export class WorkerProcesses {
  readonly #parts: WorkerProcessesParts;
  readonly #workers: readonly Worker[];
  readonly #started = new Map<number, StartedWorker>();
  readonly #answers = new Map<number, (samples: readonly Sample[]) => void>();
  #questions = 0;
  readonly #allStarted = Promise.withResolvers<readonly StartedWorker[]>();
  #isStopping = false;

  constructor(parts: WorkerProcessesParts) {
    this.#parts = parts;
    this.#workers = Array.from({ length: parts.count }, (_, at) => ({
      number: at + 1,
      process: null,
      orders: null,
      isStopping: false,
      startedAtMs: 0,
      delayMs: FIRST_DELAY_MS,
    }));
  }

  /** Resolves when all of them serve; rejects when one cannot. */
  start(): Promise<readonly StartedWorker[]> {
    for (const worker of this.#workers) this.#start(worker);
    return this.#allStarted.promise;
  }

  told(news: WorkerNews, orders: WorkerOrders): void {
    if (news.kind === 'here') {
      const worker = this.#workers[news.worker - 1];
      if (worker !== undefined) worker.orders = orders;
      return;
    }
    const worker = this.#workers.find((each) => each.orders === orders);
    if (worker === undefined) return;
    if (news.kind === 'stopping') worker.isStopping = true;
    else if (news.kind === 'metrics') this.#answers.get(news.question)?.(news.samples);
    else this.#hasStarted(worker, news);
  }

  /** The worker is out of the cluster. One that lives still, but hangs, must not go on. */
  lineEnded(orders: WorkerOrders, why: string): void {
    const worker = this.#workers.find((each) => each.orders === orders);
    if (worker === undefined) return;
    worker.orders = null;
    if (worker.isStopping || worker.process === null) return;
    this.#parts.logger.log('warn', 'workerLost', { worker: worker.number, pid: worker.process.pid, why });
    worker.process.kill('SIGKILL');
  }

  /** Tells all of them what the configuration is by now. */
  reload(configOf: (worker: number) => Config): void {
    for (const { number, orders } of this.#workers) orders?.order({ what: 'reload', config: configOf(number) });
  }

  /** Those of each worker, with its number. One that does not answer in time is left out. */
  async metrics(): Promise<readonly Sample[]> {
    const samples = await Promise.all(this.#workers.map((worker) => this.#metricsOf(worker)));
    return samples.flat();
  }

  #metricsOf({ number, orders }: Worker): Promise<readonly Sample[]> {
    if (orders === null) return Promise.resolve([]);
    const question = ++this.#questions;
    return new Promise((resolve) => {
      const finish = (samples: readonly Sample[]): void => {
        cancel();
        this.#answers.delete(question);
        const worker = String(number);
        resolve(samples.map((sample) => ({ ...sample, labels: { ...sample.labels, worker } })));
      };
      const cancel = this.#parts.clock.after(METRICS_MS, () => finish([]));
      this.#answers.set(question, finish);
      orders.order({ what: 'metrics', question });
    });
  }

  /** Asks all to stop, and resolves when they have. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const cancel = this.#parts.clock.after(this.#parts.stopMs, () => {
      for (const worker of this.#workers) worker.process?.kill('SIGKILL');
    });
    for (const worker of this.#workers) {
      worker.isStopping = true;
      // Whoever has not said a word yet has no clients.
      if (worker.orders === null) worker.process?.kill('SIGTERM');
      else worker.orders.order({ what: 'stop' });
    }
    await Promise.all(this.#workers.map(({ process }) => process?.ended));
    cancel();
  }

  #start(worker: Worker): void {
    if (this.#isStopping) return;
    const process = this.#parts.spawn(worker.number);
    worker.process = process;
    worker.isStopping = false;
    worker.startedAtMs = this.#parts.clock.now();
    process.ended.then(
      (how) => this.#ended(worker, process.pid, how),
      (error: unknown) => this.#ended(worker, process.pid, String(error)),
    );
  }

  #hasStarted(worker: Worker, news: StartedWorker): void {
    this.#parts.logger.log('info', 'workerStarted', { worker: worker.number, pid: worker.process?.pid });
    this.#started.set(worker.number, news);
    if (this.#started.size === this.#workers.length) this.#allStarted.resolve([...this.#started.values()]);
  }

  #ended(worker: Worker, pid: number, how: number | string): void {
    worker.process = null;
    if (this.#isStopping) return;
    const { clock, logger } = this.#parts;
    if (!this.#started.has(worker.number)) {
      this.#allStarted.reject(new Error(`worker ${worker.number} has ended with ${how}`));
      return;
    }
    if (clock.now() - worker.startedAtMs >= CALM_MS) worker.delayMs = FIRST_DELAY_MS;
    const { number, delayMs } = worker;
    logger.log(worker.isStopping ? 'info' : 'error', 'workerEnded', { worker: number, pid, how, againInMs: delayMs });
    worker.delayMs = Math.min(LAST_DELAY_MS, delayMs * 2);
    clock.after(delayMs, () => this.#start(worker));
  }
}
