// The line to the webhook thread: facts are gathered and kept until they are on disk, and a thread that has come to an
// end is followed by another one.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fact } from '../core/facts.ts';
import type { Clock } from '../engine/ports.ts';
import type { Disabled } from './dispatcher.ts';
import type { WebhookApp } from './endpoint.ts';
import type { Question, WebhookSettingsOfServer } from './messages.ts';
import { FactQueue } from './queue.ts';
import { WebhookThread } from './thread.ts';

export interface ThreadLineOptions extends WebhookSettingsOfServer {
  readonly apps: readonly WebhookApp[];
  readonly clock: Clock;
  readonly onDisabled: (disabled: Disabled) => void;
  readonly onFailure: (doing: string, error: unknown) => void;
}

/** For the second or so in which a disk may hang; a fact is some 200 bytes, a client event up to the app's limit. */
const QUEUE = { facts: 100_000, memberships: 1_000_000 };
/** What comes within this time crosses to the thread together. */
const GATHER_MS = 1;
/** Before another thread takes the place of one that has ended. */
const PAUSE_MS = 5_000;

export class ThreadLine {
  readonly #options: ThreadLineOptions;
  readonly #queue = new FactQueue(QUEUE);
  #apps: readonly WebhookApp[];
  #thread: WebhookThread | null = null;
  /** Ends the pause before the next thread. */
  #cancelPause: (() => void) | null = null;
  #isScheduled = false;
  #isStopping = false;
  /** Of the facts that nobody will be told, those that were reported. */
  #reported = 0;

  constructor(options: ThreadLineOptions) {
    this.#options = options;
    this.#apps = options.apps;
  }

  /** Rejects when the journal cannot be opened; it is not tried again then. */
  async open(): Promise<void> {
    try {
      await this.#begin().started;
    } catch (error) {
      this.#isStopping = true;
      this.#cancelPause?.();
      throw error;
    }
  }

  add(fact: Fact): void {
    this.#queue.add(fact);
    this.#schedule();
  }

  /** @param isNeeded whether there has to be a thread, if there is none yet. */
  configure(apps: readonly WebhookApp[], isNeeded: boolean): void {
    this.#flush();
    this.#apps = apps;
    if (this.#thread !== null) this.#thread.say({ kind: 'configure', apps });
    else if (isNeeded && this.#cancelPause === null) this.#begin();
  }

  /** Whether there is a thread: asking starts one. */
  get isOpen(): boolean {
    return this.#thread !== null;
  }

  async ask<Value>(question: Question): Promise<Value> {
    if (this.#isStopping) throw new Error('The server is stopping.');
    if (this.#cancelPause !== null) throw new Error('The webhook thread is being started again.');
    return await (this.#thread ?? this.#begin()).ask<Value>(question);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#cancelPause?.();
    this.#flush();
    await this.#thread?.stop();
  }

  #begin(): WebhookThread {
    const { journal, shared } = this.#options;
    if (!shared) mkdirSync(dirname(journal), { recursive: true, mode: 0o700 });
    this.#thread = new WebhookThread(this.#options, this.#apps, {
      onDisabled: this.#options.onDisabled,
      onFailure: (error) => this.#options.onFailure('webhooks', error),
      onWritten: (count) => {
        this.#queue.written(count);
        if (this.#queue.hasMore) this.#schedule();
      },
      onEnded: () => this.#pause(),
    });
    return this.#thread;
  }

  #pause(): void {
    this.#thread = null;
    this.#queue.takeBack();
    if (!this.#isStopping) this.#cancelPause = this.#options.clock.after(PAUSE_MS, () => this.#resume());
  }

  #resume(): void {
    this.#cancelPause = null;
    try {
      this.#begin();
      this.#flush();
    } catch (error) {
      this.#options.onFailure('webhooks', error);
      this.#pause();
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.clock.after(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#thread === null) return;
    const facts = this.#queue.take();
    if (facts.length > 0) this.#thread.say({ kind: 'facts', json: JSON.stringify(facts), count: facts.length });
    const lost = this.#queue.lost - this.#reported;
    if (lost === 0) return;
    this.#options.onFailure('webhooks', new Error(`${lost} facts were lost: the journal does not keep up`));
    this.#reported = this.#queue.lost;
  }
}
