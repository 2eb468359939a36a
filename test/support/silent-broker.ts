// A broker that takes everything and answers when the test says so, and a worker on its line.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrokerClusterHandle, brokerCluster } from '../../src/cluster/broker/cluster.ts';
import { framed, Splitter } from '../../src/cluster/broker/framing.ts';
import { FakeClock } from './clock.ts';

export interface SilentBroker extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly worker: BrokerClusterHandle;
  readonly ended: Promise<string>;
  /** Answers, with nothing, all that has been asked, and from now on at once. */
  answerAll(): void;
}

/** It answers the first request, by which a worker tells its name. */
export async function openSilentBroker(): Promise<SilentBroker> {
  const directory = mkdtempSync(join(tmpdir(), 'vask-broker-'));
  const path = join(directory, 'workers.sock');
  const clock = new FakeClock();
  const waiting: (() => void)[] = [];
  let isOpen = false;
  const server = Bun.listen<Splitter | null>({
    unix: path,
    data: null,
    socket: {
      open(socket) {
        socket.data = new Splitter((message) => {
          const id =
            message[0] === 'E' ? message.slice(1, message.indexOf('\n')) : String(JSON.parse(message.slice(1))[0]);
          const answer = (): void => void socket.write(framed(`+${id}`));
          if (isOpen || id === '1') answer();
          else waiting.push(answer);
        });
      },
      data: (socket, bytes) => socket.data?.add(bytes),
    },
  });
  const { promise: ended, resolve: onEnd } = Promise.withResolvers<string>();
  const node = { name: 'worker', version: '1' };
  const ignore = (): void => undefined;
  const worker = await brokerCluster({ path, node, clock, onOrder: ignore, onFailure: ignore, onEnd });
  return {
    clock,
    worker,
    ended,
    answerAll() {
      isOpen = true;
      for (const answer of waiting.splice(0)) answer();
    },
    [Symbol.asyncDispose]() {
      worker.stop();
      server.stop(true);
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}
