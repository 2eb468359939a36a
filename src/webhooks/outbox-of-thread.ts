// What a webhook thread does its work with, and what it needs for that. There are two: the outbox of a node that is alone,
// and the one that several nodes share.

import type { Fact } from '../core/facts.ts';
import type { Answer } from '../engine/answer.ts';
import type { DispatcherParts } from './dispatcher.ts';
import type { WebhookApp } from './endpoint.ts';
import type { FromThread, Question, WebhookSettingsOfServer } from './messages.ts';
import { poster, resolveName } from './post.ts';

export interface OutboxOfThread {
  configure(apps: readonly WebhookApp[]): void;
  add(facts: readonly Fact[]): void;
  answer(question: Question): Answer<unknown>;
  /** Posts under way may end, for a moment; what is cut off is posted again by the next one. */
  stop(): Promise<void>;
}

export type Tell = (message: FromThread) => void;

/** What comes within this time is written together. */
export const GATHER_MS = 2;
/** After a turn that failed. */
export const AGAIN_MS = 500;
/** How long posts that are under way may take when the server stops. */
export const FINISH_MS = 1_500;
const POST_TIMEOUT_MS = 5_000;
const MISS_WINDOW_MS = 3_000;
/** For one endpoint. */
const WAITING_EVENTS = 200_000;

/** Close to the machine's time, and never back. */
export const nowMs = (): number => Math.round(performance.timeOrigin + performance.now());

/** What every dispatcher of the thread has in common. */
export function dispatcherParts(
  { graceMs, retryMs, disableMs, allowedHosts }: WebhookSettingsOfServer,
  tell: Tell,
): Omit<DispatcherParts, 'journal' | 'durable' | 'isAmongOthers' | 'wake'> {
  return {
    post: poster({ allowedHosts, timeoutMs: POST_TIMEOUT_MS, resolve: resolveName, authorities: null }),
    now: nowMs,
    newId: () => Bun.randomUUIDv7(),
    onDisabled: (disabled) => tell({ kind: 'disabled', disabled }),
    limits: { graceMs, retryMs, disableMs, missWindowMs: MISS_WINDOW_MS, waitingEvents: WAITING_EVENTS },
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
