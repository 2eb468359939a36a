// What the main thread and the webhook thread say to each other.
import type { AppId } from '../protocol/ids.ts';
import type { AttemptQuery, DeliveryQuery, Selection } from './delivery.ts';
import type { Disabled } from './dispatcher.ts';
import type { WebhookApp } from './endpoint.ts';

export interface WebhookSettingsOfServer {
  /** The file of the journal; not used when the outbox is shared. */
  readonly journal: string;
  /** Where several nodes have one outbox together; null for a node that is alone. */
  readonly shared?: SharedSettings | null;
  readonly graceMs: number;
  readonly retryMs: number;
  readonly disableMs: number;
  readonly allowedHosts: readonly string[];
}

export interface SharedSettings {
  readonly redisUrl: string;
  /** The authority to believe, in PEM; null for those of the system. */
  readonly ca: string | null;
  readonly prefix: string;
  /** For tests, which do not wait for as long. */
  readonly timing?: Timing;
}

export interface Timing {
  /** For how long a node that says nothing more keeps others from sending. */
  readonly leaseMs: number;
  /** After taking over, before the nodes' tables are asked who is still there. */
  readonly firstLookMs: number;
}

export type Question =
  | { readonly what: 'test'; readonly app: AppId; readonly endpoint: string }
  | { readonly what: 'deliveries'; readonly query: AttemptQuery }
  | { readonly what: 'deadLetters'; readonly query: DeliveryQuery }
  | { readonly what: 'replay'; readonly selection: Selection }
  | { readonly what: 'state' };

export type ToThread =
  | { readonly kind: 'start'; readonly settings: WebhookSettingsOfServer; readonly apps: readonly WebhookApp[] }
  | { readonly kind: 'configure'; readonly apps: readonly WebhookApp[] }
  /** A JSON list: one text crosses between threads faster than many objects. */
  | { readonly kind: 'facts'; readonly json: string; readonly count: number }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  | { readonly kind: 'stop' };

export type FromThread =
  | { readonly kind: 'started' }
  /** The thread is of no use. */
  | { readonly kind: 'notStarted'; readonly error: string }
  | { readonly kind: 'written'; readonly count: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'noAnswer'; readonly id: number; readonly error: string }
  | { readonly kind: 'disabled'; readonly disabled: Disabled }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'stopped' };
