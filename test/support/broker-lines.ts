// A broker and workers of it, with real sockets between them and a clock that the test moves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBroker } from '../../src/cluster/broker/broker.ts';
import { type BrokerClusterHandle, brokerCluster } from '../../src/cluster/broker/cluster.ts';
import type { BrokerLine } from '../../src/cluster/broker/desk.ts';
import { framed, Splitter } from '../../src/cluster/broker/framing.ts';
import { memoryWorld } from '../../src/cluster/memory.ts';
import type { Delivery, NodeSide } from '../../src/engine/ports.ts';
import { FakeClock } from './clock.ts';
import { Inbox } from './inbox.ts';

export const SIDE: NodeSide = {
  holdings: () => [],
  rejoined: () => undefined,
  report: () => ({ connections: 3, repairs: 1 }),
};

export interface TestWorker extends BrokerClusterHandle {
  readonly heard: Delivery[];
  readonly orders: unknown[];
  /** What those who heard have thrown. */
  readonly failures: unknown[];
  /** Resolves when the line has ended by itself. */
  readonly ended: Promise<string>;
}

export interface BrokerLines extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly path: string;
  readonly told: unknown[];
  /** What has ended, as the broker says it. */
  readonly ends: string[];
  /** Those that have told something, in that order. */
  readonly lines: BrokerLine[];
  worker(name?: string): Promise<TestWorker>;
  /** A line on which the test writes and reads; @param writes messages, in the pieces in which they are written. */
  raw(writes: readonly (readonly string[])[]): Promise<RawLine>;
  /** Resolves when so many lines have ended. */
  untilEnded(count: number): Promise<void>;
  stop(): void;
}

export interface RawLine {
  readonly messages: string[];
  /** Resolves when that message has come. */
  heard(message: string): Promise<void>;
  /** Reads no more. */
  pause(): void;
}

export function openBrokerLines(maxBacklog?: number): BrokerLines {
  const directory = mkdtempSync(join(tmpdir(), 'vask-broker-'));
  const path = join(directory, 'workers.sock');
  const clock = new FakeClock();
  const [told, ends, lines, workers]: [unknown[], string[], BrokerLine[], TestWorker[]] = [[], [], [], []];
  const ended = new Inbox<string>('the end of a line');
  const broker = openBroker({
    path,
    world: memoryWorld(clock),
    clock,
    desk: {
      ask: (question) => (question === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve({ question })),
      told(news, line) {
        told.push(news);
        lines.push(line);
      },
      ended(_line, why) {
        ends.push(why);
        ended.push(why);
      },
    },
    ...(maxBacklog === undefined ? {} : { maxBacklog }),
  });
  const stop = (): void => broker.stop();
  return {
    clock,
    path,
    told,
    ends,
    lines,
    stop,
    raw: (writes) => openRaw(path, writes),
    async untilEnded(count) {
      for (let left = count; left > 0; left--) await ended.next();
    },
    async worker(name = 'worker') {
      const [heard, orders, failures]: [Delivery[], unknown[], unknown[]] = [[], [], []];
      const { promise: ended, resolve: onEnd } = Promise.withResolvers<string>();
      const onOrder = (order: unknown): void => void orders.push(order);
      const onFailure = (error: unknown): void => void failures.push(error);
      const node = { name, version: '1' };
      const handle = await brokerCluster({ path, node, clock, onOrder, onFailure, onEnd });
      handle.cluster.bus.hear((delivery) => heard.push(delivery));
      const worker = { ...handle, heard, orders, failures, ended };
      workers.push(worker);
      return worker;
    },
    [Symbol.asyncDispose]() {
      for (const worker of workers) worker.stop();
      stop();
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function openRaw(path: string, writes: readonly (readonly string[])[]): Promise<RawLine> {
  const messages: string[] = [];
  const inbox = new Inbox<string>('a message on the line');
  const splitter = new Splitter((message) => {
    messages.push(message);
    inbox.push(message);
  });
  const socket = await Bun.connect({ unix: path, socket: { data: (_socket, bytes) => splitter.add(bytes) } });
  for (const write of writes) socket.write(write.map(framed).join(''));
  return {
    messages,
    heard: async (message) => void (await inbox.until((each) => each === message)),
    pause: () => socket.pause(),
  };
}
