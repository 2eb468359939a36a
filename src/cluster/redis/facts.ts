// Facts on their way into Redis. Those of members are written by the steps that make them true; the others are sent from
// here, and nobody waits for them.

import type { Fact, WebhookEventName } from '../../core/facts.ts';
import type { Outbox } from '../../engine/ports.ts';
import type { AppId } from '../../protocol/ids.ts';
import { topicOf } from '../../protocol/topics.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import type { Life } from './life.ts';

/** As many facts as are kept of what could not be handed on. The same bound is in lua/common.lua. */
const MOST_FACTS = 1_000_000;
/** How many wait while the node is away. Later ones are lost, and counted. */
const MOST_WAITING = 10_000;

const LETTERS: readonly (readonly [WebhookEventName, string])[] = [
  ['channel_occupied', 'o'],
  ['channel_vacated', 'v'],
  ['member_added', 'a'],
  ['member_removed', 'r'],
];

/** Which facts of the app's channels and members a step has to write, a letter for each kind. */
export function wantedOf(outbox: Pick<Outbox, 'wants'>, app: AppId): string {
  let letters = '';
  for (const [name, letter] of LETTERS) if (outbox.wants(app, name)) letters += letter;
  return letters;
}

export class Facts {
  readonly #keys: KeySpace;
  readonly #life: () => Life | null;
  #waiting: Fact[] = [];
  #lost = 0;

  /** @param life the present one; null while the node is away. */
  constructor(keys: KeySpace, life: () => Life | null) {
    this.#keys = keys;
    this.#life = life;
  }

  get lost(): number {
    return this.#lost;
  }

  add(fact: Fact): void {
    const life = this.#life();
    if (life !== null) this.#send(life, fact);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(fact);
    else this.#lost += 1;
  }

  /** Sends what has waited. */
  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const fact of waiting) this.add(fact);
  }

  #send(life: Life, fact: Fact): void {
    const partition = this.#keys.partitionOf(topicOf(fact.app, fact.channel));
    const stream = this.#keys.key(partition, 'facts');
    const sent = life.session
      .commands(partition)
      .xadd(stream, 'MAXLEN', '~', MOST_FACTS, '*', 'f', JSON.stringify(fact));
    sent.catch((error: unknown) => {
      this.#lost += 1;
      life.end(error);
    });
  }
}
