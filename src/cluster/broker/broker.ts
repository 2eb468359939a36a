// Where the workers of one machine agree: the process that started them holds the memory cluster, and each of them has a
// line to it, on which it is a node of its own. See docs/decisions/0012-workers.md.
import { rmSync } from 'node:fs';
import type { Clock, Delivery } from '../../engine/ports.ts';
import { topicOfDelivery } from '../../engine/topic-of.ts';
import type { MemoryWorld } from '../memory.ts';
import type { Desk } from './desk.ts';
import { LINE_EVENTS, Line } from './line.ts';
import { encodeEvent, TO_WORKER } from './messages.ts';
import { type Interest, Seat } from './seat.ts';

export interface BrokerOptions {
  /** The file of the socket; only the user that runs the server may open it. */
  readonly path: string;
  readonly world: MemoryWorld;
  readonly clock: Pick<Clock, 'every'>;
  readonly desk: Desk;
  /** Bytes that may wait for one worker. */
  readonly maxBacklog?: number;
}

export interface Broker {
  /** Ends all lines, and so all workers. */
  stop(): void;
}

/** What a socket may be read and written by. */
const OWNER_ONLY = 0o177;
const LOOK_MS = 500;

/** @throws when the socket cannot be opened. */
export function openBroker({ path, world, clock, desk, maxBacklog }: BrokerOptions): Broker {
  const seats = new Set<Seat>();
  const interests = new Map<string, Set<Seat>>();
  const interest: Interest = {
    add(topic, seat) {
      const wanting = interests.get(topic);
      if (wanting === undefined) interests.set(topic, new Set([seat]));
      else wanting.add(seat);
    },
    delete(topic, seat) {
      const wanting = interests.get(topic);
      if (wanting?.delete(seat) === true && wanting.size === 0) interests.delete(topic);
    },
  };
  // It hears what all of them hear, and knows who of them wants it: what several want is encoded once.
  world.join().bus.hear((delivery) => route(interests, delivery));
  const parts = { world, interest, desk, left: (seat: Seat) => void seats.delete(seat) };
  const open = (socket: Bun.Socket<Line | null>): void => {
    const line = new Line(socket, maxBacklog);
    socket.data = line;
    seats.add(new Seat(parts, line));
  };
  rmSync(path, { force: true });
  const server = ownerOnly(() => Bun.listen<Line | null>({ unix: path, data: null, socket: { ...LINE_EVENTS, open } }));
  const endLooking = clock.every(LOOK_MS, () => {
    for (const seat of seats) seat.look();
  });
  return {
    stop() {
      endLooking();
      for (const seat of seats) seat.end('the broker stops');
      server.stop(true);
      rmSync(path, { force: true });
    },
  };
}

// A socket is made with the mode that the process gives to files, and there must be no moment with another one.
function ownerOnly<Value>(make: () => Value): Value {
  const before = process.umask(OWNER_ONLY);
  try {
    return make();
  } finally {
    process.umask(before);
  }
}

function route(interests: ReadonlyMap<string, ReadonlySet<Seat>>, delivery: Delivery): void {
  const wanting = interests.get(topicOfDelivery(delivery));
  if (wanting === undefined) return;
  const message =
    delivery.kind === 'event' ? TO_WORKER.event + encodeEvent(delivery) : TO_WORKER.delivery + JSON.stringify(delivery);
  for (const seat of wanting) seat.send(message);
}
