// The webhooks of a process whose parent does the work: facts and questions go to the parent. What is wanted is known
// here, because a fact that nobody wants is not even made.
import type { WebhookEventName } from '../core/facts.ts';
import type { Outbox } from '../engine/ports.ts';
import type { AppId } from '../protocol/ids.ts';
import type { Attempt, Delivery, WebhookState } from './delivery.ts';
import { wantedFacts } from './endpoint.ts';
import type { Question } from './messages.ts';
import type { Webhooks } from './webhooks.ts';

export interface RemoteWebhooksParts {
  readonly add: Outbox['add'];
  /** Puts the question to the parent, where `answerWith` answers it. */
  readonly ask: (question: Question) => Promise<unknown>;
}

export function remoteWebhooks({ add, ask }: RemoteWebhooksParts): Webhooks {
  let wanted: ReadonlyMap<AppId, ReadonlySet<WebhookEventName>> = new Map();
  return {
    outbox: { wants: (app, name) => wanted.get(app)?.has(name) === true, add },
    configure(apps) {
      const withEndpoints = apps.filter(({ endpoints }) => endpoints.length > 0);
      wanted = new Map(withEndpoints.map((app) => [app.app, wantedFacts(app)]));
    },
    // The parent answers with what `answerWith` gives, which is of the same build.
    sendTest: async (app, endpoint) => (await ask({ what: 'test', app, endpoint })) as Attempt | null,
    deliveries: async (query) => (await ask({ what: 'deliveries', query })) as readonly Attempt[],
    deadLetters: async (query) => (await ask({ what: 'deadLetters', query })) as readonly Delivery[],
    replay: async (selection) => (await ask({ what: 'replay', selection })) as number,
    state: async () => (await ask({ what: 'state' })) as WebhookState | null,
    stop: () => Promise.resolve(),
  };
}

export function answerWith(webhooks: Webhooks, question: Question): Promise<unknown> {
  switch (question.what) {
    case 'test':
      return webhooks.sendTest(question.app, question.endpoint);
    case 'deliveries':
      return webhooks.deliveries(question.query);
    case 'deadLetters':
      return webhooks.deadLetters(question.query);
    case 'replay':
      return webhooks.replay(question.selection);
    case 'state':
      return webhooks.state();
  }
}
