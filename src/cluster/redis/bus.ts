// The bus on Redis: a plain event is one PUBLISH, and whatever has to happen with others happens with them in one step.
import { Unavailable } from '../../engine/failure.ts';
import type { Bus, Delivery, Once, Publication, Published, Remember } from '../../engine/ports.ts';
import { topicOfDelivery } from '../../engine/topic-of.ts';
import { topicOf } from '../../protocol/topics.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import { packText } from '../../redis/text.ts';
import { packEvent } from './answers.ts';
import type { Gate } from './gate.ts';
import type { Hearing } from './hearing.ts';
import type { Life } from './life.ts';
import { steps } from './scripts.ts';
import { packTopic } from './topic.ts';
import { encodeDelivery } from './wire.ts';

type Args = readonly (string | number)[];

const NO_REQUEST: Args = ['', '', ''];

export class RedisBus implements Bus {
  readonly #gate: Gate;
  readonly #hearing: Hearing;
  readonly #keys: KeySpace;

  constructor(gate: Gate, hearing: Hearing, keys: KeySpace) {
    this.#gate = gate;
    this.#hearing = hearing;
    this.#keys = keys;
  }

  hear(listener: (delivery: Delivery) => void): void {
    this.#hearing.hear(listener);
  }

  publish(delivery: Delivery, remember?: Remember): Promise<void> {
    if (delivery.kind === 'event' && remember !== undefined) {
      return this.publishAll([{ delivery, remember }], null).then(() => undefined);
    }
    const { partition, name } = this.#hearing.place(topicOfDelivery(delivery));
    return this.#gate.ask((life) => life.publish(partition, name, encodeDelivery(delivery)));
  }

  publishAll(publications: readonly Publication[], once: Once | null): Promise<Published> {
    const [first] = publications;
    if (first === undefined) return Promise.resolve('sent');
    const byPartition = Map.groupBy(publications, ({ delivery }) =>
      this.#keys.partitionOf(topicOf(delivery.app, delivery.channel)),
    );
    const name = once === null ? '' : `${first.delivery.app}/${packText(once.key)}`;
    const request: Args = once === null ? NO_REQUEST : [name, once.digest, Math.ceil(once.keptSeconds * 1000)];
    return this.#gate.ask(async (life) => {
      if (once !== null && this.#keys.partitions > 1) {
        // Each partition knows the request by itself, so that a second attempt sends what the first one did not. One of
        // them is asked by name, so that something else under the same name is not sent in part.
        const [, ...digest] = request;
        const claimed = await publishIn(life, this.#keys.partitionOf(name), [`${name}/claim`, ...digest]);
        if (claimed === 'conflict') return 'conflict';
      }
      const answers = [...byPartition].map(([partition, here]) => {
        const args = [...request, ...here.flatMap((publication) => argsOf(publication, this.#keys.partitions))];
        return publishIn(life, partition, args);
      });
      const published = new Set(await Promise.all(answers));
      if (published.has('sent')) return 'sent';
      return published.has('conflict') ? 'conflict' : 'again';
    });
  }

  listen(topic: string): Promise<void> {
    this.#hearing.want(topic);
    return this.#gate.change((life) => this.#hearing.subscribed(topic, life));
  }

  unlisten(topic: string): void {
    this.#hearing.unwant(topic);
  }
}

async function publishIn(life: Life, partition: number, args: Args): Promise<Published> {
  const answer = await life.run(partition, steps.publish, [life.waitsUntilMs(partition), ...args]);
  if (answer === 'sent' || answer === 'again' || answer === 'conflict') return answer;
  throw new Unavailable(`Redis answered: ${String(answer)}`);
}

// A partition has its share of the bounds, for no step can look into all of them.
function argsOf({ delivery, remember }: Publication, partitions: number): Args {
  const topic = packTopic(topicOf(delivery.app, delivery.channel));
  const message = encodeDelivery(delivery);
  if (remember === null) return [topic, message, ''];
  const { event, ttlSeconds, maxChannels, maxSize } = remember;
  const shareOf = (bound: number): number => Math.max(1, Math.ceil(bound / partitions));
  return [
    topic,
    message,
    Math.max(1, Math.ceil(ttlSeconds * 1000)),
    delivery.app,
    packText(delivery.channel),
    packEvent(event),
    // Characters, as the bound counts them.
    event.name.length + event.data.length,
    shareOf(maxChannels),
    shareOf(maxSize),
  ];
}
