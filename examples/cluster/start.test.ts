// `npm run example:cluster`, the whole of it as a newcomer starts it.
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import Pusher from 'pusher';
import { redisDirectory } from '../../test/support/redis.ts';
import config from './vask.json' with { type: 'json' };

const START = join(import.meta.dir, 'start.ts');
const TEST_MS = 60_000;
/** A child that hangs must not outlive the test by much. */
const CHILD_MS = 50_000;
const CHANNEL = 'news';

const [{ id, key, secret } = { id: '', key: '', secret: '' }] = config.apps;

test.skipIf(redisDirectory() === null)(
  'the example starts with one command, is one Vask behind the balancer, survives a killed node and ends with all it has started',
  async () => {
    await using child = Bun.spawn([process.execPath, START], { stdio: ['pipe', 'pipe', 'inherit'], timeout: CHILD_MS });
    const said = reader(child.stdout);
    const [text = ''] = await said.until(/Balancer.*Ctrl-C ends everything/s);
    const balancer = Number(/Balancer: +\S+:(\d+)/.exec(text)?.[1]);
    const nodes = [...text.matchAll(/Node \w+ +\S+:(\d+) +process (\d+)/g)].map(([, port, pid]) => ({ port, pid }));
    expect(nodes).toHaveLength(3);
    const redis = Number(/Redis: +\S+:(\d+)/.exec(text)?.[1]);

    // The balancer takes the nodes in turn, so these three are on three nodes.
    const listeners = [await listener(balancer), await listener(balancer), await listener(balancer)];
    const backend = new Pusher({ appId: id, key, secret, host: '127.0.0.1', port: String(balancer), useTLS: false });
    await backend.trigger(CHANNEL, 'note', 'first');
    expect(await Promise.all(listeners.map((each) => each.next()))).toEqual(['first', 'first', 'first']);

    const [, second] = nodes;
    process.kill(Number(second?.pid), 'SIGKILL');
    await listeners[1]?.closed;
    for (const word of ['second', 'third', 'fourth']) await backend.trigger(CHANNEL, 'note', word);
    for (const each of [listeners[0], listeners[2]]) {
      expect([await each?.next(), await each?.next(), await each?.next()]).toEqual(['second', 'third', 'fourth']);
    }

    child.stdin.write('\n');
    await child.stdin.flush();
    await said.until(/Node two is back/);
    expect((await fetch(`http://127.0.0.1:${second?.port}/ready`)).status).toBe(200);

    child.kill('SIGTERM');
    expect(await child.exited).toBe(0);
    for (const port of [balancer, redis, ...nodes.map((node) => node.port)]) {
      expect(await fetch(`http://127.0.0.1:${port}/ready`).catch(() => 'nobody')).toBe('nobody');
    }
  },
  TEST_MS,
);

interface Listener {
  /** The data of the next event. */
  next(): Promise<string>;
  readonly closed: Promise<void>;
}

async function listener(port: number): Promise<Listener> {
  const heard: string[] = [];
  let wake = (): void => undefined;
  const subscribed = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app/${key}?protocol=7`);
  socket.onclose = () => closed.resolve();
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data)) as { event: string; data: string };
    if (frame.event === 'pusher:connection_established') {
      socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel: CHANNEL } }));
    } else if (frame.event === 'pusher_internal:subscription_succeeded') subscribed.resolve();
    else if (frame.event === 'note') {
      heard.push(frame.data);
      wake();
    }
  };
  await subscribed.promise;
  return {
    closed: closed.promise,
    async next() {
      while (heard.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
      return heard.shift() ?? '';
    },
  };
}

function reader(stream: ReadableStream<Uint8Array>): { until(wanted: RegExp): Promise<RegExpExecArray> } {
  const chunks = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  return {
    async until(wanted) {
      for (;;) {
        const match = wanted.exec(text);
        if (match !== null) return match;
        const { done, value } = await chunks.read();
        if (done) throw new Error(`It ended, having said only: ${text}`);
        text += decoder.decode(value, { stream: true });
      }
    },
  };
}
