// The cluster that the configuration asks for: in memory, on Redis, or shared with the other workers of this machine.
import { hostname } from 'node:os';
import { memoryWorld } from '../cluster/memory.ts';
import { redisCluster } from '../cluster/redis/redis-cluster.ts';
import type { Config } from '../config/schema.ts';
import type { Cluster, Observe, Outbox } from '../engine/ports.ts';
import { parseRedisUrl } from '../redis/address.ts';
import { systemClock } from '../system/clock.ts';
import { VERSION } from '../system/version.ts';
import { caOf } from './webhooks.ts';

export interface OpenedCluster {
  readonly cluster: Cluster;
  /** Where what the cluster does not tell by itself goes to become webhooks. */
  readonly outbox: Outbox;
  /** Gives back what the node holds. */
  stop(): Promise<void>;
}

/**
 * @param outbox of the webhooks of this process.
 * @param shared that of the workers of this machine, who need no other.
 */
export function openCluster(
  config: Config,
  outbox: Outbox,
  observe: Observe,
  shared: Cluster | undefined,
): OpenedCluster {
  const name = nameOfNode(config.nodeName);
  if (shared === undefined && config.redisUrl !== null) return onRedis(config, config.redisUrl, outbox, observe, name);
  const cluster = shared ?? memoryWorld(systemClock, outbox).join({ name, version: VERSION });
  return { cluster, outbox, stop: async () => await cluster.liveness.withdraw() };
}

/** @param given empty when nobody has named it. */
export function nameOfNode(given: string): string {
  return given || `${hostname().replaceAll(/[^\w.-]/g, '-')}.${process.pid}`;
}

function onRedis(config: Config, url: string, outbox: Outbox, observe: Observe, name: string): OpenedCluster {
  const address = parseRedisUrl(url);
  if (typeof address === 'string') throw new Error(`redisUrl ${address}`);
  const { cluster, addFact, stop } = redisCluster({
    address,
    ca: caOf(config),
    prefix: config.redisPrefix,
    name,
    version: VERSION,
    clock: systemClock,
    outbox,
    observe,
    randomId: () => Bun.randomUUIDv7('base64url'),
  });
  return {
    cluster,
    outbox: { wants: outbox.wants, add: addFact },
    async stop() {
      await cluster.liveness.withdraw();
      await stop();
    },
  };
}
