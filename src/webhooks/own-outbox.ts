// The outbox of a node that is alone: facts come from the main thread, which is told when they are on disk.
import type { Fact } from '../core/facts.ts';
import type { Answer } from '../engine/answer.ts';
import { answerOf } from './answers.ts';
import { Dispatcher } from './dispatcher.ts';
import type { WebhookApp } from './endpoint.ts';
import { Journal } from './journal.ts';
import type { Question, WebhookSettingsOfServer } from './messages.ts';
import {
  AGAIN_MS,
  dispatcherParts,
  FINISH_MS,
  GATHER_MS,
  messageOf,
  nowMs,
  type OutboxOfThread,
  type Tell,
} from './outbox-of-thread.ts';

const LONGEST_WAIT_MS = 60_000;
const FINISH_STEP_MS = 10;

export class OwnOutbox implements OutboxOfThread {
  readonly #tell: Tell;
  readonly #journal: Journal;
  readonly #dispatcher: Dispatcher;
  #timer: Timer | null = null;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #unacknowledged = 0;
  /** Apps that could not be taken up, the journal being out of reach, and the facts that have come since. */
  #pending: { readonly apps: readonly WebhookApp[]; readonly facts: Fact[] } | null = null;

  /** @throws when the journal cannot be opened. */
  constructor(settings: WebhookSettingsOfServer, apps: readonly WebhookApp[], tell: Tell) {
    this.#tell = tell;
    this.#journal = new Journal(settings.journal);
    const parts = {
      ...dispatcherParts(settings, tell),
      journal: this.#journal,
      // A commit of the journal is on disk when it returns.
      durable: () => undefined,
      isAmongOthers: false,
      wake: () => this.#wakeAt(nowMs() + GATHER_MS),
    };
    this.#dispatcher = new Dispatcher(parts, apps);
  }

  configure(apps: readonly WebhookApp[]): void {
    this.#pending = { apps, facts: this.#pending?.facts ?? [] };
    try {
      this.#configure();
    } catch (error) {
      this.#again(error);
    }
  }

  add(facts: readonly Fact[]): void {
    this.#unacknowledged += facts.length;
    if (this.#pending === null) return this.#dispatcher.add(facts);
    for (const fact of facts) this.#pending.facts.push(fact);
  }

  answer(question: Question): Answer<unknown> {
    return answerOf(question, this.#journal, this.#dispatcher);
  }

  async stop(): Promise<void> {
    this.#dispatcher.stop();
    this.#turn();
    const deadlineMs = nowMs() + FINISH_MS;
    while (this.#dispatcher.isPosting && nowMs() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, FINISH_STEP_MS));
      this.#turn();
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    // Whatever ends later asks for no turn any more.
    this.#timerAtMs = Number.NEGATIVE_INFINITY;
    try {
      this.#journal.close();
    } catch (error) {
      this.#tell({ kind: 'failed', error: messageOf(error) });
    }
  }

  /** Until it succeeds nothing is settled: facts would go to the endpoints of before. */
  #configure(): void {
    if (this.#pending === null) return;
    this.#dispatcher.configure(this.#pending.apps);
    const { facts } = this.#pending;
    this.#pending = null;
    this.#dispatcher.add(facts);
  }

  #wakeAt(atMs: number): void {
    if (atMs >= this.#timerAtMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => this.#turn(), Math.min(LONGEST_WAIT_MS, Math.max(0, atMs - nowMs())));
  }

  #turn(): void {
    this.#timer = null;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    const count = this.#unacknowledged;
    try {
      this.#configure();
      // It answers at once, since what is written is durable at once.
      void this.#dispatcher.turn();
      this.#unacknowledged -= count;
      if (count > 0) this.#tell({ kind: 'written', count });
      this.#wakeAt(Math.max(nowMs() + 1, this.#dispatcher.dueMs));
    } catch (error) {
      this.#again(error);
    }
  }

  #again(error: unknown): void {
    this.#tell({ kind: 'failed', error: messageOf(error) });
    this.#wakeAt(nowMs() + AGAIN_MS);
  }
}
