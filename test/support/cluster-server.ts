// Several nodes in this process that are one Vask: behind a balancer, with a real Redis between them, on one database.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/schema.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/store.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import { Balancer } from './balancer.ts';
import { type Redis, startRedis } from './redis.ts';

export interface RunningCluster {
  /** Of the balancers, one for each listener that a node has. */
  readonly urls: readonly string[];
  /** The database as one of the nodes has it. */
  readonly store: Store;
  stop(): Promise<void>;
}

let redis: Promise<Redis> | null = null;

/** One for all servers of this process, each with keys of its own; it ends with the process. */
function sharedRedis(): Promise<Redis> {
  redis ??= startRedis();
  return redis;
}

/** @param config of a node that would be alone; what is in its data directory is for all. */
export async function startNodes(
  nodes: number,
  config: Config,
  logger: Logger,
  lingerMs: number,
): Promise<RunningCluster> {
  const balancers = await openBalancers(config);
  const urls = urlsOf(config, balancers);
  const running: { readonly server: RunningServer; readonly store: Store }[] = [];
  const stop = async (): Promise<void> => {
    // Whoever is asked to come back must not come to another node that is about to end.
    if (lingerMs === 0) for (const balancer of balancers) balancer.refuse();
    await Promise.all(running.map(({ server }) => server.stop()));
    await Promise.all(balancers.map((balancer) => balancer.stop()));
  };
  try {
    const redisUrl = (await sharedRedis()).url;
    // Who starts again where another one was goes on with what that one has left.
    const redisPrefix = `${Bun.hash(config.dataDirectory).toString(36)}:`;
    for (let at = 0; at < nodes; at++) {
      const own = nodeConfig(config, { at, urls, redisUrl, redisPrefix });
      const store = await openStore({ ...config, url: config.databaseUrl });
      const server = await startServer(own, logger, store, { lingerMs });
      running.push({ server, store });
    }
    for (const { server } of running) {
      await server.serving;
      for (const [index, url] of server.urls.entries()) balancers[index]?.put(Number(new URL(url).port));
    }
    const [first] = running;
    if (first === undefined) throw new Error('A cluster needs a node.');
    return { urls, store: first.store, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Place {
  readonly at: number;
  readonly urls: readonly string[];
  readonly redisUrl: string;
  readonly redisPrefix: string;
}

function nodeConfig(config: Config, { at, urls, redisUrl, redisPrefix }: Place): Config {
  const dataDirectory = join(config.dataDirectory, `node-${at}`);
  mkdirSync(dataDirectory, { recursive: true });
  return {
    ...config,
    port: 0,
    tls: config.tls === null ? null : { ...config.tls, port: config.tls.port === null ? null : 0 },
    // People come by way of the balancer.
    publicUrl: config.publicUrl === '' ? `${urls[0] ?? ''}${config.pathPrefix}` : config.publicUrl,
    dataDirectory,
    redisUrl,
    redisPrefix,
    nodeName: `node-${at}`,
  };
}

/** One for each listener, in the order plain, TLS. */
async function openBalancers({ port, tls }: Config): Promise<readonly Balancer[]> {
  const ports = tls === null || tls.port === null ? [port] : [port, tls.port];
  return await Promise.all(ports.map((each) => Balancer.open({ port: each })));
}

function urlsOf({ tls }: Config, balancers: readonly Balancer[]): readonly string[] {
  return balancers.map(({ port }, index) => {
    const isPlain = tls === null || (tls.port !== null && index === 0);
    return `${isPlain ? 'http' : 'https'}://127.0.0.1:${port}`;
  });
}
