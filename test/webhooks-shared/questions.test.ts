// What any node may be asked, whichever of them sends.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { OUTBOX_APP } from '../support/outbox.ts';
import { Receiver } from '../support/receiver.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { Ledger } from './ledger.ts';
import { appFor, MortalNode, numbersOf, settingsOf, startNode } from './stage.ts';

const query = { app: OUTBOX_APP, limit: 100 };

describe.skipIf(redisDirectory() === null)('a node that does not send', () => {
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

  test('[W-6.6] answers what the one that sends knows, and has it do what is asked', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    const settings = settingsOf(redis.url, [receiver], [appFor([receiver])]);
    await using sender = await startNode(settings);
    await sender.webhooks.deliveries(query);
    await using other = await startNode(settings);
    receiver.answer = () => new Response('no', { status: 500 });
    await ledger.tell('0');
    await receiver.until(() => receiver.posts.length > 0);
    const off = [appFor([receiver], { enabled: false })];
    for (const { webhooks } of [sender, other]) webhooks.configure(off);
    const dead = await eventually('a dead letter', async () => {
      const letters = await other.webhooks.deadLetters(query);
      return letters.length > 0 ? letters : null;
    });
    receiver.answer = () => new Response(null, { status: 204 });
    for (const { webhooks } of [sender, other]) webhooks.configure([appFor([receiver])]);
    expect(await other.webhooks.replay({ app: OUTBOX_APP, ids: dead.map(({ id }) => id) })).toBe(1);
    await receiver.until(() => numbersOf(receiver.events).length === 1);
    expect(await other.webhooks.sendTest(OUTBOX_APP, 'e0')).toMatchObject({ status: 204, isTest: true });
    expect(await other.webhooks.sendTest(OUTBOX_APP, 'none')).toBeNull();
    const log = await eventually('the log of both', async () => {
      const attempts = await other.webhooks.deliveries(query);
      return attempts.length >= 3 && attempts.some(({ isTest }) => isTest) ? attempts : null;
    });
    expect(log).toEqual([...(await sender.webhooks.deliveries(query))]);
  });

  test('[W-6.6] has replayed what it says, also when the one that sends is killed then', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    const settings = settingsOf(redis.url, [receiver], [appFor([receiver])]);
    const sender = await MortalNode.start({ ...settings, retryMs: 1 });
    receiver.answer = () => new Response(null, { status: 500 });
    await using other = await startNode(settings);
    await ledger.tell('0');
    await eventually('a dead letter', async () => ((await other.webhooks.deadLetters(query)).length > 0 ? true : null));
    const replayed = await other.webhooks.replay({ app: OUTBOX_APP });
    await sender.kill();
    receiver.answer = () => new Response(null, { status: 204 });
    await receiver.until(() => numbersOf(receiver.events).length === replayed);
  });

  test('[W-6.6] says so when nobody sends', async () => {
    using ledger = await Ledger.on(redis.url);
    await redis.command('SET', ledger.keys.key(0, 'webhooks:lease'), 'somebody');
    const other = await startNode(settingsOf(redis.url, [], []));
    const asked = other.webhooks.deliveries(query).catch(String);
    expect(await asked).toContain('No node sends webhooks at present');
    await other[Symbol.asyncDispose]();
  }, 15_000);

  test('[W-6.6] alone reports an endpoint that was given up', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    const settings = { ...settingsOf(redis.url, [receiver], [appFor([receiver])]), disableMs: 1 };
    await using sender = await startNode(settings);
    await sender.webhooks.deliveries(query);
    await using other = await startNode(settings);
    await other.webhooks.deliveries(query);
    receiver.answer = () => new Response(null, { status: 500 });
    await ledger.tell('0');
    await eventually('a report', async () => (sender.disabled.length > 0 ? true : null));
    expect([sender.disabled.map(({ endpoint }) => endpoint), other.disabled]).toEqual([['e0'], []]);
  });
});

test.skipIf(redisDirectory() === null)(
  '[W-6.6] a node without Redis says so, and its address is checked',
  async () => {
    const redis = await startRedis();
    await redis.kill();
    const node = await startNode(settingsOf(redis.url, [], []));
    expect(await node.webhooks.deliveries(query).catch(String)).toContain('Redis cannot be reached');
    expect(node.failures).toHaveLength(1);
    await node[Symbol.asyncDispose]();
    await redis.stop();
    await using receiver = new Receiver();
    await expect(startNode(settingsOf('http://x', [], [appFor([receiver])]))).rejects.toThrow('address of Redis');
  },
  15_000,
);
