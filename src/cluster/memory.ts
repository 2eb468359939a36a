// The cluster in one process: every answer is there at once. It is the default, and what tests build whole worlds of
// nodes from; each step that Redis would do in a script is one synchronous call here.
import type { Bus, Clock, Cluster, Delivery, Outbox } from '../engine/ports.ts';
import { createCache } from './memory-cache.ts';
import { type Holdings, memoryLedger } from './memory-ledger.ts';

const NO_OUTBOX: Outbox = { wants: () => false, add: () => undefined };

/** What the nodes of one process share. */
export interface MemoryWorld {
  /** A new node's way to the others. */
  join(): Cluster;
}

/** @param outbox is told of channels and members in the step in which it becomes true. */
export function memoryWorld(clock: Pick<Clock, 'now'>, outbox: Outbox = NO_OUTBOX): MemoryWorld {
  const listeners: ((delivery: Delivery) => void)[] = [];
  const cache = createCache(clock);
  const holdings: Holdings = new Map();
  let nodes = 0;

  // Listening is not told apart by topic here: a node that knows no channel of that name drops the delivery with one
  // look into a map, which is what a look into a map of topics would cost.
  const bus: Bus = {
    hear: (listener) => void listeners.push(listener),
    publish(delivery, remember) {
      if (remember !== undefined && delivery.kind === 'event') cache.remember(delivery.app, delivery.channel, remember);
      for (const listener of listeners) listener(delivery);
    },
    listen: () => undefined,
    unlisten: () => undefined,
  };

  return {
    join() {
      nodes++;
      return {
        bus,
        ledger: memoryLedger({ node: nodes, holdings, cache, outbox, announce: (delivery) => bus.publish(delivery) }),
      };
    },
  };
}
