// A session with Redis: for each of its servers one connection for commands and one for subscriptions. It never
// connects again: the first thing that goes wrong ends all of it, and whoever owns it opens another one.
import type { Redis } from 'ioredis';
import { describeAddress, type HostAndPort, type RedisAddress } from './address.ts';
import { type ConnectionOptions, destroyConnection, newConnection } from './connection.ts';
import { Guides } from './guides.ts';
import { type Master, mastersOf } from './masters.ts';
import { partitionsOf } from './partitions.ts';
import type { Script } from './script.ts';
import { checkServer, type ServerFacts } from './server.ts';

export interface SessionOptions {
  /** Known to each server before anything is sent. */
  readonly scripts: readonly Script[];
  /** For the whole of opening. */
  readonly connectTimeoutMs: number;
  /** The certificate authority to believe, in PEM; null for those that the system believes. */
  readonly ca: string | null;
  /** As Redis lists the connections. */
  readonly name: string;
}

export interface RedisSession {
  readonly partitions: number;
  /** Whether messages go by SPUBLISH and SSUBSCRIBE. Otherwise by PUBLISH and SUBSCRIBE, also on an old cluster. */
  readonly isSharded: boolean;
  /** Of the oldest server. */
  readonly version: string;
  /** Where commands on keys of the partition go. All that is sent in one turn of the loop travels together. */
  commands(partition: number): Redis;
  subscriber(partition: number): Redis;
  /** All connections for subscriptions, each once. */
  readonly subscribers: readonly Redis[];
  /** Hears once why the session has ended, at once if it has. All that was under way fails, before or soon after. */
  onEnd(listener: (why: Error) => void): void;
  end(why: Error): void;
}

export async function openSession(address: RedisAddress, options: SessionOptions): Promise<RedisSession> {
  const session = new LiveSession(address, options);
  const tooLate = new Error(`${describeAddress(address)} did not answer within ${options.connectTimeoutMs} ms`);
  const timer = setTimeout(() => session.end(tooLate), options.connectTimeoutMs);
  try {
    // A connection that is destroyed while it opens may never say so, so the end of the session says it.
    await Promise.race([session.open(options.scripts), session.ended]);
    return session;
  } catch (error) {
    session.end(error instanceof Error ? error : new Error(String(error)));
    throw await session.ended.catch((why: Error) => why);
  } finally {
    clearTimeout(timer);
  }
}

interface Pair {
  readonly commands: Redis;
  readonly subscriber: Redis;
}

class LiveSession implements RedisSession {
  readonly partitions: number;
  /** Rejects with the reason. */
  readonly ended: Promise<never>;
  readonly #reject: (why: Error) => void;
  readonly #address: RedisAddress;
  readonly #connection: Omit<ConnectionOptions, 'autoPipelining'>;
  readonly #guides: Guides;
  readonly #connections: Redis[] = [];
  readonly #listeners: ((why: Error) => void)[] = [];
  #pairs: readonly Pair[] = [];
  #pairOfPartition: readonly Pair[] = [];
  #servers: readonly ServerFacts[] = [];
  #why: Error | null = null;

  constructor(address: RedisAddress, { connectTimeoutMs, ca, name }: SessionOptions) {
    const { username, password, database, tls } = address;
    this.partitions = partitionsOf(address);
    this.#address = address;
    this.#connection = { username, password, database, tls, ca, name, connectTimeoutMs };
    this.#guides = new Guides(address, this.#connection);
    const { promise, reject } = Promise.withResolvers<never>();
    this.ended = promise;
    this.#reject = reject;
    // Nobody may be waiting for it.
    promise.catch(() => undefined);
  }

  async open(scripts: readonly Script[]): Promise<void> {
    this.#guides.watch((why) => this.end(why));
    const masters = await mastersOf(this.#address, this.#guides.ask);
    const opened = await Promise.all(masters.map((master) => this.#openPair(master, scripts)));
    const pairs = opened.map(({ pair }) => pair);
    const byPartition: Pair[] = [];
    for (const { pair, master } of opened) for (const partition of master.partitions) byPartition[partition] = pair;
    this.#pairs = pairs;
    this.#pairOfPartition = byPartition;
    this.#servers = opened.map(({ server }) => server);
  }

  get isSharded(): boolean {
    return this.#address.kind === 'cluster' && this.#servers.every(({ hasShardedChannels }) => hasShardedChannels);
  }

  get version(): string {
    return this.#servers.map(({ version }) => version).sort(Bun.semver.order)[0] ?? '';
  }

  get subscribers(): readonly Redis[] {
    return this.#pairs.map(({ subscriber }) => subscriber);
  }

  commands(partition: number): Redis {
    return this.#pairOf(partition).commands;
  }

  subscriber(partition: number): Redis {
    return this.#pairOf(partition).subscriber;
  }

  onEnd(listener: (why: Error) => void): void {
    if (this.#why === null) this.#listeners.push(listener);
    else listener(this.#why);
  }

  end(why: Error): void {
    if (this.#why !== null) return;
    this.#why = why;
    this.#guides.leave();
    for (const redis of this.#connections) destroyConnection(redis);
    this.#reject(why);
    for (const listener of this.#listeners.splice(0)) listener(why);
  }

  #pairOf(partition: number): Pair {
    const pair = this.#pairOfPartition[partition];
    if (pair === undefined) throw new RangeError(`there is no partition ${partition}`);
    return pair;
  }

  async #openPair(master: Master, scripts: readonly Script[]) {
    const [commands, subscriber] = await Promise.all([this.#connect(master, true), this.#connect(master, false)]);
    const server = await checkServer(commands, master, this.#address.kind);
    await Promise.all(scripts.map((script) => script.load(commands)));
    return { master, server, pair: { commands, subscriber } };
  }

  async #connect(place: HostAndPort, autoPipelining: boolean): Promise<Redis> {
    if (this.#why !== null) throw this.#why;
    const redis = newConnection(place, { ...this.#connection, autoPipelining }, (why) => this.end(why));
    this.#connections.push(redis);
    await redis.connect();
    return redis;
  }
}
