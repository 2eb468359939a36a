// How many Redis commands an operation costs: what a node sends, and what the scripts that it calls do inside Redis. A
// real node is asked by real clients while MONITOR writes down every command with its origin.
import { createHash, createHmac } from 'node:crypto';
import type { Redis } from 'ioredis';
import { credentials } from '../credentials.ts';
import type { Bench } from '../measure.ts';
import { Client } from './client.ts';
import { startRedis } from './redis-process.ts';
import { startNode } from './subjects.ts';
import type { Row } from './table.ts';

/** One command of a node with those that it made scripts do. */
interface Sent {
  readonly name: string;
  readonly inside: string[];
}

interface Place {
  readonly port: number;
  readonly times: number;
  readonly clients: readonly [Client, Client, Client];
}

interface Operation {
  readonly name: string;
  readonly run: (place: Place) => Promise<void>;
}

const START_MS = 1_000;
const IDLE_MS = 4_000;
const CHANNELS_IN_ONE = 10;

export async function countCommands(bench: Bench, configFile: string, isQuick: boolean): Promise<Row[]> {
  const redis = await startRedis(bench.directory, undefined);
  try {
    const node = await startNode({ ...bench, cores: undefined }, configFile, ['--redis-url', redis.url]);
    try {
      return await countOn(redis.client, node.port, isQuick);
    } finally {
      await node.stop();
    }
  } finally {
    await redis.stop();
  }
}

async function countOn(redis: Redis, port: number, isQuick: boolean): Promise<Row[]> {
  const log = await Log.open(redis);
  // What a node does once, when it has begun to take part, is over by then.
  await Bun.sleep(START_MS);
  const idleMs = isQuick ? IDLE_MS / 4 : IDLE_MS;
  const idle = await log.during(async () => await Bun.sleep(idleMs));
  const times = isQuick ? 10 : 100;
  const clients = [await Client.open(port), await Client.open(port), await Client.open(port)] as const;
  const place = { port, times, clients };
  // What an idle node does by itself, it also does meanwhile.
  const usual = new Set(idle.map(({ name }) => name));
  const rows: Row[] = [];
  for (const { name, run } of operations) {
    const sent = (await log.during(async () => await run(place))).filter((one) => !usual.has(one.name));
    rows.push(rowOf(name, sent, times));
  }
  rows.push(rowOf('an idle node, a second', idle, idleMs / 1_000));
  log.close();
  for (const client of clients) client.close();
  return rows;
}

function rowOf(operation: string, sent: readonly Sent[], times: number): Row {
  const names = new Set(sent.map(({ name }) => name.split(' ')[0] ?? ''));
  const inside = sent.reduce((sum, each) => sum + each.inside.length, 0);
  return {
    operation,
    'sent by the node': sent.length / times,
    'inside scripts': inside / times,
    which: [...names].join(', ').toLowerCase() || 'none',
  };
}

class Log {
  readonly #monitor: Redis;
  readonly #client: Redis;
  #sent: Sent[] = [];

  private constructor(client: Redis, monitor: Redis) {
    this.#client = client;
    this.#monitor = monitor;
    monitor.on('monitor', (_time: string, args: readonly string[], source: string) => this.#hear(args, source));
  }

  static async open(client: Redis): Promise<Log> {
    return new Log(client, await client.duplicate().monitor());
  }

  /** What is sent meanwhile, but for the mark at its end. */
  async during(task: () => Promise<unknown>): Promise<Sent[]> {
    await this.#settle();
    this.#sent = [];
    await task();
    await this.#settle();
    return this.#sent;
  }

  close(): void {
    this.#monitor.disconnect();
  }

  // A message to nobody comes after everything before it; nodes gather what is not urgent for up to 20 ms.
  async #settle(): Promise<void> {
    await Bun.sleep(50);
    const word = crypto.randomUUID();
    const { promise, resolve } = Promise.withResolvers<void>();
    const hear = (_time: string, args: readonly string[]): void => void (args.includes(word) && resolve());
    this.#monitor.on('monitor', hear);
    await this.#client.echo(word);
    await promise;
    this.#monitor.off('monitor', hear);
  }

  #hear(args: readonly string[], source: string): void {
    const [command = '', what = ''] = args;
    if (command.toLowerCase() === 'echo') return;
    if (source === 'lua') this.#sent.at(-1)?.inside.push(command);
    // Which script it is, or which key or channel, is part of the name.
    else this.#sent.push({ name: `${command} ${what}`, inside: [] });
  }
}

async function publish(port: number, channels: readonly string[]): Promise<void> {
  const path = `/apps/${credentials.appId}/events`;
  const body = JSON.stringify({ name: 'bench', channels, data: '{}' });
  const md5 = createHash('md5').update(body).digest('hex');
  const seconds = Math.floor(Date.now() / 1_000);
  const query = `auth_key=${credentials.key}&auth_timestamp=${seconds}&auth_version=1.0&body_md5=${md5}`;
  const signature = createHmac('sha256', credentials.secret).update(`POST\n${path}\n${query}`).digest('hex');
  const url = `http://127.0.0.1:${port}${path}?${query}&auth_signature=${signature}`;
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (response.status !== 200) throw new Error(`A publish was answered ${response.status}: ${await response.text()}`);
}

async function each({ times }: Place, task: (at: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < times; at++) await task(at);
}

const operations: readonly Operation[] = [
  { name: 'publish', run: (place) => each(place, () => publish(place.port, ['plain'])) },
  {
    name: `publish to ${CHANNELS_IN_ONE} channels`,
    run: (place) =>
      each(place, () =>
        publish(
          place.port,
          Array.from({ length: CHANNELS_IN_ONE }, (_, at) => `plain-${at}`),
        ),
      ),
  },
  { name: 'publish to a cache channel', run: (place) => each(place, () => publish(place.port, ['cache-news'])) },
  {
    name: 'first join of a channel on the node',
    run: (place) => each(place, (at) => place.clients[0].join(`one-${at}`)),
  },
  { name: 'second join', run: (place) => each(place, (at) => place.clients[1].join(`one-${at}`)) },
  { name: 'leave, others stay', run: (place) => each(place, (at) => place.clients[1].leave(`one-${at}`)) },
  { name: 'last leave', run: (place) => each(place, (at) => place.clients[0].leave(`one-${at}`)) },
  {
    name: 'first presence join',
    run: (place) => each(place, (at) => place.clients[0].join(`presence-one-${at}`, 'ann')),
  },
  {
    name: 'presence join of another user',
    run: (place) => each(place, (at) => place.clients[1].join(`presence-one-${at}`, 'bob')),
  },
  {
    name: 'presence join of a user who is there',
    run: (place) => each(place, (at) => place.clients[2].join(`presence-one-${at}`, 'ann')),
  },
  {
    name: 'connect, and close',
    run: (place) => each(place, async () => (await Client.open(place.port)).close()),
  },
  {
    name: 'connect and sign in, and close',
    run: (place) =>
      each(place, async (at) => {
        const client = await Client.open(place.port);
        await client.signIn(`user-${at}`);
        client.close();
      }),
  },
];
