// The cluster in one process: every answer is there at once. It is the default, and what tests build whole worlds of
// nodes from; each step that Redis would do in a script is one synchronous call here.
import type {
  Bus,
  Clock,
  Cluster,
  Delivery,
  EventDelivery,
  Liveness,
  NodeReport,
  NodeSide,
  Outbox,
  Remember,
} from '../engine/ports.ts';
import { createCache } from './memory-cache.ts';
import { type Holdings, memoryLedger, withdraw } from './memory-ledger.ts';
import { memoryOnce } from './memory-once.ts';

const NO_OUTBOX: Outbox = { wants: () => false, add: () => undefined };

/** What the nodes of one process share. */
export interface MemoryWorld {
  /** A new node's way to the others. */
  join(node?: NodeName): Cluster;
}

/** How a node is called in the list of nodes. */
export interface NodeName {
  readonly name: string;
  readonly version: string;
}

const NAMELESS: NodeName = { name: 'vask', version: '' };

interface Member extends NodeName {
  readonly id: string;
  readonly startedAtMs: number;
  readonly side: NodeSide;
}

/** @param outbox is told of channels and members in the step in which it becomes true. */
export function memoryWorld(clock: Pick<Clock, 'now'>, outbox: Outbox = NO_OUTBOX): MemoryWorld {
  const listeners: ((delivery: Delivery) => void)[] = [];
  const cache = createCache(clock);
  const once = memoryOnce(clock);
  const holdings: Holdings = new Map();
  const members = new Map<number, Member>();
  let nodes = 0;

  const announce = (delivery: Delivery): void => {
    for (const listener of listeners) listener(delivery);
  };
  const send = (delivery: Delivery, remember: Remember | null): void => {
    if (remember !== null && delivery.kind === 'event') cache.remember(delivery.app, delivery.channel, remember);
    announce(delivery);
  };

  // Listening is not told apart by topic here: a node that knows no channel of that name drops the delivery with one
  // look into a map, which is what a look into a map of topics would cost.
  const bus: Bus = {
    hear: (listener) => void listeners.push(listener),
    publish: (delivery, remember) => send(delivery, remember ?? null),
    publishAll(publications, key) {
      const before = key === null ? null : once.enter(appOf(publications), key);
      if (before !== null) return before;
      for (const { delivery, remember } of publications) send(delivery, remember);
      return 'sent';
    },
    listen: () => undefined,
    unlisten: () => undefined,
  };

  return {
    join({ name, version } = NAMELESS) {
      nodes++;
      const node = nodes;
      const parts = { node, holdings, cache, outbox, announce };
      const report = ({ side, ...member }: Member, isSelf: boolean): NodeReport => ({
        ...member,
        ...side.report(),
        leaseMs: 0,
        lagMs: 0,
        isSelf,
      });
      const liveness: Liveness = {
        absence: null,
        join: (side) =>
          void members.set(node, { id: `${name}.${node}`, name, version, startedAtMs: clock.now(), side }),
        nodes: () => [...members].map(([number, member]) => report(member, number === node)),
        withdraw() {
          members.delete(node);
          withdraw(parts);
        },
      };
      return { bus, ledger: memoryLedger(parts), liveness };
    },
  };
}

/** All publications of a request are of one app. */
function appOf([first]: readonly { readonly delivery: EventDelivery }[]): string {
  return first?.delivery.app ?? '';
}
