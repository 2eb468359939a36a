// What the broker has to do with those who run it: what workers ask and tell beside what the cluster is for.

export interface Desk {
  /** The answer is sent as JSON. */
  ask(question: unknown): Promise<unknown>;
  told(news: unknown, worker: BrokerLine): void;
  /** The worker is out of the cluster. */
  ended(worker: BrokerLine, why: string): void;
}

/** The line of one worker. */
export interface BrokerLine {
  /** Tells the worker something, in JSON. */
  order(order: unknown): void;
  end(why: string): void;
}
