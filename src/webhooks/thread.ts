// The main thread's end of the webhook thread: questions get their answers, and what it reports gets to whom it concerns.
import type { Disabled } from './dispatcher.ts';
import type { WebhookApp } from './endpoint.ts';
import type { FromThread, Question, ToThread, WebhookSettingsOfServer } from './messages.ts';

export interface ThreadListeners {
  readonly onDisabled: (disabled: Disabled) => void;
  readonly onFailure: (error: Error) => void;
  /** So many facts are on disk. */
  readonly onWritten: (count: number) => void;
  /** It has come to an end without having been stopped, and says nothing more. */
  readonly onEnded: () => void;
}

type Waiting = Pick<PromiseWithResolvers<unknown>, 'resolve' | 'reject'>;

export class WebhookThread {
  /** Rejects when the journal cannot be opened. */
  readonly started: Promise<void>;
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url));
  readonly #listeners: ThreadListeners;
  readonly #questions = new Map<number, Waiting>();
  readonly #start = Promise.withResolvers<void>();
  readonly #stop = Promise.withResolvers<void>();
  #asked = 0;
  #isStopping = false;
  /** Why nobody is there to answer any more. */
  #end: Error | null = null;

  constructor(
    { journal, shared, graceMs, retryMs, disableMs, allowedHosts }: WebhookSettingsOfServer,
    apps: readonly WebhookApp[],
    listeners: ThreadListeners,
  ) {
    this.#listeners = listeners;
    this.started = this.#start.promise;
    // Whoever starts it later than the server does not wait for it; the failure is told all the same.
    this.started.catch(() => undefined);
    this.#worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#hear(data);
    this.#worker.onerror = ({ message }) => this.#endWith(new Error(message));
    this.#worker.addEventListener('close', () => this.#endWith(new Error('The webhook thread has ended.')));
    const settings = { journal, shared: shared ?? null, graceMs, retryMs, disableMs, allowedHosts };
    this.say({ kind: 'start', settings, apps });
  }

  say(message: ToThread): void {
    if (this.#end === null) this.#worker.postMessage(message);
  }

  /** The answer is of the type that goes with the question. */
  ask<Value>(question: Question): Promise<Value> {
    if (this.#end !== null) return Promise.reject(this.#end);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++this.#asked;
    this.#questions.set(id, { resolve, reject });
    this.say({ kind: 'ask', id, question });
    return promise as Promise<Value>;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.say({ kind: 'stop' });
    await this.#stop.promise;
    this.#endWith(new Error('The server is stopping.'));
  }

  /** At once, whatever it is doing. */
  end(): void {
    this.#worker.terminate();
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'started':
        return this.#start.resolve();
      case 'notStarted':
        return this.#endWith(new Error(message.error));
      case 'written':
        return this.#listeners.onWritten(message.count);
      case 'answer':
        return this.#take(message.id)?.resolve(message.value);
      case 'noAnswer':
        return this.#take(message.id)?.reject(new Error(message.error));
      case 'disabled':
        return this.#listeners.onDisabled(message.disabled);
      case 'failed':
        return this.#listeners.onFailure(new Error(message.error));
      case 'stopped':
        return this.#stop.resolve();
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#questions.get(id);
    this.#questions.delete(id);
    return waiting;
  }

  #endWith(error: Error): void {
    if (this.#end !== null) return;
    this.#end = error;
    this.#worker.terminate();
    this.#start.reject(error);
    this.#stop.resolve();
    for (const { reject } of this.#questions.values()) reject(error);
    this.#questions.clear();
    if (this.#isStopping) return;
    this.#listeners.onFailure(error);
    this.#listeners.onEnded();
  }
}
