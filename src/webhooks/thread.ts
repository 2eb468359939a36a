// The main thread's end of the webhook thread: questions get their answers, and what it reports gets to whom it concerns.
import type { Disabled } from './dispatcher.ts';
import type { WebhookApp } from './endpoint.ts';
import type { FromThread, Question, ToThread, WebhookSettingsOfServer } from './messages.ts';

export interface ThreadListeners {
  readonly onDisabled: (disabled: Disabled) => void;
  readonly onFailure: (error: Error) => void;
  /** So many facts are on disk. */
  readonly onWritten: (count: number) => void;
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
  #isRunning = false;

  constructor(
    { journal, graceMs, retryMs, disableMs, allowedHosts }: WebhookSettingsOfServer,
    apps: readonly WebhookApp[],
    listeners: ThreadListeners,
  ) {
    this.#listeners = listeners;
    this.started = this.#start.promise;
    // Whoever starts it later than the server does not wait for it; the failure is told all the same.
    this.started.catch(() => undefined);
    this.#worker.onmessage = ({ data }: MessageEvent<FromThread>) => this.#hear(data);
    this.#worker.onerror = ({ message }) => this.#fail(message);
    this.say({ kind: 'start', settings: { journal, graceMs, retryMs, disableMs, allowedHosts }, apps });
  }

  say(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** The answer is of the type that goes with the question. */
  ask<Value>(question: Question): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++this.#asked;
    this.#questions.set(id, { resolve, reject });
    this.say({ kind: 'ask', id, question });
    return promise as Promise<Value>;
  }

  async stop(): Promise<void> {
    this.say({ kind: 'stop' });
    await this.#stop.promise;
    for (const { reject } of this.#questions.values()) reject(new Error('The server is stopping.'));
    this.end();
  }

  /** At once, whatever it is doing. */
  end(): void {
    this.#worker.terminate();
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'started':
        this.#isRunning = true;
        return this.#start.resolve();
      case 'written':
        return this.#listeners.onWritten(message.count);
      case 'answer':
        return this.#take(message.id)?.resolve(message.value);
      case 'noAnswer':
        return this.#take(message.id)?.reject(new Error(message.error));
      case 'disabled':
        return this.#listeners.onDisabled(message.disabled);
      case 'failed':
        return this.#fail(message.error);
      case 'stopped':
        return this.#stop.resolve();
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#questions.get(id);
    this.#questions.delete(id);
    return waiting;
  }

  #fail(text: string): void {
    const error = new Error(text);
    if (!this.#isRunning) {
      this.#start.reject(error);
      this.#stop.resolve();
    }
    this.#listeners.onFailure(error);
  }
}
