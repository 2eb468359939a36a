// One node's way to the others, which may be late, cut or lost. It does what a node on Redis does: calls that change who
// holds what wait and are repeated under the next life, all others are refused while the node is away, and what the node
// holds is said anew, piece by piece, before it takes part again.
import { Unavailable } from '../../src/engine/failure.ts';
import type { Cluster, Delivery, Holding, NodeSide } from '../../src/engine/ports.ts';
import { topicOfDelivery } from '../../src/engine/topic-of.ts';
import { EVERY_NODE } from '../../src/protocol/topics.ts';
import { type Arrival, type Asking, type Call, faultyLedger, WIRES } from './faulty-ledger.ts';
import type { Life } from './life.ts';

/** What a node needs of the others. */
export interface Elsewhere {
  newLife(): Life;
  /** What is agreed, and the way to publish; both need no life. */
  readonly common: Cluster;
}

/** `deaf`: cut off, and nobody has noticed. */
export type NodeState = 'up' | 'deaf' | 'away' | 'restating' | 'admitting' | 'crashed';

export class FaultyNode implements Asking {
  state: NodeState = 'up';
  life: Life;
  readonly cluster: Cluster;
  /** Lives under which something may still be held. */
  olds: readonly Life[] = [];
  readonly #elsewhere: Elsewhere;
  readonly #wanted = new Set<string>([EVERY_NODE]);
  #heard = new Set<string>();
  #calls: readonly Call[] = [];
  #inbox: readonly Arrival[] = [];
  #listener: (delivery: Delivery) => void = () => undefined;
  #side: NodeSide | null = null;
  #pieces: Iterator<Holding> | null = null;

  constructor(elsewhere: Elsewhere) {
    this.#elsewhere = elsewhere;
    this.life = elsewhere.newLife();
    this.cluster = { bus: this.#bus(), ledger: faultyLedger(this), liveness: this.#liveness() };
  }

  #bus(): Cluster['bus'] {
    return {
      hear: (listener) => {
        this.#listener = listener;
      },
      publish: (delivery, remember) =>
        this.ask('refused', () => this.#elsewhere.common.bus.publish(delivery, remember)) as Promise<void>,
      publishAll: () => Promise.reject(new Error('Nobody publishes several at once here.')),
      listen: (topic) => {
        this.#wanted.add(topic);
        if (topic === EVERY_NODE) return;
        return this.ask('repeated', () => void this.#heard.add(topic), topic, 'subscriber') as Promise<void>;
      },
      unlisten: (topic) => {
        this.#wanted.delete(topic);
        if (this.state === 'up' || this.state === 'deaf') {
          void this.ask('quiet', () => void this.#heard.delete(topic), null, 'subscriber');
        } else this.#heard.delete(topic);
      },
    };
  }

  #liveness(): Cluster['liveness'] {
    const node = this;
    return {
      join: (side) => {
        this.#side = side;
      },
      get absence() {
        return node.state === 'up' ? null : node.state;
      },
      nodes: () => [],
      withdraw: () => undefined,
    };
  }

  ask(
    fate: Call['fate'],
    carryOut: Call['carryOut'],
    topic: string | null = null,
    wire: Call['wire'] = 'commands',
  ): Promise<unknown> | undefined {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (fate === 'refused' && this.state !== 'up' && this.state !== 'deaf') {
      return Promise.reject(new Unavailable('The node is away.'));
    }
    const call: Call = {
      fate,
      wire,
      carryOut,
      topic,
      resolve,
      reject,
      value: undefined,
      isDone: false,
      after: null,
    };
    this.#calls = [...this.#calls, call];
    return fate === 'quiet' ? undefined : promise;
  }

  get common(): Cluster {
    return this.#elsewhere.common;
  }

  get listensTo(): readonly string[] {
    return [...this.#heard];
  }

  get isHolding(): boolean {
    return [...this.olds, this.life].some(({ isHolding }) => isHolding);
  }

  /** Something is announced. */
  take(delivery: Delivery): void {
    const topic = topicOfDelivery(delivery);
    if (this.#isConnected && this.#heard.has(topic)) this.#inbox = [...this.#inbox, { topic, delivery }];
  }

  get #isConnected(): boolean {
    return this.state === 'up' || this.state === 'restating' || this.state === 'admitting';
  }

  /** The oldest call that was only asked happens; who asked does not know yet. @param pick on which wire, if there is one. */
  carryOut(pick: number): boolean {
    if (this.state !== 'up' && this.state !== 'deaf' && this.state !== 'admitting') return false;
    const waiting = this.#calls.filter(
      ({ isDone, fate }) => !isDone && (this.state !== 'admitting' || fate === 'repeated'),
    );
    const call = waiting.find(({ wire }) => wire === WIRES[pick % 2]) ?? waiting[0];
    if (call === undefined) return false;
    const { life } = this;
    const value = call.carryOut(life);
    // The life has turned out to be over; what is to be repeated still waits.
    if (this.#isAway()) return true;
    call.isDone = true;
    call.value = value;
    call.after = this.#inbox.findLast(({ topic }) => topic === call.topic) ?? null;
    if (call.fate === 'quiet') this.#forget(call);
    return true;
  }

  /** The oldest call that has happened is answered. */
  answer(pick: number): boolean {
    const done = this.#calls.filter(({ isDone }) => isDone);
    const call = done.find(({ wire }) => wire === WIRES[pick % 2]) ?? done[0];
    if (!this.#isConnected || call === undefined) return false;
    const { after } = call;
    while (after !== null && this.#inbox.includes(after)) this.#hear(after.topic);
    this.#forget(call);
    call.resolve(call.value);
    return true;
  }

  /** One delivery arrives. @param pick of which topic; those of one keep their order. */
  hear(pick: number): boolean {
    const topics = [...new Set(this.#inbox.map(({ topic }) => topic))];
    const topic = topics[pick % Math.max(1, topics.length)];
    if (topic !== undefined) this.#hear(topic);
    return topic !== undefined;
  }

  #hear(topic: string): void {
    const arrival = this.#inbox.find((each) => each.topic === topic);
    if (arrival === undefined) return;
    this.#inbox = this.#inbox.filter((each) => each !== arrival);
    this.#listener(arrival.delivery);
  }

  /** All that is under way arrives. */
  calm(): boolean {
    let hasMoved = false;
    while (this.carryOut(0) || this.answer(0) || this.hear(0)) hasMoved = true;
    return hasMoved;
  }

  /** The wires are cut; calls may still get through, and nothing comes back. */
  cut(): void {
    if (!this.#isConnected) return;
    if (this.state !== 'up') return this.endSession();
    this.state = 'deaf';
    this.#inbox = [];
  }

  /** One step on the way back. */
  mend(pick: number): boolean {
    if (this.state === 'away') return this.#register();
    if (this.state === 'crashed' || (this.state === 'up' && !this.life.isFenced)) return false;
    if (this.state === 'deaf' || this.life.isFenced) this.endSession();
    else if (this.state === 'restating') this.#restate(pick);
    else this.#takePart();
    return true;
  }

  #register(): boolean {
    this.life.isFenced = true;
    this.olds = [...this.olds, this.life];
    this.life = this.#elsewhere.newLife();
    this.#heard = new Set(this.#wanted);
    this.#pieces = this.#side?.holdings()[Symbol.iterator]() ?? null;
    this.state = 'restating';
    return true;
  }

  #restate(pick: number): void {
    const piece = this.#pieces?.next();
    const [old] = this.olds;
    if (piece !== undefined && piece.done !== true) this.life.restate(piece.value, this.olds);
    else if (old === undefined) this.state = 'admitting';
    else if (!old.giveBack(pick)) this.olds = this.olds.slice(1);
  }

  // What was to be changed meanwhile is, before anything is compared.
  #takePart(): void {
    while (this.carryOut(0)) if (this.#isAway()) return;
    this.state = 'up';
    this.#side?.rejoined();
  }

  /** Whoever waits to change something has waited too long. */
  giveUp(): void {
    if (this.state !== 'away') return;
    const waiting = this.#calls.filter(({ fate }) => fate === 'repeated');
    this.#calls = this.#calls.filter((call) => !waiting.includes(call));
    for (const { reject } of waiting) reject(new Unavailable('The node has been away for too long.'));
  }

  /** @returns whether the node had changed counts that it can tell nobody now. */
  crash(): boolean {
    const hasChanged = this.#calls.some(({ fate, isDone }) => isDone || fate === 'refused');
    this.state = 'crashed';
    this.#calls = [];
    this.#inbox = [];
    return hasChanged;
  }

  endSession(): void {
    this.state = 'away';
    this.#inbox = [];
    this.#heard = new Set();
    const calls = this.#calls;
    this.#calls = calls.filter(({ fate }) => fate === 'repeated');
    for (const call of this.#calls) call.isDone = false;
    for (const { fate, reject } of calls) if (fate === 'refused') reject(new Unavailable('The node is away.'));
  }

  #isAway(): boolean {
    return this.state === 'away';
  }

  // The number is told in another way.
  dropRecount(topic: string): void {
    this.#calls = this.#calls.filter(
      (call) => call.fate !== 'quiet' || call.wire !== 'commands' || call.topic !== topic,
    );
  }

  #forget(call: Call): void {
    this.#calls = this.#calls.filter((each) => each !== call);
  }
}
