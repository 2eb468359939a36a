// The cluster as a worker has it: every call goes over the line to the broker, whose memory cluster answers it.
import type { Bus, Clock, Cluster, Delivery, Ledger, Liveness, NodeSide } from '../../engine/ports.ts';
import type { NodeName } from '../memory.ts';
import { LINE_EVENTS, Line } from './line.ts';
import { decodeEvent, FROM_WORKER, TO_WORKER } from './messages.ts';
import { Requests } from './requests.ts';

export interface BrokerClusterOptions {
  /** The socket of the broker. */
  readonly path: string;
  readonly node: NodeName;
  readonly clock: Pick<Clock, 'every' | 'now'>;
  /** Does what the broker says. */
  readonly onOrder: (order: unknown) => void;
  /** Whoever hears a delivery, or does an order, has failed: a bug, for which the line is not to blame. */
  readonly onFailure: (error: unknown) => void;
  /**
   * The line has ended: the others have taken all that this worker holds for gone, and it can only end as well.
   * Not called after `stop`.
   */
  readonly onEnd: (why: string) => void;
}

export interface BrokerClusterHandle {
  readonly cluster: Cluster;
  ask(question: unknown): Promise<unknown>;
  tell(news: unknown): void;
  stop(): void;
}

const BEAT_MS = 500;
/** So many beats without an answer, and nothing is asked any more. Beats are counted, not time, as the broker does. */
const BEATS_TO_ABSENCE = 6;
/** As long as changes may wait: then nobody knows any more what the cluster has of this worker. */
const BEATS_TO_END = 150;

/** Rejects when there is no broker. */
export async function brokerCluster(options: BrokerClusterOptions): Promise<BrokerClusterHandle> {
  const { path, node, onEnd, onFailure } = options;
  const { promise: opened, resolve } = Promise.withResolvers<Line>();
  const open = (socket: Bun.Socket<Line | null>): void => {
    const line = new Line(socket);
    socket.data = line;
    resolve(line);
  };
  await Bun.connect<Line | null>({ unix: path, data: null, socket: { ...LINE_EVENTS, open } });
  const line = await opened;
  const requests = new Requests(line);
  let hear = (_delivery: Delivery): void => undefined;
  let isStopped = false;
  line.listen({
    message: (message) => receive(message, requests, (delivery) => hear(delivery), guarded(options.onOrder, onFailure)),
    ended(why) {
      endBeating();
      requests.end();
      if (!isStopped) onEnd(why);
    },
  });
  const pulse = new Pulse(line, requests, options.clock);
  const endBeating = options.clock.every(BEAT_MS, () => pulse.beat());
  await requests.ask('name', node).catch((error: unknown) => {
    endBeating();
    throw error;
  });
  return {
    cluster: {
      bus: busOf(requests, (listener) => {
        hear = guarded(listener, onFailure);
      }),
      ledger: ledgerOf(requests),
      liveness: livenessOf(requests, pulse),
    },
    ask: (question) => requests.ask('ask', question),
    tell: (news) => line.send(FROM_WORKER.news + JSON.stringify(news)),
    stop() {
      isStopped = true;
      line.end('the worker stops');
    },
  };
}

function guarded<Value>(take: (value: Value) => void, onFailure: (error: unknown) => void): (value: Value) => void {
  return (value) => {
    try {
      take(value);
    } catch (error) {
      onFailure(error);
    }
  };
}

function receive(
  message: string,
  requests: Requests,
  hear: (delivery: Delivery) => void,
  onOrder: (order: unknown) => void,
): void {
  const text = message.slice(1);
  switch (message[0]) {
    case TO_WORKER.event:
      return hear(decodeEvent(message, 1));
    case TO_WORKER.delivery:
      return hear(JSON.parse(text) as Delivery);
    case TO_WORKER.done:
      return requests.answered(Number(text), '');
    case TO_WORKER.answer:
      return requests.answered(Number.parseInt(text, 10), text.slice(text.indexOf(' ') + 1));
    case TO_WORKER.failure:
      return requests.failed(Number.parseInt(text, 10), text.slice(text.indexOf(' ') + 1));
    case TO_WORKER.order:
      return onOrder(JSON.parse(text));
    default:
      throw new Error('The line carries a message of no kind.');
  }
}

/** Tells the broker again and again that the worker is there, and the worker whether the broker is. */
class Pulse {
  readonly #line: Line;
  readonly #requests: Requests;
  readonly #clock: Pick<Clock, 'now'>;
  #side: NodeSide | null = null;
  #unanswered = 0;
  lagMs = 0;

  constructor(line: Line, requests: Requests, clock: Pick<Clock, 'now'>) {
    this.#line = line;
    this.#requests = requests;
    this.#clock = clock;
  }

  /** From now on the broker is told how much the node has. */
  set side(side: NodeSide) {
    this.#side = side;
  }

  beat(): void {
    this.#unanswered++;
    if (this.#unanswered > BEATS_TO_END) return this.#line.end('the first process has not answered for too long');
    if (this.#unanswered > BEATS_TO_ABSENCE) this.#requests.absence = 'the first process does not answer';
    const sentAtMs = this.#clock.now();
    const heard = (): void => {
      this.#unanswered = 0;
      this.#requests.absence = null;
      this.lagMs = this.#clock.now() - sentAtMs;
    };
    // Whoever is not answered because the line has ended is told so by the line.
    this.#requests.ask('beat', this.#side?.report() ?? { connections: 0, repairs: 0 }).then(heard, () => undefined);
  }
}

function busOf(requests: Requests, setListener: (listener: (delivery: Delivery) => void) => void): Bus {
  return {
    hear: setListener,
    publish(delivery, remember) {
      if (remember === undefined && delivery.kind === 'event') return requests.publish(delivery);
      return requests.ask('publish', delivery, remember ?? null);
    },
    publishAll: (publications, once) => requests.ask('publishAll', publications, once),
    listen: (topic) => requests.ask('listen', topic),
    unlisten: (topic) => requests.ask('unlisten', topic),
  };
}

function ledgerOf(requests: Requests): Ledger {
  return {
    enter: (entrance) => requests.ask('enter', entrance),
    leave: (exit) => requests.ask('leave', exit),
    recount: (app, channel, subscribers) => requests.ask('recount', app, channel, subscribers),
    tellCount: (app, channel) => requests.ask('tellCount', app, channel),
    signIn: (app, user) => requests.ask('signIn', app, user),
    signOut: (app, user) => requests.ask('signOut', app, user),
    online: (app, users) => requests.ask('online', app, users).then((online) => new Set(online)),
    count: (app, channel) => requests.ask('count', app, channel),
    members: (app, channel) => requests.ask('members', app, channel),
    roster: (app, channel) => requests.ask('roster', app, channel),
    channels: (app, prefix) => requests.ask('channels', app, prefix).then((channels) => new Map(channels)),
    recall: (app, channel) => requests.ask('recall', app, channel),
    forget: (app) => requests.ask('forget', app),
    recountConnections: (app, connections) => requests.ask('recountConnections', app, connections),
    connections: (app) => requests.ask('connections', app),
  };
}

function livenessOf(requests: Requests, pulse: Pulse): Liveness {
  return {
    get absence() {
      return requests.absence;
    },
    join(side) {
      pulse.side = side;
      return requests.ask('join', side.report());
    },
    nodes: async () =>
      (await requests.ask('nodes')).map((node) => (node.isSelf ? { ...node, lagMs: pulse.lagMs } : node)),
    withdraw: () => requests.ask('withdraw'),
  };
}
