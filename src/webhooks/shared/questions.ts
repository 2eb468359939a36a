// Questions about webhooks, which any node is asked and the one that sends can answer: by a message to it and one back.
import type { Answer } from '../../engine/answer.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import type { RedisSession } from '../../redis/session.ts';
import type { Question } from '../messages.ts';
import { messageOf } from '../outbox-of-thread.ts';
import { answered } from './answered.ts';
import { HOME } from './mirror.ts';

interface Asked {
  readonly id: number;
  /** The channel for the answer. */
  readonly from: string;
  readonly question: Question;
}

type Answered =
  /** It is being answered. */
  | { readonly kind: 'heard'; readonly id: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'noAnswer'; readonly id: number; readonly error: string };

interface Waiting extends Pick<PromiseWithResolvers<unknown>, 'resolve' | 'reject'> {
  timer: Timer;
}

/** For a sign that somebody answers. */
const HEARD_MS = 5_000;
/** For the answer, once there was one: a test post alone may take five seconds. */
const LONGEST_ANSWER_MS = 15_000;

/** Nobody was there to be asked. */
export const NOBODY = Symbol('nobody');

export class QuestionLine {
  readonly #session: RedisSession;
  readonly #askChannel: string;
  readonly #freeChannel: string;
  readonly #ownChannel: string;
  readonly #onFree: () => void;
  readonly #waiting = new Map<number, Waiting>();
  #answer: ((question: Question) => Answer<unknown>) | null = null;
  #lastId = 0;

  /** @param onFree hears that a sender has stopped. */
  constructor(session: RedisSession, keys: KeySpace, name: string, onFree: () => void) {
    this.#session = session;
    this.#askChannel = keys.key(HOME, 'webhooks:ask');
    this.#freeChannel = keys.key(HOME, 'webhooks:free');
    this.#ownChannel = keys.key(HOME, `webhooks:answer:${name}`);
    this.#onFree = onFree;
    session.onEnd(() => this.#close());
  }

  async open(): Promise<void> {
    const subscriber = this.#session.subscriber(HOME);
    subscriber.on(this.#session.isSharded ? 'smessage' : 'message', (channel: string, text: string) => {
      if (channel === this.#ownChannel) this.#hearAnswer(text);
      else if (channel === this.#askChannel) void this.#hearQuestion(text);
      else if (channel === this.#freeChannel) this.#onFree();
    });
    await this.#subscribe(this.#ownChannel);
    await this.#subscribe(this.#freeChannel);
  }

  /** Answers everybody from now on. */
  async serve(answer: (question: Question) => Answer<unknown>): Promise<void> {
    this.#answer = answer;
    await this.#subscribe(this.#askChannel);
  }

  async unserve(): Promise<void> {
    this.#answer = null;
    const subscriber = this.#session.subscriber(HOME);
    const { isSharded } = this.#session;
    const unsubscribed = isSharded
      ? subscriber.sunsubscribe(this.#askChannel)
      : subscriber.unsubscribe(this.#askChannel);
    await answered(this.#session, unsubscribed);
  }

  /** Says that a sender has stopped. */
  async tellFree(): Promise<void> {
    await this.#publish(this.#freeChannel, '');
  }

  /** Resolves with `NOBODY` when there was nobody; whoever is asked is asked once only. */
  async ask(question: Question): Promise<unknown> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject, timer: this.#timer(id, HEARD_MS) });
    // Nobody may be waiting for it yet when it rejects.
    promise.catch(() => undefined);
    const asked: Asked = { id, from: this.#ownChannel, question };
    const listeners = await this.#publish(this.#askChannel, JSON.stringify(asked));
    if (listeners === 0) this.#take(id)?.resolve(NOBODY);
    return await promise;
  }

  #hearAnswer(text: string): void {
    // Only a node of ours knows the channel.
    const heard = JSON.parse(text) as Answered;
    switch (heard.kind) {
      case 'heard': {
        const waiting = this.#waiting.get(heard.id);
        if (waiting === undefined) return;
        clearTimeout(waiting.timer);
        waiting.timer = this.#timer(heard.id, LONGEST_ANSWER_MS);
        return;
      }
      case 'answer':
        return this.#take(heard.id)?.resolve(heard.value);
      case 'noAnswer':
        return this.#take(heard.id)?.reject(new Error(heard.error));
    }
  }

  async #hearQuestion(text: string): Promise<void> {
    const answer = this.#answer;
    if (answer === null) return;
    // As above.
    const { id, from, question } = JSON.parse(text) as Asked;
    const tell = async (told: Answered): Promise<void> => void (await this.#publish(from, JSON.stringify(told)));
    try {
      await tell({ kind: 'heard', id });
      await tell(await answerTo(answer, id, question));
    } catch {
      // The session has ended; whoever asked will ask again.
    }
  }

  #timer(id: number, delayMs: number): Timer {
    return setTimeout(() => this.#take(id)?.reject(new Error('The node that sends webhooks did not answer.')), delayMs);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #close(): void {
    this.#answer = null;
    for (const id of [...this.#waiting.keys()]) {
      this.#take(id)?.reject(new Error('The connection with Redis was lost while the question was asked.'));
    }
  }

  async #subscribe(channel: string): Promise<void> {
    const subscriber = this.#session.subscriber(HOME);
    const subscribed = this.#session.isSharded ? subscriber.ssubscribe(channel) : subscriber.subscribe(channel);
    await answered(this.#session, subscribed);
  }

  async #publish(channel: string, text: string): Promise<number> {
    const redis = this.#session.commands(HOME);
    const published = this.#session.isSharded ? redis.spublish(channel, text) : redis.publish(channel, text);
    return Number(await answered<unknown>(this.#session, published));
  }
}

async function answerTo(
  answer: (question: Question) => Answer<unknown>,
  id: number,
  question: Question,
): Promise<Answered> {
  try {
    return { kind: 'answer', id, value: await answer(question) };
  } catch (error) {
    return { kind: 'noAnswer', id, error: messageOf(error) };
  }
}
