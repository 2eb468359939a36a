// One node sends at a time, and another one goes on where it has stopped.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { clientEvent } from '../support/outbox.ts';
import { Receiver } from '../support/receiver.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { Ledger } from './ledger.ts';
import { appFor, faultsIn, MortalNode, numbersOf, settingsOf, startNode, tales } from './stage.ts';

const NUMBERS = 400;

/** The answer when it holds; asked until it does. */
const when = (what: string, holds: () => Promise<boolean>): Promise<boolean> =>
  eventually(what, async () => ((await holds()) ? true : null));

describe.skipIf(redisDirectory() === null)('a node that sends', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    await redis.command('FLUSHALL');
  });
  afterAll(async () => {
    await redis.stop();
  });

  test('[W-6.1] is followed at once by another one when it stops as it should', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    const timing = { leaseMs: 60_000, firstLookMs: 60_000 };
    const settings = settingsOf(redis.url, [receiver], [appFor([receiver])]);
    const patient = { ...settings, shared: { redisUrl: redis.url, ca: null, prefix: 'test:', timing } };
    const first = await startNode(patient);
    await ledger.come('room');
    await receiver.until(() => receiver.names.includes('channel_occupied room'));
    const one = await ledger.sender();
    await using second = await startNode(patient);
    // Answered by the first, so the second is there and has looked for the lease.
    await second.webhooks.deliveries({ app: appFor([]).app, limit: 1 });
    await first[Symbol.asyncDispose]();
    await ledger.go('room');
    await receiver.until(() => receiver.names.includes('channel_vacated room'));
    expect(await ledger.sender()).not.toBe(one);
    expect(receiver.names).toEqual(['channel_occupied room', 'channel_vacated room']);
    expect([first.failures, second.failures]).toEqual([[], []]);
  });

  test('[W-6.2] leaves to the next one what waits, what is under way and what was given up', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    receiver.answer = () => new Response(null, { status: 500 });
    const settings = settingsOf(redis.url, [receiver], [appFor([receiver])]);
    const first = await MortalNode.start(settings);
    await ledger.tell('0');
    await receiver.until(() => receiver.posts.length >= 2);
    await ledger.tell('1');
    await when('a row that waits', async () => (await ledger.kept('waiting')) > 0);
    const [posted] = receiver.posts;
    await first.kill();
    receiver.posts.length = 0;
    receiver.answer = () => new Response(null, { status: 204 });
    const second = await MortalNode.start(settings);
    await receiver.until(() => numbersOf(receiver.events).length === 2);
    expect([receiver.posts[0]?.id, receiver.posts[0]?.body]).toEqual([posted?.id, posted?.body]);
    expect(numbersOf(receiver.events)).toEqual([0, 1]);
    await when('an empty outbox', async () => {
      const left = await Promise.all([ledger.kept('waiting'), ledger.kept('delivery'), ledger.kept('failing')]);
      return left.every((rows) => rows === 0);
    });
    await second.stop();
  });

  test('[W-6.4] tells of those who were leaving when the one before it ended', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    // So long that nobody is told by the first one.
    const settings = settingsOf(redis.url, [receiver], [appFor([receiver])]);
    const first = await MortalNode.start({ ...settings, graceMs: 60_000 });
    await ledger.come('presence-a');
    await ledger.come('presence-a', 'u');
    await ledger.come('presence-a', 'v');
    await receiver.until(() => receiver.names.length === 3);
    await ledger.go('presence-a', 'u');
    await when('a fact that is settled', async () => (await ledger.waiting()) === 0);
    await first.kill();
    const second = await MortalNode.start(settings);
    await receiver.until(() => receiver.names.includes('member_removed presence-a u'));
    await ledger.go('presence-a', 'v');
    await ledger.go('presence-a');
    await receiver.until(() => receiver.names.includes('channel_vacated presence-a'));
    expect(receiver.names).toEqual([
      'channel_occupied presence-a',
      'member_added presence-a u',
      'member_added presence-a v',
      'member_removed presence-a u',
      'member_removed presence-a v',
      'channel_vacated presence-a',
    ]);
    await second.stop();
  });

  test('[W-6.1] that was frozen while another one went on has nothing more to say', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    const settings = settingsOf(redis.url, [receiver], [appFor([receiver])]);
    const first = await MortalNode.start(settings);
    await ledger.come('room');
    await receiver.until(() => receiver.names.length === 1);
    first.freeze();
    await ledger.go('room');
    await ledger.tell('0');
    const second = await MortalNode.start(settings);
    await receiver.until(() => numbersOf(receiver.events).length === 1);
    first.thaw();
    await ledger.come('room');
    await Promise.all(Array.from({ length: NUMBERS - 1 }, (_, number) => ledger.tell(String(number + 1))));
    await ledger.go('room');
    await receiver.until(
      () => numbersOf(receiver.events).length === NUMBERS && faultsIn(tales(receiver.events)).length === 0,
    );
    await Promise.all([first.stop(), second.stop()]);
    expect(numbersOf(receiver.events)).toEqual(Array.from({ length: NUMBERS }, (_, number) => number));
    expect(tales(receiver.events).get('room')).toHaveLength(4);
  });

  test('[W-6.2] goes on behind a fact that it cannot read, and says so', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    await using node = await startNode(settingsOf(redis.url, [receiver], [appFor([receiver])]));
    await redis.command('XADD', ledger.keys.key(0, 'facts'), '*', 'f', '{');
    await ledger.tell('0');
    await receiver.until(() => numbersOf(receiver.events).length === 1);
    expect(node.failures.join()).toContain('no JSON');
    // What a node tells only itself, the others would not know in its place among theirs.
    expect(() => node.webhooks.outbox.add(clientEvent('1'))).toThrow('by Redis');
  });

  test('[W-6.2] keeps no fact that is settled', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    await using _node = await startNode(settingsOf(redis.url, [receiver], [appFor([receiver])]));
    await Promise.all(Array.from({ length: NUMBERS }, (_, number) => ledger.tell(String(number))));
    await receiver.until(() => numbersOf(receiver.events).length === NUMBERS);
    await when('an empty stream', async () => (await ledger.waiting()) === 0);
  });
});

test.skipIf(redisDirectory() === null)(
  '[W-6.2] on a Redis Cluster, facts of all partitions are told, each channel in its order',
  async () => {
    await using cluster = await startRedisCluster();
    await using receiver = new Receiver();
    using ledger = await Ledger.on(cluster.url);
    const settings = settingsOf(cluster.url, [receiver], [appFor([receiver])]);
    const first = await MortalNode.start(settings);
    const channels = Array.from({ length: 60 }, (_, index) => `room-${index}`);
    const tell = async (number: number): Promise<void> => {
      for (const channel of channels) await ledger.tell(String(number), channel);
    };
    for (const channel of channels) await ledger.come(channel);
    await tell(0);
    await receiver.until(() => receiver.events.length > 0);
    await first.kill();
    await tell(1);
    const second = await startNode(settings);
    await tell(2);
    await ledger.allGo();
    await receiver.until(() => [...tales(receiver.events)].filter(([, names]) => names.length === 2).length === 60);
    await receiver.until(() => numbersOf(receiver.events).length === 180);
    expect(faultsIn(tales(receiver.events))).toEqual([]);
    for (const channel of channels) {
      const told = receiver.events
        .filter((event) => event['channel'] === channel)
        .map(({ name, data }) => data ?? name);
      expect([channel, told]).toEqual([channel, ['channel_occupied', '0', '1', '2', 'channel_vacated']]);
    }
    // Any node may be asked, also where messages are sharded.
    await using third = await startNode(settings);
    expect(await third.webhooks.deliveries({ app: appFor([]).app, limit: 1 })).toHaveLength(1);
    await when('empty streams', async () => (await ledger.waiting()) === 0);
    await second[Symbol.asyncDispose]();
  },
  60_000,
);
