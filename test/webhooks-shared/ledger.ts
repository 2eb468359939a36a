// The other nodes, as far as the shared outbox sees them: who is there is in their tables, and each change is a fact on a
// stream, both in one step.
import type { Fact, MembershipFact } from '../../src/core/facts.ts';
import type { ChannelName, UserId } from '../../src/protocol/ids.ts';
import { topicOf } from '../../src/protocol/topics.ts';
import { parseRedisUrl } from '../../src/redis/address.ts';
import { KeySpace } from '../../src/redis/partitions.ts';
import { openSession, type RedisSession } from '../../src/redis/session.ts';
import { eventually } from '../support/eventually.ts';
import { clientEvent, OUTBOX_APP } from '../support/outbox.ts';

export const PREFIX = 'test:';
const CONNECT_MS = 1_000;

export class Ledger implements Disposable {
  readonly keys: KeySpace;
  readonly session: RedisSession;
  /** Channels and members who are there, by what a webhook says of them. */
  readonly present = new Map<string, { readonly channel: string; readonly user: string | null }>();

  private constructor(session: RedisSession) {
    this.session = session;
    this.keys = new KeySpace(PREFIX, session.partitions);
  }

  /** Waits for Redis. */
  static async on(url: string): Promise<Ledger> {
    const address = parseRedisUrl(url);
    if (typeof address === 'string') throw new Error(address);
    const options = { scripts: [], connectTimeoutMs: CONNECT_MS, ca: null, name: 'vask-test' };
    return new Ledger(await eventually('Redis', () => openSession(address, options).catch(() => null)));
  }

  async come(channel: string, user: string | null = null): Promise<void> {
    this.present.set(nameOf(channel, user), { channel, user });
    await this.#say(channel, user, true, membership(channel, user, true));
  }

  async go(channel: string, user: string | null = null): Promise<void> {
    this.present.delete(nameOf(channel, user));
    await this.#say(channel, user, false, membership(channel, user, false));
  }

  async toggle(channel: string, user: string | null): Promise<void> {
    if (this.present.has(nameOf(channel, user))) await this.go(channel, user);
    else await this.come(channel, user);
  }

  /** Members first, as nodes do. */
  async allGo(): Promise<void> {
    const all = [...this.present.values()];
    for (const { channel, user } of all) if (user !== null) await this.go(channel, user);
    for (const { channel, user } of all) if (user === null) await this.go(channel);
  }

  /** It is not there any more, and no fact says so. */
  async vanish(channel: string, user: string | null = null): Promise<void> {
    this.present.delete(nameOf(channel, user));
    await this.#say(channel, user, false, null);
  }

  /** A client event. */
  async tell(data: string, channel?: string): Promise<void> {
    const fact = clientEvent(data);
    await this.add(channel === undefined ? fact : { ...fact, channel: channel as ChannelName });
  }

  /** The event is there, and until the time is over nobody can write any more. */
  async tellAndHoldWrites(data: string, holdMs: number): Promise<void> {
    const step = this.session.commands(0).multi();
    step.xadd(this.keys.key(0, 'facts'), '*', 'f', JSON.stringify(clientEvent(data)));
    step.call('CLIENT', 'PAUSE', String(holdMs), 'WRITE');
    await step.exec();
  }

  async add(fact: Fact): Promise<void> {
    const partition = this.keys.partitionOf(topicOf(OUTBOX_APP, fact.channel));
    await this.session.commands(partition).xadd(this.keys.key(partition, 'facts'), '*', 'f', JSON.stringify(fact));
  }

  /** Entries on all streams. */
  async waiting(): Promise<number> {
    let entries = 0;
    for (let partition = 0; partition < this.keys.partitions; partition++) {
      entries += await this.session.commands(partition).xlen(this.keys.key(partition, 'facts'));
    }
    return entries;
  }

  /** Who has the lease. */
  async sender(): Promise<string | null> {
    return await this.session.commands(0).get(this.keys.key(0, 'webhooks:lease'));
  }

  /** All keys of the outbox and of the streams, as a replica that is a moment behind has them; of one server. */
  async copy(): Promise<ReadonlyMap<string, Buffer>> {
    const redis = this.session.commands(0);
    const keys = await redis.keys(`${PREFIX}*`);
    const dumps = await Promise.all(keys.map(async (key) => [key, await redis.dumpBuffer(key)] as const));
    return new Map(dumps.flatMap(([key, dump]) => (dump === null ? [] : [[key, dump] as const])));
  }

  /** The lease lasts: only what was written under it is older now. */
  async putBack(copy: ReadonlyMap<string, Buffer>): Promise<void> {
    const redis = this.session.commands(0);
    const step = redis.multi();
    for (const key of await redis.keys(`${PREFIX}*`)) if (!key.endsWith('lease')) step.del(key);
    for (const [key, dump] of copy) if (!key.endsWith('lease')) step.restore(key, 0, dump);
    await step.exec();
  }

  /** There is no outbox yet, and whoever has the lease keeps it. */
  async loseMemory(): Promise<void> {
    const redis = this.session.commands(0);
    await redis.persist(this.keys.key(0, 'webhooks:lease'));
    await redis.del(this.keys.key(0, 'webhooks:memory'));
  }

  /** Fields of a hash of the outbox. */
  async kept(table: string): Promise<number> {
    return await this.session.commands(0).hlen(this.keys.key(0, `webhooks:${table}`));
  }

  /** Says all that is there once more, as nodes do when Redis has lost it. */
  async sayAnew(): Promise<void> {
    for (const { channel, user } of this.present.values()) {
      await this.#say(channel, user, true, membership(channel, user, true));
    }
  }

  async #say(channel: string, user: string | null, isThere: boolean, fact: MembershipFact | null): Promise<void> {
    const topic = topicOf(OUTBOX_APP, channel as ChannelName);
    const partition = this.keys.partitionOf(topic);
    const step = this.session.commands(partition).multi();
    const key = this.keys.key(partition, `${user === null ? 'channel' : 'members'}:${topic}`);
    if (isThere) step.hset(key, user ?? 'node', 1);
    else step.hdel(key, user ?? 'node');
    if (fact !== null) step.xadd(this.keys.key(partition, 'facts'), '*', 'f', JSON.stringify(fact));
    await step.exec();
  }

  [Symbol.dispose](): void {
    this.session.end(new Error('the test is over'));
  }
}

function nameOf(channel: string, user: string | null): string {
  return user === null ? channel : `${channel} ${user}`;
}

function membership(channelName: string, userId: string | null, isThere: boolean): MembershipFact {
  const about = { app: OUTBOX_APP, channel: channelName as ChannelName };
  if (userId === null) return { name: isThere ? 'channel_occupied' : 'channel_vacated', ...about };
  return { name: isThere ? 'member_added' : 'member_removed', ...about, user: userId as UserId };
}
