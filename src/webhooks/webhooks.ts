// Webhooks as the rest of the server sees them: an outbox that never waits, endpoints that may change at any time, and
// what there is to ask. The work is done in a thread of its own (worker.ts), which starts with the first endpoint.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fact, WebhookEventName } from '../core/facts.ts';
import type { Clock, Outbox } from '../engine/ports.ts';
import type { AppId } from '../protocol/ids.ts';
import type { Attempt, AttemptQuery, Delivery, DeliveryQuery, Selection } from './delivery.ts';
import type { Disabled } from './dispatcher.ts';
import { type WebhookApp, wantedFacts } from './endpoint.ts';
import type { WebhookSettingsOfServer } from './messages.ts';
import { FactQueue } from './queue.ts';
import { WebhookThread } from './thread.ts';

export interface Webhooks {
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
  /** What has been told is on disk when this resolves. */
  stop(): Promise<void>;
}

export interface WebhooksOptions extends WebhookSettingsOfServer {
  readonly apps: readonly WebhookApp[];
  readonly clock: Clock;
  readonly onDisabled: (disabled: Disabled) => void;
  readonly onFailure: (doing: string, error: unknown) => void;
}

/** For the second or so in which a disk may hang; a fact is some 200 bytes, a client event up to the app's limit. */
const QUEUE = { facts: 100_000, memberships: 1_000_000 };
/** What comes within this time crosses to the thread together. */
const GATHER_MS = 1;
const NOTHING: ReadonlySet<WebhookEventName> = new Set();

/** @throws when the journal cannot be opened. */
export async function startWebhooks(options: WebhooksOptions): Promise<Webhooks> {
  const { clock } = options;
  const queue = new FactQueue(QUEUE);
  let wanted = wantedByApp(options.apps);
  let thread: WebhookThread | null = null;
  let isScheduled = false;
  let lost = 0;

  const flush = (): void => {
    isScheduled = false;
    if (thread === null) return;
    const facts = queue.take();
    if (facts.length > 0) thread.say({ kind: 'facts', json: JSON.stringify(facts), count: facts.length });
    if (queue.lost === lost) return;
    options.onFailure('webhooks', new Error(`${queue.lost - lost} facts were lost: the journal does not keep up`));
    lost = queue.lost;
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    clock.after(GATHER_MS, flush);
  };
  const start = (apps: readonly WebhookApp[]): WebhookThread => {
    mkdirSync(dirname(options.journal), { recursive: true, mode: 0o700 });
    return new WebhookThread(options, apps, {
      onDisabled: options.onDisabled,
      onFailure: (error) => options.onFailure('webhooks', error),
      onWritten(count) {
        queue.written(count);
        if (queue.hasMore) schedule();
      },
    });
  };
  const running = (): WebhookThread => (thread ??= start([]));

  if (wanted.size > 0) {
    thread = start(options.apps);
    await thread.started.catch((error: unknown) => {
      thread?.end();
      throw error;
    });
  }
  return {
    outbox: {
      wants: (app, name) => (wanted.get(app) ?? NOTHING).has(name),
      add(fact: Fact) {
        queue.add(fact);
        schedule();
      },
    },
    configure(apps) {
      flush();
      wanted = wantedByApp(apps);
      if (thread !== null) thread.say({ kind: 'configure', apps });
      else if (wanted.size > 0) thread = start(apps);
    },
    sendTest: (app, endpoint) => running().ask<Attempt | null>({ what: 'test', app, endpoint }),
    deliveries: (query) => running().ask<readonly Attempt[]>({ what: 'deliveries', query }),
    deadLetters: (query) => running().ask<readonly Delivery[]>({ what: 'deadLetters', query }),
    replay: (selection) => running().ask<number>({ what: 'replay', selection }),
    async stop() {
      flush();
      await thread?.stop();
    },
  };
}

function wantedByApp(apps: readonly WebhookApp[]): ReadonlyMap<AppId, ReadonlySet<WebhookEventName>> {
  const withEndpoints = apps.filter(({ endpoints }) => endpoints.length > 0);
  return new Map(withEndpoints.map((app) => [app.app, wantedFacts(app)]));
}
