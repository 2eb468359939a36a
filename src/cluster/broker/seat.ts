// One worker's place in the cluster, as the broker has it: a node of its own, which is told what it listens to, answered
// in the order in which it asks, and has left everything at once when its line ends.
import type { Answer } from '../../engine/answer.ts';
import type { Cluster, LoadReport } from '../../engine/ports.ts';
import type { MemoryWorld, NodeName } from '../memory.ts';
import { type Place, perform } from './calls.ts';
import type { BrokerLine, Desk } from './desk.ts';
import type { Line, LineListener } from './line.ts';
import { decodeEvent, eventAt, FROM_WORKER, TO_WORKER } from './messages.ts';

export interface SeatParts {
  readonly world: MemoryWorld;
  readonly interest: Interest;
  readonly desk: Desk;
  /** The worker is gone. */
  readonly left: (seat: Seat) => void;
}

/** Who wants what is said about a topic. */
export interface Interest {
  add(topic: string, seat: Seat): void;
  delete(topic: string, seat: Seat): void;
}

/**
 * A worker says every 500 ms that it is there. One that has let so many looks pass in silence hangs: it holds its
 * clients, and the port still gives it new ones. Looks are counted, not time, so that after a sleep of the machine or of
 * this process everybody has as long as ever.
 */
const SILENT_LOOKS = 20;

export class Seat implements BrokerLine, LineListener, Place {
  readonly #parts: SeatParts;
  readonly #line: Line;
  readonly #topics = new Set<string>();
  #cluster: Cluster | null = null;
  #load: LoadReport = { connections: 0, repairs: 0 };
  #silentLooks = 0;

  constructor(parts: SeatParts, line: Line) {
    this.#parts = parts;
    this.#line = line;
    line.listen(this);
  }

  get cluster(): Cluster {
    if (this.#cluster === null) throw new Error('The worker has not told its name.');
    return this.#cluster;
  }

  name(node: NodeName): void {
    if (this.#cluster !== null) throw new Error('The worker has told its name already.');
    this.#cluster = this.#parts.world.join(node);
  }

  join(load: LoadReport): Answer<void> {
    this.#load = load;
    // The memory cluster has nothing to ask of a node but how much it has.
    return this.cluster.liveness.join({
      holdings: () => [],
      rejoined: () => undefined,
      report: () => this.#load,
    });
  }

  beat(load: LoadReport): void {
    this.#load = load;
  }

  listen(topic: string): void {
    this.#topics.add(topic);
    this.#parts.interest.add(topic, this);
  }

  unlisten(topic: string): void {
    this.#topics.delete(topic);
    this.#parts.interest.delete(topic, this);
  }

  ask(question: unknown): Promise<unknown> {
    return this.#parts.desk.ask(question);
  }

  send(message: string): void {
    this.#line.send(message);
  }

  order(order: unknown): void {
    this.send(TO_WORKER.order + JSON.stringify(order));
  }

  end(why: string): void {
    this.#line.end(why);
  }

  /** Looks whether the worker has said anything since the last look. */
  look(): void {
    this.#silentLooks++;
    if (this.#silentLooks > SILENT_LOOKS) this.end('the worker has said nothing for too long');
  }

  message(message: string): void {
    this.#silentLooks = 0;
    switch (message[0]) {
      case FROM_WORKER.publish:
        return this.#publish(message);
      case FROM_WORKER.request:
        return this.#request(message.slice(1));
      case FROM_WORKER.news:
        return this.#parts.desk.told(JSON.parse(message.slice(1)), this);
      default:
        throw new Error('The line carries a message of no kind.');
    }
  }

  ended(why: string): void {
    for (const topic of this.#topics) this.#parts.interest.delete(topic, this);
    this.#topics.clear();
    void this.#cluster?.liveness.withdraw();
    this.#parts.left(this);
    this.#parts.desk.ended(this, why);
  }

  #publish(message: string): void {
    const at = eventAt(message);
    this.#answer(message.slice(1, at - 1), () => this.cluster.bus.publish(decodeEvent(message, at)));
  }

  #request(json: string): void {
    // The worker is of the same build as this process, and nobody else may open the line.
    const [id, name, ...given] = JSON.parse(json) as [number, string, ...unknown[]];
    this.#answer(String(id), () => perform(name, this, given));
  }

  #answer(id: string, ask: () => unknown): void {
    const fail = (error: unknown): void =>
      this.send(`${TO_WORKER.failure}${id} ${error instanceof Error ? error.message : String(error)}`);
    const answer = (value: unknown): void =>
      this.send(value === undefined ? TO_WORKER.done + id : `${TO_WORKER.answer}${id} ${JSON.stringify(value)}`);
    try {
      const value = ask();
      // What is at hand is answered before anything else is done, so that answers and deliveries keep their order.
      if (value instanceof Promise) value.then(answer, fail);
      else answer(value);
    } catch (error) {
      fail(error);
    }
  }
}
