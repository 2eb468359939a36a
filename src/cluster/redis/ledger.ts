// The ledger in Redis: each change is one step there, which says what has changed and announces it.
import type { ChannelCount, Entered, Entrance, Exit, Ledger, Left, Outbox } from '../../engine/ports.ts';
import { channelKind } from '../../protocol/channel-name.ts';
import type { AppId, ChannelName, UserId } from '../../protocol/ids.ts';
import type { Member } from '../../protocol/server-message.ts';
import { appTopicOf, topicOf, watchTopicOf } from '../../protocol/topics.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import { packText, unpackText } from '../../redis/text.ts';
import { enteredOf, eventOf, numberOf, rosterOf, textsOf } from './answers.ts';
import { wantedOf } from './facts.ts';
import type { Gate } from './gate.ts';
import type { Life } from './life.ts';
import { Recounts } from './recounts.ts';
import { steps } from './scripts.ts';
import { packTopic, subjectOf } from './topic.ts';
import { encodeMember } from './wire.ts';

/** Channels in one answer, so that no step takes long. */
const CHANNELS_IN_ONE_STEP = 200;
const FORGOTTEN_IN_ONE_STEP = 200;

export interface LedgerParts {
  readonly gate: Gate;
  readonly keys: KeySpace;
  readonly outbox: Pick<Outbox, 'wants'>;
  readonly recounts: Recounts;
}

export class RedisLedger implements Ledger {
  readonly #gate: Gate;
  readonly #keys: KeySpace;
  readonly #outbox: Pick<Outbox, 'wants'>;
  readonly #recounts: Recounts;

  constructor({ gate, keys, outbox, recounts }: LedgerParts) {
    this.#gate = gate;
    this.#keys = keys;
    this.#outbox = outbox;
    this.#recounts = recounts;
  }

  async enter(entrance: Entrance): Promise<Entered | 'full'> {
    const { app, channel } = entrance;
    const topic = topicOf(app, channel);
    // Told before it, or not at all until it is answered: behind it, it would be an older number.
    const untold = this.#recounts.take(topic);
    const partition = this.#keys.partitionOf(topic);
    let isTold = false;
    try {
      const entered = await this.#gate.change((life) => enter(life, partition, entrance, wantedOf(this.#outbox, app)));
      // Whoever is turned away tells no number.
      isTold = entered !== 'full';
      return entered;
    } finally {
      if (!isTold && untold !== null) this.#recounts.setSubscribers(topic, untold);
    }
  }

  leave({ app, channel, subscribers, member }: Exit): Promise<Left> {
    const topic = topicOf(app, channel);
    this.#recounts.drop(topic);
    const partition = this.#keys.partitionOf(topic);
    return this.#gate.change(async (life) => {
      const wanted = wantedOf(this.#outbox, app);
      const args = [app, packText(channel), subscribers, wanted, ...(member === null ? [] : [packText(member)])];
      return { subscribers: numberOf(await life.change(partition, steps.leave, args)) };
    });
  }

  recount(app: AppId, channel: ChannelName, subscribers: number): void {
    this.#recounts.setSubscribers(topicOf(app, channel), subscribers);
  }

  tellCount(app: AppId, channel: ChannelName): Promise<number> {
    const topic = topicOf(app, channel);
    return this.#gate.ask(async (life) => {
      this.#recounts.flushChannel(topic);
      return numberOf(await life.run(this.#keys.partitionOf(topic), steps.tellCount, [packTopic(topic)]));
    });
  }

  async signIn(app: AppId, user: UserId): Promise<void> {
    const partition = this.#keys.partitionOf(watchTopicOf(app, user));
    await this.#gate.change((life) => life.change(partition, steps.signIn, [app, packText(user)]));
  }

  async signOut(app: AppId, user: UserId): Promise<void> {
    const partition = this.#keys.partitionOf(watchTopicOf(app, user));
    await this.#gate.change((life) => life.change(partition, steps.signOut, [app, packText(user)]));
  }

  online(app: AppId, users: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    const byPartition = Map.groupBy(users, (user) => this.#keys.partitionOf(watchTopicOf(app, user)));
    return this.#gate.ask(async (life) => {
      const asked = [...byPartition].map(async ([partition, here]) => {
        const key = this.#keys.key(partition, `online:${app}`);
        const counts = await life.read(partition, (redis) => redis.hmget(key, ...here.map(packText)));
        return here.filter((_, at) => counts[at] !== null);
      });
      return new Set((await Promise.all(asked)).flat());
    });
  }

  count(app: AppId, channel: ChannelName): Promise<ChannelCount> {
    const topic = topicOf(app, channel);
    return this.#gate.ask(async (life) => {
      this.#recounts.flushChannel(topic);
      const answer = await life.run(this.#keys.partitionOf(topic), steps.count, [packTopic(topic)]);
      const [subscribers, users] = Array.isArray(answer) ? answer : [];
      return { subscribers: numberOf(subscribers), users: numberOf(users) };
    });
  }

  members(app: AppId, channel: ChannelName): Promise<readonly UserId[]> {
    const { partition, key } = this.#membersOf(app, channel);
    return this.#gate.ask(async (life) => {
      const users = await life.read(partition, (redis) => redis.hkeys(key));
      return users.map((user) => unpackText(user) as UserId);
    });
  }

  roster(app: AppId, channel: ChannelName): Promise<readonly Member[]> {
    const { partition, key } = this.#membersOf(app, channel);
    return this.#gate.ask((life) => longRoster(life, partition, key));
  }

  channels(app: AppId, prefix: string): Promise<ReadonlyMap<ChannelName, ChannelCount>> {
    return this.#gate.ask(async (life) => {
      this.#recounts.flushChannels();
      const pages = life.partitions.map((partition) => occupiedIn(life, partition, app, packText(prefix)));
      return new Map((await Promise.all(pages)).flat());
    });
  }

  recall(app: AppId, channel: ChannelName) {
    const topic = topicOf(app, channel);
    return this.#gate.ask(async (life) => {
      const mark = life.newMark();
      const args = [packTopic(topic), life.id, mark.text];
      const event = eventOf(await life.run(this.#keys.partitionOf(topic), steps.recall, args));
      await mark.heard;
      return event;
    });
  }

  forget(app: AppId): Promise<void> {
    return this.#gate.change(async (life) => {
      const forgetIn = async (partition: number): Promise<void> => {
        const args = [app, FORGOTTEN_IN_ONE_STEP];
        while (numberOf(await life.run(partition, steps.forget, args)) > 0);
      };
      await Promise.all(life.partitions.map(forgetIn));
    });
  }

  recountConnections(app: AppId, connections: number): void {
    this.#recounts.setConnections(app, connections);
  }

  connections(app: AppId): Promise<number> {
    const partition = this.#keys.partitionOf(appTopicOf(app));
    return this.#gate.ask(async (life) => {
      this.#recounts.flushApp(app);
      const key = this.#keys.key(partition, `connections:${app}`);
      const counts = await life.read(partition, (redis) => redis.hvals(key));
      return counts.reduce((sum, count) => sum + Number(count), 0);
    });
  }

  #membersOf(app: AppId, channel: ChannelName): { readonly partition: number; readonly key: string } {
    const topic = topicOf(app, channel);
    const partition = this.#keys.partitionOf(topic);
    return { partition, key: this.#keys.key(partition, `members:${packTopic(topic)}`) };
  }
}

/** @returns numbers that are told without waiting, as steps of the present life. */
export function recountsOf(clock: ConstructorParameters<typeof Recounts>[0], gate: Gate, keys: KeySpace): Recounts {
  return new Recounts(clock, () => gate.open !== null, {
    subscribers(topic, subscribers) {
      const { app, channel } = subjectOf(topic);
      gate.open?.send(keys.partitionOf(topic), steps.recount, [app, packText(channel), subscribers]);
    },
    connections(app, connections) {
      const partition = keys.partitionOf(appTopicOf(app as AppId));
      gate.open?.send(partition, steps.recountConnections, [app, connections]);
    },
  });
}

async function enter(life: Life, partition: number, entrance: Entrance, wanted: string): Promise<Entered | 'full'> {
  const { app, channel, subscribers, member, maxMembers } = entrance;
  const kind = channelKind(channel);
  const isFirst = subscribers === 1;
  // The answer must not overtake what was announced before it, or with it.
  const mark = member !== null || (isFirst && kind.cache) ? life.newMark() : null;
  const needsRoster = isFirst && member !== null;
  const answer = await life.change(partition, steps.enter, [
    app,
    packText(channel),
    subscribers,
    wanted,
    mark?.text ?? '',
    kind.cache ? 1 : 0,
    needsRoster ? 1 : 0,
    ...(member === null ? [] : [packText(member.userId), member.info, encodeMember(member), maxMembers]),
  ]);
  if (answer === 'full') {
    if (mark !== null) life.hearMark(mark.text);
    return 'full';
  }
  const entered = enteredOf(answer);
  if (entered.roster !== 'long') {
    await mark?.heard;
    return { ...entered.entered, members: entered.roster };
  }
  const key = life.keys.key(partition, `members:${packTopic(topicOf(app, channel))}`);
  const roster = longRoster(life, partition, key);
  if (mark !== null) await life.publish(partition, life.inboxOf(partition), mark.text);
  await mark?.heard;
  return { ...entered.entered, members: await roster };
}

async function longRoster(life: Life, partition: number, key: string): Promise<readonly Member[]> {
  // As it comes: an object would put ids that look like numbers first.
  return rosterOf(textsOf(await life.read(partition, (redis) => redis.call('HGETALL', key))));
}

async function occupiedIn(
  life: Life,
  partition: number,
  app: AppId,
  prefix: string,
): Promise<readonly (readonly [ChannelName, ChannelCount])[]> {
  const occupied: (readonly [ChannelName, ChannelCount])[] = [];
  for (let after = ''; ; ) {
    const page = textsOf(await life.run(partition, steps.channels, [app, prefix, after, CHANNELS_IN_ONE_STEP]));
    for (let at = 0; at < page.length; at += 3) {
      after = page[at] ?? '';
      const count = { subscribers: Number(page[at + 1]), users: Number(page[at + 2]) };
      occupied.push([unpackText(after) as ChannelName, count]);
    }
    if (page.length < CHANNELS_IN_ONE_STEP * 3) return occupied;
  }
}
