// Makes a cluster late: it carries out a call when the test says so, and answers it when the test says so. Between the
// two other calls may be carried out, which is what makes a race. Calls of one node keep their order, as on a socket.
import type { Bus, Cluster, Ledger } from '../../src/engine/ports.ts';
import { topicOfDelivery } from '../../src/engine/topic-of.ts';
import { EVERY_NODE } from '../../src/protocol/topics.ts';

interface Call {
  readonly node: number;
  readonly carryOut: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  state: 'asked' | 'done';
  value: unknown;
}

/** What concerns an app as a whole is never late: the races are those of channels and users. */
function isOfApp(topic: string): boolean {
  return topic.endsWith('/@/') || topic === EVERY_NODE;
}

/** Lets everything go on that waits for a promise which is there. */
function breathe(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

export class LateCluster {
  /** What each node listens to. */
  readonly topics: Set<string>[] = [];
  /** While it is off, calls are answered at once, as by the memory cluster itself. */
  isLate = true;
  /** While it is broken, calls change nothing and are answered by a failure. */
  isBroken = false;
  #calls: readonly Call[] = [];

  /** For `createWorld({ through: late.through })`. */
  readonly through = (cluster: Cluster): Cluster => {
    const topics = new Set<string>();
    const node = this.topics.push(topics) - 1;
    const { bus, ledger } = cluster;
    const late = <Arguments extends unknown[], Result>(call: (...given: Arguments) => Result) =>
      ((...given: Arguments) => this.#ask(node, () => call(...given))) as (...given: Arguments) => Result;
    const listen = late((topic: string) => void topics.add(topic));
    const unlisten = late((topic: string) => void topics.delete(topic));
    const lateBus: Bus = {
      hear: (listener) =>
        bus.hear((delivery) => {
          const topic = topicOfDelivery(delivery);
          if (isOfApp(topic) || topics.has(topic)) listener(delivery);
        }),
      publish: late(bus.publish),
      publishAll: late(bus.publishAll),
      listen: (topic) => (isOfApp(topic) ? undefined : listen(topic)),
      unlisten: (topic) => (isOfApp(topic) ? undefined : unlisten(topic)),
    };
    const lateLedger = Object.fromEntries(
      Object.entries(ledger).map(([name, call]) => [name, late(call as () => unknown)]),
    ) as unknown as Ledger;
    const enter: Ledger['enter'] = late((entrance) => {
      const entered = ledger.enter(entrance);
      if (entered instanceof Promise || entered === 'full') return entered;
      // What travels is what was true when the call was carried out.
      const { subscribers, members, cached } = entered;
      return { subscribers, members: members === null ? null : [...members], cached };
    });
    const { connections, recountConnections } = ledger;
    return {
      bus: lateBus,
      ledger: { ...lateLedger, enter, connections, recountConnections },
      liveness: cluster.liveness,
    };
  };

  #ask(node: number, carryOut: () => unknown): unknown {
    if (!this.isLate) return carryOut();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#calls = [...this.#calls, { node, carryOut, resolve, reject, state: 'asked', value: undefined }];
    return promise;
  }

  /** Calls that are not answered yet. */
  get waiting(): number {
    return this.#calls.length;
  }

  /** Carries out the oldest call that was only asked; its deliveries arrive, but who asked does not know yet. */
  carryOut(node?: number): void {
    const call = this.#calls.find((each) => each.state === 'asked' && (node === undefined || each.node === node));
    if (call === undefined) return;
    call.state = 'done';
    if (!this.isBroken) call.value = call.carryOut();
    else call.value = new Error('The cluster is away.');
  }

  /** Answers the oldest call that was carried out. */
  async answer(node?: number): Promise<void> {
    const call = this.#calls.find((each) => each.state === 'done' && (node === undefined || each.node === node));
    if (call === undefined) return;
    this.#calls = this.#calls.filter((each) => each !== call);
    if (call.value instanceof Error) call.reject(call.value);
    else call.resolve(call.value);
    await breathe();
  }

  /** Answers everything, and whatever is asked because of it. */
  async settle(): Promise<void> {
    await breathe();
    while (this.waiting > 0) {
      this.carryOut();
      await this.answer();
    }
  }
}
