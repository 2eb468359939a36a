// Webhooks as the rest of the server sees them: an outbox that never waits, endpoints that may change at any time, and
// what there is to ask. The work is done in a thread of its own (worker.ts), which starts with the first endpoint.
import type { WebhookEventName } from '../core/facts.ts';
import type { Outbox } from '../engine/ports.ts';
import type { AppId } from '../protocol/ids.ts';
import type { Attempt, AttemptQuery, Delivery, DeliveryQuery, Selection, WebhookState } from './delivery.ts';
import { type WebhookApp, wantedFacts } from './endpoint.ts';
import { ThreadLine, type ThreadLineOptions } from './thread-line.ts';

export interface Webhooks {
  /** Several nodes with one outbox give it no facts: those come by Redis, where the nodes agree on them. */
  readonly outbox: Outbox;
  /** From now on these are all apps that have endpoints; what waited for an endpoint that is no longer there is dropped. */
  configure(apps: readonly WebhookApp[]): void;
  /** Posts an event that never happened; null when there is no such endpoint. */
  sendTest(app: AppId, endpoint: string): Promise<Attempt | null>;
  /** The log of attempts, newest first. */
  deliveries(query: AttemptQuery): Promise<readonly Attempt[]>;
  /** Deliveries that were given up, newest first. */
  deadLetters(query: DeliveryQuery): Promise<readonly Delivery[]>;
  /** Sends dead letters again; the answer is how many. */
  replay(selection: Selection): Promise<number>;
  /** Null where there is nothing to tell, because no app has endpoints. */
  state(): Promise<WebhookState | null>;
  /** What has been told is on disk when this resolves. */
  stop(): Promise<void>;
}

export type WebhooksOptions = ThreadLineOptions;

const NOTHING: ReadonlySet<WebhookEventName> = new Set();

/** @throws when the journal cannot be opened. */
export async function startWebhooks(options: WebhooksOptions): Promise<Webhooks> {
  const line = new ThreadLine(options);
  let wanted = wantedByApp(options.apps);
  if (wanted.size > 0) await line.open();
  return {
    outbox: {
      wants: (app, name) => (wanted.get(app) ?? NOTHING).has(name),
      add(fact) {
        if (options.shared) throw new Error('The facts of several nodes come by Redis.');
        line.add(fact);
      },
    },
    configure(apps) {
      wanted = wantedByApp(apps);
      line.configure(apps, wanted.size > 0);
    },
    sendTest: (app, endpoint) => line.ask<Attempt | null>({ what: 'test', app, endpoint }),
    deliveries: (query) => line.ask<readonly Attempt[]>({ what: 'deliveries', query }),
    deadLetters: (query) => line.ask<readonly Delivery[]>({ what: 'deadLetters', query }),
    replay: (selection) => line.ask<number>({ what: 'replay', selection }),
    state: async () => (line.isOpen ? await line.ask<WebhookState>({ what: 'state' }) : null),
    stop: () => line.stop(),
  };
}

function wantedByApp(apps: readonly WebhookApp[]): ReadonlyMap<AppId, ReadonlySet<WebhookEventName>> {
  const withEndpoints = apps.filter(({ endpoints }) => endpoints.length > 0);
  return new Map(withEndpoints.map((app) => [app.app, wantedFacts(app)]));
}
