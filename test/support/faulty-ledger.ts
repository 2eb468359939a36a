// The ledger as a faulty node has it: calls that are asked now and happen when the test says so.
import type { Cluster, Delivery, Ledger } from '../../src/engine/ports.ts';
import { topicOf } from '../../src/protocol/topics.ts';
import type { Life } from './life.ts';

/** What becomes of a call when the node is away: it is said again afterwards, or refused; nobody waits for a quiet one. */
type Fate = 'repeated' | 'refused' | 'quiet';

export const WIRES = ['commands', 'subscriber'] as const;

export interface Call {
  readonly fate: Fate;
  /** Calls keep their order on each of the two. */
  readonly wire: (typeof WIRES)[number];
  readonly carryOut: (life: Life) => unknown;
  /** Deliveries of this topic that were before the answer arrive before it. */
  readonly topic: string | null;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  value: unknown;
  isDone: boolean;
  after: Arrival | null;
}

export interface Arrival {
  readonly topic: string;
  readonly delivery: Delivery;
}

/** A node that asks. */
export interface Asking {
  /** What is agreed. */
  readonly common: Cluster;
  ask(fate: Fate, carryOut: Call['carryOut'], topic?: string | null): Promise<unknown> | undefined;
  /** The number of subscribers that waits to be told is told in another way. */
  dropRecount(topic: string): void;
  /** The life has turned out to be over. */
  endSession(): void;
}

export function faultyLedger(node: Asking): Ledger {
  const question = <Name extends keyof Ledger>(name: Name, isOrdered = false): Ledger[Name] =>
    ((...given: never[]) => {
      const [app, channel] = given as unknown as Parameters<Ledger['recall']>;
      const carryOut = (): unknown => (node.common.ledger[name] as (...all: readonly never[]) => unknown)(...given);
      return node.ask('refused', carryOut, isOrdered ? topicOf(app, channel) : null);
    }) as unknown as Ledger[Name];
  const change = (fate: Fate, carryOut: (life: Life) => unknown, topic: string | null = null): never =>
    node.ask(fate, (life) => (life.isFenced ? node.endSession() : carryOut(life)), topic) as never;
  return {
    enter: (entrance) => {
      const topic = topicOf(entrance.app, entrance.channel);
      const enter = (life: Life): unknown => {
        const entered = life.enter(entrance);
        if (entered !== 'full') node.dropRecount(topic);
        return entered;
      };
      return change('repeated', enter, topic);
    },
    leave: (exit) => {
      node.dropRecount(topicOf(exit.app, exit.channel));
      return change('repeated', (life) => life.leave(exit));
    },
    signIn: (app, user) => change('repeated', (life) => life.signIn(app, user)),
    signOut: (app, user) => change('repeated', (life) => life.signOut(app, user)),
    recount: (app, channel, subscribers) =>
      change('quiet', (life) => life.recount(app, channel, subscribers), topicOf(app, channel)),
    recountConnections: (app, connections) => change('quiet', (life) => life.recountConnections(app, connections)),
    tellCount: question('tellCount'),
    online: question('online'),
    count: question('count'),
    members: question('members'),
    roster: question('roster'),
    channels: question('channels'),
    recall: question('recall', true),
    forget: question('forget'),
    connections: question('connections'),
  };
}
