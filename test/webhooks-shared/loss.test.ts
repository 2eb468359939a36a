// Redis forgets all, or is away: what was told and what waits is in the memory of the node that sends.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { type Cut, openCut } from '../support/cut.ts';
import { eventually } from '../support/eventually.ts';
import { Receiver } from '../support/receiver.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { Ledger } from './ledger.ts';
import { appFor, faultsIn, MortalNode, numbersOf, type StagedNode, settingsOf, startNode, tales } from './stage.ts';

const HELD_MS = 700;

interface Scene extends AsyncDisposable {
  readonly receiver: Receiver;
  readonly nodes: readonly StagedNode[];
}

/** How often scripts were run: by a node that waits, to look whether the lease is free. */
async function looks(redis: Redis): Promise<number> {
  const stats = String(await redis.command('INFO', 'commandstats'));
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

describe.skipIf(redisDirectory() === null)('Redis', () => {
  let redis: Redis;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await redis.stop();
  });

  /** Two nodes that are there, one of which sends. */
  async function scene(url = redis.url): Promise<Scene> {
    const receiver = new Receiver();
    const settings = settingsOf(url, [receiver], [appFor([receiver])]);
    const nodes = [await startNode(settings), await startNode(settings)];
    const query = { app: appFor([]).app, limit: 1 };
    for (const { webhooks } of nodes) await webhooks.deliveries(query);
    const dispose = async (): Promise<void> => {
      for (const node of nodes) await node[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    };
    return { receiver, nodes, [Symbol.asyncDispose]: dispose };
  }

  /** Two are there, one of them for good; both are told of, and one event is not taken. */
  async function begin(receiver: Receiver, ledger: Ledger): Promise<void> {
    await ledger.come('stays');
    await ledger.come('goes');
    await receiver.until(() => receiver.names.length === 2);
    receiver.answer = () => new Response(null, { status: 500 });
    const before = receiver.posts.length;
    await ledger.tell('0');
    await receiver.until(() => receiver.posts.length > before);
  }

  /** After the loss: one has gone meanwhile without a fact, all others are said anew. */
  async function goOn(receiver: Receiver, ledger: Ledger): Promise<void> {
    ledger.present.delete('goes');
    ledger.present.set('stays', { channel: 'stays', user: null });
    await ledger.sayAnew();
    await ledger.come('new');
    receiver.answer = () => new Response(null, { status: 204 });
    await receiver.until(() => receiver.names.includes('channel_vacated goes'));
    await ledger.allGo();
    await receiver.until(() => receiver.names.includes('channel_vacated stays'));
    await receiver.until(() => receiver.names.includes('channel_vacated new'));
    expect(faultsIn(tales(receiver.events))).toEqual([]);
    expect([...tales(receiver.events)].map(([, names]) => names.length)).toEqual([2, 2, 2]);
    expect(numbersOf(receiver.events)).toEqual([0]);
  }

  test('[W-6.5] that is flushed is told again what it had, and the nodes tell who is there', async () => {
    await using stage = await scene();
    using ledger = await Ledger.on(redis.url);
    await begin(stage.receiver, ledger);
    const sender = await ledger.sender();
    await redis.command('FLUSHALL');
    await eventually('the memory', async () => ((await ledger.kept('announced')) === 2 ? true : null));
    expect(await ledger.sender()).toBe(sender);
    await goOn(stage.receiver, ledger);
  });

  test('[W-6.5] that is flushed leaves the outbox to the node that sends, not to one that had not seen any of it', async () => {
    const cable = await openCut(redis.port);
    {
      await using receiver = new Receiver();
      using ledger = await Ledger.on(redis.url);
      const apps = [appFor([receiver])];
      await using _sending = await startNode(settingsOf(`redis://127.0.0.1:${cable.port}`, [receiver], apps));
      await ledger.come('room');
      await receiver.until(() => receiver.names.length === 1);
      const sender = await ledger.sender();
      cable.freeze();
      // As it is before the node that sends has written for the first time.
      await ledger.loseMemory();
      const before = await looks(redis);
      await using _waiting = await startNode(settingsOf(redis.url, [receiver], apps));
      await eventually('a look', async () => ((await looks(redis)) > before ? true : null));
      await redis.command('FLUSHALL');
      const after = await looks(redis);
      await eventually('another look', async () => ((await looks(redis)) > after ? true : null));
      await cable.heal();
      await eventually('the memory', async () => ((await ledger.kept('announced')) === 1 ? true : null));
      expect(await ledger.sender()).toBe(sender);
      await ledger.go('room');
      await receiver.until(() => receiver.names.includes('channel_vacated room'));
      expect(receiver.names).toEqual(['channel_occupied room', 'channel_vacated room']);
    }
    await cable.close();
  });

  test('[W-6.5] that is flushed before a fact was read is told it anew, and so is the backend', async () => {
    const cable = await openCut(redis.port);
    {
      await using stage = await scene(`redis://127.0.0.1:${cable.port}`);
      using ledger = await Ledger.on(redis.url);
      const { receiver } = stage;
      await ledger.come('told');
      await receiver.until(() => receiver.names.length === 1);
      cable.freeze();
      await ledger.come('unread');
      await redis.command('FLUSHALL');
      await ledger.sayAnew();
      await cable.heal();
      await receiver.until(() => receiver.names.includes('channel_occupied unread'));
      await ledger.allGo();
      await receiver.until(() => tales(receiver.events).get('unread')?.length === 2);
      await receiver.until(() => tales(receiver.events).get('told')?.length === 2);
      expect(faultsIn(tales(receiver.events))).toEqual([]);
    }
    await cable.close();
  });

  test('[W-6.5] that is flushed when the node that sends ends is told all anew, and so is the backend', async () => {
    await using receiver = new Receiver();
    using ledger = await Ledger.on(redis.url);
    const settings = settingsOf(redis.url, [receiver], [appFor([receiver])]);
    const sending = await MortalNode.start(settings);
    await ledger.come('room');
    await receiver.until(() => receiver.names.length === 1);
    await using _waiting = await startNode(settings);
    await sending.kill();
    await redis.command('FLUSHALL');
    await ledger.sayAnew();
    await receiver.until(() => receiver.names.length === 2);
    await ledger.go('room');
    await receiver.until(() => receiver.names.length === 3);
    const [occupied, vacated] = ['channel_occupied room', 'channel_vacated room'];
    expect(receiver.names).toEqual([occupied, occupied, vacated]);
  });

  test('[W-6.5] that was restarted empty is told again what it had', async () => {
    await using stage = await scene();
    const before = await Ledger.on(redis.url);
    await begin(stage.receiver, before);
    await redis.restart();
    using ledger = await Ledger.on(redis.url);
    await eventually('the memory', async () => ((await ledger.kept('announced')) === 2 ? true : null));
    await goOn(stage.receiver, ledger);
    // The outage is told once by each node.
    expect(stage.nodes.map(({ failures }) => failures.filter((text) => text.includes('Redis')).length)).toEqual([1, 1]);
  });

  test('[W-6.5] that comes back with less than was told is told again what it had', async () => {
    await using stage = await scene();
    using ledger = await Ledger.on(redis.url);
    await ledger.come('stays');
    await stage.receiver.until(() => stage.receiver.names.length === 1);
    const old = await ledger.copy();
    await ledger.come('goes');
    await stage.receiver.until(() => stage.receiver.names.length === 2);
    stage.receiver.answer = () => new Response(null, { status: 500 });
    const posts = stage.receiver.posts.length;
    await ledger.tell('0');
    await stage.receiver.until(() => stage.receiver.posts.length > posts);
    await ledger.putBack(old);
    await goOn(stage.receiver, ledger);
  });

  test('[W-6.3] that takes its time to keep what is to be told holds it up', async () => {
    await using stage = await scene();
    using ledger = await Ledger.on(redis.url);
    await ledger.come('room');
    await stage.receiver.until(() => stage.receiver.names.length === 1);
    // Nothing is left to write: what is written next is what the fact has become.
    await eventually('the attempt', async () => ((await ledger.kept('attempt')) === 1 ? true : null));
    let toldAtMs = 0;
    stage.receiver.answer = () => {
      toldAtMs = performance.now();
      return new Response(null, { status: 204 });
    };
    const startMs = performance.now();
    // Facts are read all the while.
    await ledger.tellAndHoldWrites('0', HELD_MS);
    await stage.receiver.until(() => numbersOf(stage.receiver.events).length === 1);
    expect(toldAtMs - startMs).toBeGreaterThan(HELD_MS);
  });

  test('[W-6.3] that is away holds up everything, and nothing is told before it is kept', async () => {
    const cut: Cut = await openCut(redis.port);
    {
      await using stage = await scene(`redis://127.0.0.1:${cut.port}`);
      using ledger = await Ledger.on(redis.url);
      await ledger.come('room');
      await stage.receiver.until(() => stage.receiver.names.length === 1);
      await cut.cut();
      await ledger.go('room');
      await ledger.come('room');
      await ledger.tell('0');
      await eventually('two reports', async () =>
        stage.nodes.every(({ failures }) => failures.length === 1) ? true : null,
      );
      expect(stage.receiver.names).toEqual(['channel_occupied room']);
      await cut.heal();
      await stage.receiver.until(() => numbersOf(stage.receiver.events).length === 1);
      await ledger.go('room');
      await stage.receiver.until(() => tales(stage.receiver.events).get('room')?.length === 4);
      expect(faultsIn(tales(stage.receiver.events))).toEqual([]);
      expect(stage.nodes.map(({ failures }) => failures.length)).toEqual([1, 1]);
    }
    await cut.close();
  });
});
