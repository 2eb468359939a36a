// The cluster that the configuration asks for: in memory, on Redis, or shared with the other workers of this machine.
import { memoryWorld } from '../cluster/memory.ts';
import type { Config } from '../config/schema.ts';
import type { Cluster, Observe, Outbox } from '../engine/ports.ts';
import { systemClock } from '../system/clock.ts';

export interface OpenedCluster {
  readonly cluster: Cluster;
  /** Where what the cluster does not tell by itself goes to become webhooks. */
  readonly outbox: Outbox;
  stop(): Promise<void> | void;
}

/** @param shared that of the workers of this machine, who need no other. */
export function openCluster(
  _config: Config,
  outbox: Outbox,
  _observe: Observe,
  shared: Cluster | undefined,
): OpenedCluster {
  const cluster = shared ?? memoryWorld(systemClock, outbox).join();
  return { cluster, outbox, stop: () => cluster.liveness.withdraw() };
}
