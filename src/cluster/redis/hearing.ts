// What the node listens to, whatever its life: each life begins by subscribing to all of it. Redis' channel says which
// topic a message is of. Subscriptions of one turn of the loop travel as one command.
import type { Delivery } from '../../engine/ports.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import type { Life } from './life.ts';
import { packTopic, type Subject, subjectOf } from './topic.ts';
import { decodeDelivery } from './wire.ts';

const MOST_IN_ONE_COMMAND = 500;

interface Round {
  readonly done: Promise<void>;
  /** The channels whose subscription has to be looked at, by partition. */
  readonly touched: Map<number, Set<string>>;
}

export class Hearing {
  readonly #keys: KeySpace;
  /** By the name of Redis' channel. */
  readonly #subjects = new Map<string, Subject>();
  readonly #partitions = new Map<string, number>();
  readonly #rounds = new WeakMap<Life, Round>();
  #life: Life | null = null;
  #listener: (delivery: Delivery) => void = () => undefined;

  constructor(keys: KeySpace) {
    this.#keys = keys;
  }

  hear(listener: (delivery: Delivery) => void): void {
    this.#listener = listener;
  }

  /** Begins to want the topic; it is heard when `subscribed` resolves in the life that asks. */
  want(topic: string): void {
    const { partition, name } = this.place(topic);
    this.#subjects.set(name, subjectOf(topic));
    this.#partitions.set(name, partition);
  }

  unwant(topic: string): void {
    const { partition, name } = this.place(topic);
    this.#subjects.delete(name);
    this.#partitions.delete(name);
    if (this.#life !== null && !this.#life.hasEnded) this.#touch(this.#life, partition, name).catch(() => undefined);
  }

  subscribed(topic: string, life: Life): Promise<void> {
    const { partition, name } = this.place(topic);
    return this.#touch(life, partition, name);
  }

  place(topic: string): { readonly partition: number; readonly name: string } {
    const partition = this.#keys.partitionOf(topic);
    return { partition, name: this.#keys.key(partition, `t:${packTopic(topic)}`) };
  }

  /** A new life hears its inboxes and all that was wanted before. */
  async begin(life: Life, onInbox: (partition: number, message: string) => void): Promise<void> {
    this.#life = life;
    const inboxes = new Map(life.partitions.map((partition) => [life.inboxOf(partition), partition]));
    const onMessage = (name: string, message: string): void => {
      if (life.hasEnded) return;
      const subject = this.#subjects.get(name);
      if (subject !== undefined) {
        const delivery = decodeDelivery(subject, message);
        if (delivery !== null) this.#listener(delivery);
        return;
      }
      const inbox = inboxes.get(name);
      if (inbox !== undefined) onInbox(inbox, message);
    };
    for (const redis of life.session.subscribers) redis.on(life.session.isSharded ? 'smessage' : 'message', onMessage);
    const wanted = new Map(life.partitions.map((partition) => [partition, [life.inboxOf(partition)]]));
    for (const [name, partition] of this.#partitions) wanted.get(partition)?.push(name);
    await Promise.all([...wanted].map(([partition, names]) => subscribe(life, partition, names)));
  }

  #touch(life: Life, partition: number, name: string): Promise<void> {
    const known = this.#rounds.get(life);
    const round = known ?? this.#newRound(life);
    const names = round.touched.get(partition) ?? new Set();
    round.touched.set(partition, names.add(name));
    return round.done;
  }

  #newRound(life: Life): Round {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    const touched = new Map<number, Set<string>>();
    const done = promise.then(async () => {
      this.#rounds.delete(life);
      await Promise.all([...touched].map(([partition, names]) => this.#settle(life, partition, names)));
    });
    const round = { done, touched };
    this.#rounds.set(life, round);
    return round;
  }

  // Whether it is wanted is asked now: who listened and stopped listening within one turn gets neither too much nor less.
  async #settle(life: Life, partition: number, names: ReadonlySet<string>): Promise<void> {
    const wanted = [...names].filter((name) => this.#subjects.has(name));
    const unwanted = [...names].filter((name) => !this.#subjects.has(name));
    if (unwanted.length > 0) unsubscribe(life, partition, unwanted);
    if (wanted.length > 0) await subscribe(life, partition, wanted);
  }
}

async function subscribe(life: Life, partition: number, names: readonly string[]): Promise<void> {
  const redis = life.session.subscriber(partition);
  try {
    for (let at = 0; at < names.length; at += MOST_IN_ONE_COMMAND) {
      const slice = names.slice(at, at + MOST_IN_ONE_COMMAND);
      await (life.session.isSharded ? redis.ssubscribe(...slice) : redis.subscribe(...slice));
    }
  } catch (error) {
    life.end(error);
    throw error;
  }
}

function unsubscribe(life: Life, partition: number, names: readonly string[]): void {
  const redis = life.session.subscriber(partition);
  const done = life.session.isSharded ? redis.sunsubscribe(...names) : redis.unsubscribe(...names);
  done.catch((error: unknown) => life.end(error));
}
