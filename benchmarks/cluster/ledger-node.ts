// A node without clients and doors: its cluster alone, so that a machine has room for a hundred of them.

import { redisCluster } from '../../src/cluster/redis/redis-cluster.ts';
import type { Cluster, Delivery } from '../../src/engine/ports.ts';
import { parseRedisUrl } from '../../src/redis/address.ts';
import { systemClock } from '../../src/system/clock.ts';

export interface LedgerNode {
  readonly cluster: Cluster;
  stop(): Promise<void>;
}

/** Resolves when it takes part. */
export async function openLedgerNode(
  url: string,
  name: string,
  hear: (delivery: Delivery) => void,
): Promise<LedgerNode> {
  const address = parseRedisUrl(url);
  if (typeof address === 'string') throw new Error(address);
  const { cluster, stop } = redisCluster({
    address,
    ca: null,
    prefix: 'bench:',
    name,
    version: 'bench',
    clock: systemClock,
    // As with webhooks: the facts are written.
    outbox: { wants: () => true },
    observe: () => undefined,
    randomId: () => crypto.randomUUID(),
  });
  cluster.bus.hear(hear);
  await cluster.liveness.join({
    holdings: () => [],
    rejoined: () => undefined,
    report: () => ({ connections: 0, repairs: 0 }),
  });
  return {
    cluster,
    async stop() {
      await cluster.liveness.withdraw();
      await stop();
    },
  };
}
