// The processes of the workers, with a clock that the test moves: who is started again, when, and who is ended.
import { describe, expect, test } from 'bun:test';
import type { WorkerOrder } from '../../src/assembly/worker-line.ts';
import { type WorkerOrders, WorkerProcesses } from '../../src/cli/worker-processes.ts';
import { FakeClock } from '../support/clock.ts';

class FakeProcess {
  readonly worker: number;
  readonly pid: number;
  readonly signals: string[] = [];
  readonly #end = Promise.withResolvers<number | string>();

  constructor(worker: number, pid: number) {
    this.worker = worker;
    this.pid = pid;
  }

  get ended(): Promise<number | string> {
    return this.#end.promise;
  }

  kill(signal: string): void {
    this.signals.push(signal);
    if (signal === 'SIGKILL') this.#end.resolve(signal);
  }

  /** It ends, and whoever waits for that has learnt of it. */
  async end(how: number | string): Promise<void> {
    this.#end.resolve(how);
    await Promise.resolve(this.ended);
    await Promise.resolve();
  }
}

class Orders implements WorkerOrders {
  readonly given: WorkerOrder[] = [];

  order(order: WorkerOrder): void {
    this.given.push(order);
  }
}

const STARTED = { kind: 'started', urls: ['http://127.0.0.1:1'], appCount: 1, maxConnections: 10 } as const;

function stage(count = 2) {
  const clock = new FakeClock();
  const spawned: FakeProcess[] = [];
  const logged: string[] = [];
  const processes = new WorkerProcesses({
    count,
    spawn(worker) {
      const started = new FakeProcess(worker, 100 + spawned.length);
      spawned.push(started);
      return started;
    },
    clock,
    logger: { level: 'info', log: (level, event) => void logged.push(`${level} ${event}`) },
    stopMs: 5_000,
  });
  /** The worker has a line and serves. */
  const serves = (worker: number): Orders => {
    const orders = new Orders();
    processes.told({ kind: 'here', worker }, orders);
    processes.told(STARTED, orders);
    return orders;
  };
  return { clock, spawned, logged, processes, serves };
}

describe('workers', () => {
  test('have started when all of them have', async () => {
    const { processes, spawned, serves } = stage(3);
    const started = processes.start();
    expect(spawned.map(({ worker }) => worker)).toEqual([1, 2, 3]);
    for (const worker of [3, 1, 2]) serves(worker);
    expect(await started).toEqual([STARTED, STARTED, STARTED]);
  });

  test('have not when one ends before it serves', async () => {
    const { processes, spawned, serves } = stage();
    const started = processes.start();
    serves(1);
    await spawned[1]?.end(1);
    await expect(started).rejects.toThrow('worker 2 has ended with 1');
  });

  test('are started again, later each time, and at once after a calm time', async () => {
    const { processes, clock, spawned, serves, logged } = stage(1);
    const started = processes.start();
    serves(1);
    await started;
    for (const delayMs of [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]) {
      const before = spawned.length;
      await spawned.at(-1)?.end('SIGSEGV');
      clock.advance(delayMs - 1);
      expect(spawned).toHaveLength(before);
      clock.advance(1);
      expect(spawned).toHaveLength(before + 1);
      serves(1);
    }
    clock.advance(10_000);
    await spawned.at(-1)?.end(0);
    clock.advance(100);
    expect(spawned).toHaveLength(10);
    expect(logged).toContain('error workerEnded');
  });

  test('are ended when their line has, unless they go by themselves', async () => {
    const { processes, spawned, serves, logged } = stage();
    const started = processes.start();
    const [lost, going] = [serves(1), serves(2)];
    await started;
    processes.told({ kind: 'stopping' }, going);
    for (const orders of [lost, going]) processes.lineEnded(orders, 'it hangs');
    expect(spawned.map(({ signals }) => signals)).toEqual([['SIGKILL'], []]);
    expect(logged.filter((line) => line === 'warn workerLost')).toHaveLength(1);
  });

  test('are asked to stop all together; one that has no line yet is ended', async () => {
    const { processes, clock, spawned, serves } = stage();
    void processes.start();
    const orders = serves(1);
    const stopped = processes.stop();
    expect(orders.given).toEqual([{ what: 'stop' }]);
    expect(spawned[1]?.signals).toEqual(['SIGTERM']);
    processes.lineEnded(orders, 'the worker stops');
    await spawned[0]?.end(0);
    await spawned[1]?.end('SIGTERM');
    await stopped;
    clock.advance(60_000);
    expect(spawned.map(({ signals }) => signals)).toEqual([[], ['SIGTERM']]);
  });

  test('are ended when they take too long to stop', async () => {
    const { processes, clock, spawned, serves } = stage(1);
    void processes.start();
    serves(1);
    const stopped = processes.stop();
    clock.advance(5_000);
    expect(spawned[0]?.signals).toEqual(['SIGKILL']);
    await stopped;
  });

  test('are not started again while all stop', async () => {
    const { processes, clock, spawned, serves } = stage(1);
    const started = processes.start();
    serves(1);
    await started;
    await spawned[0]?.end(1);
    await processes.stop();
    clock.advance(60_000);
    expect(spawned).toHaveLength(1);
  });
});
