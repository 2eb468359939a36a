// What is posted, and what came of it.
import type { AppId } from '../protocol/ids.ts';

/** One body for one endpoint. It is the same in all attempts, and so is its id. */
export interface Delivery {
  /** Its place in the order; 0 until the journal has given it one. */
  readonly seq: number;
  /** What receivers see as X-Vask-Delivery. */
  readonly id: string;
  readonly app: AppId;
  readonly endpoint: string;
  /** When its first event became true, or when it was replayed; the time for retries counts from then. */
  readonly sinceMs: number;
  readonly count: number;
  readonly body: string;
  /** When it was given up; null while it waits or is under way. */
  readonly deadAtMs: number | null;
}

/** One attempt, as the log of deliveries has it. */
export interface Attempt {
  /** 0 until the journal has given it one. */
  readonly id: number;
  readonly delivery: string;
  readonly app: AppId;
  readonly endpoint: string;
  readonly atMs: number;
  /** 1 for the first of its delivery since the server has started. */
  readonly attempt: number;
  readonly isTest: boolean;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly durationMs: number;
  /** Why there was no answer. */
  readonly error: string | null;
  /** The beginning of the answer. */
  readonly answer: string | null;
  /** What was posted, cut. */
  readonly body: string;
}

export interface AttemptQuery {
  readonly app: AppId;
  readonly endpoint?: string | undefined;
  readonly limit: number;
  /** Only what is older than the one with that id (`seq` of a dead letter). */
  readonly before?: number | undefined;
  /** Nothing from before then: an app that was deleted may have had the same id. */
  readonly sinceMs?: number | undefined;
}

export type DeliveryQuery = AttemptQuery;

/** Which dead letters of an app; all conditions hold together. */
export interface Selection {
  readonly app: AppId;
  readonly ids?: readonly string[] | undefined;
  readonly endpoint?: string | undefined;
  /** When they were given up. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Only events from then on, as with `AttemptQuery`. */
  readonly sinceMs?: number | undefined;
}

/** How the webhooks of a node, or of all nodes that have one outbox, are doing. */
export interface WebhookState {
  /** Events that wait or are under way. */
  readonly waiting: number;
  /** Deliveries that were given up and are kept. */
  readonly deadLetters: number;
  /** Posts since whoever sends has begun to. */
  readonly attempts: number;
  /** Those of them that were not taken. */
  readonly failures: number;
}
