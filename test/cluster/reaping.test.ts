// What a dead node held is undone by those who are left: soon, completely, once, and in steps that hold up nobody.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { RedisClusterHandle } from '../../src/cluster/redis/redis-cluster.ts';
import type { Delivery, Holding, NodeSide } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import type { Member } from '../../src/protocol/server-message.ts';
import { topicOf, watchTopicOf } from '../../src/protocol/topics.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerNode } from '../support/ledger-nodes.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';

const APP = 'app' as AppId;
const CHANNELS = 500;
const MEMBERS = 100;
const USERS = 49_500;
const LONG_STEP_MICROSECONDS = 5_000;
const ALL_MEMBERS = Array.from({ length: MEMBERS }, (_, at) => memberOf(at));

type Server = Awaited<ReturnType<typeof startRedis>>;

function channelOf(at: number): ChannelName {
  return `presence-room-${at}` as ChannelName;
}

function memberOf(at: number): Member {
  return { userId: `user-${at}` as UserId, info: '{"name":"Somebody"}' };
}

/** @param part how much of 100,000 things. */
function* things(part: number): Iterable<Holding> {
  for (let at = 0; at < CHANNELS * part; at += 1) {
    yield { kind: 'channel', app: APP, channel: channelOf(at), subscribers: MEMBERS, members: ALL_MEMBERS };
  }
  for (let at = 0; at < USERS * part; at += 1) yield { kind: 'user', app: APP, user: `user-${at}` as UserId };
  if (part > 0) yield { kind: 'connections', app: APP, connections: 3 };
}

class Node implements NodeSide {
  readonly handle: RedisClusterHandle;
  readonly told: Delivery[] = [];
  readonly #part: number;
  rejoins = 0;

  constructor(server: Server, name: string, part = 0) {
    const wants = (_: AppId, fact: string): boolean => fact === 'channel_vacated' || fact === 'member_removed';
    this.handle = ledgerNode({ url: server.url, prefix: 'reaping:', name, wants });
    this.#part = part;
  }

  async start(): Promise<void> {
    this.handle.cluster.bus.hear((delivery) => this.told.push(delivery));
    await this.handle.cluster.liveness.join(this);
  }

  /** Listens to one of the channels and one of the users. */
  async listen(): Promise<void> {
    await this.handle.cluster.bus.listen(topicOf(APP, channelOf(7)));
    await this.handle.cluster.bus.listen(watchTopicOf(APP, memberOf(7).userId));
  }

  holdings(): Iterable<Holding> {
    return things(this.#part);
  }

  rejoined(): void {
    this.rejoins += 1;
  }

  report() {
    return { connections: 0, repairs: 0 };
  }
}

describe.skipIf(redisDirectory() === null)('reaping', () => {
  let server: Server;
  const nodes: Node[] = [];
  beforeEach(async () => {
    server = await startRedis();
  }, 20_000);
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map(({ handle }) => handle.stop()));
    await server.stop();
  });

  async function newNode(name: string, part = 0): Promise<Node> {
    const node = new Node(server, name, part);
    nodes.push(node);
    await node.start();
    return node;
  }

  /** Resolves when so many nodes are left, and nothing of the others. */
  async function undone(left: number): Promise<void> {
    await eventually('a ledger without the dead nodes', async () => {
      // In this order: who is taken for gone is leaving from then on.
      if (Number(await server.command('ZCARD', 'reaping:{0}:nodes')) !== left) return null;
      return Number(await server.command('EXISTS', 'reaping:{0}:leaving')) === 0 ? true : null;
    });
  }

  /** Each of the members and the user have gone once, as the node has heard. */
  async function expectAllGone({ told }: Node): Promise<void> {
    await eventually('news of the last member', () => Promise.resolve(told.length > MEMBERS ? true : null));
    const removed = told.flatMap((each) =>
      each.kind === 'member' && each.change.what === 'removed' ? [each.change.user] : [],
    );
    expect(removed.toSorted()).toEqual(ALL_MEMBERS.map(({ userId }) => userId).toSorted());
    expect(told.filter(({ kind }) => kind === 'user')).toHaveLength(1);
    expect(told).toHaveLength(MEMBERS + 1);
  }

  /** The backend is told that a channel is vacated after it was told of the last of its members. */
  async function expectMembersBeforeChannels(): Promise<void> {
    const entries = (await server.command('XRANGE', 'reaping:{0}:facts', '-', '+')) as [string, [string, string]][];
    const vacated = new Set<string>();
    for (const [, [, json]] of entries) {
      const { name, channel } = JSON.parse(json) as { readonly name: string; readonly channel: string };
      expect(vacated.has(channel)).toBe(false);
      if (name === 'channel_vacated') vacated.add(channel);
    }
    expect(vacated.size).toBe(CHANNELS);
  }

  async function expectNothingLeft(): Promise<void> {
    for (const { handle } of nodes) await handle.cluster.liveness.withdraw();
    const keys = (await server.command('KEYS', '*')) as string[];
    expect(keys.filter((key) => !key.endsWith(':facts'))).toEqual([]);
  }

  test('100,000 things go, members before their channels, and no key is left behind', async () => {
    const alive = await newNode('alive');
    await newNode('third');
    await server.command('CONFIG', 'SET', 'slowlog-log-slower-than', String(LONG_STEP_MICROSECONDS));
    const beganMs = performance.now();
    const dead = await newNode('dead', 1);
    const saidMs = performance.now();
    await alive.listen();
    expect(await alive.handle.cluster.ledger.count(APP, channelOf(499))).toEqual({
      subscribers: MEMBERS,
      users: MEMBERS,
    });
    await dead.handle.stop();
    const diedMs = performance.now();
    await undone(2);
    const [saying, going] = [saidMs - beganMs, performance.now() - diedMs].map(Math.round);
    console.log(`100,000 things: said in ${saying} ms, gone ${going} ms after the death`);
    await expectAllGone(alive);
    const slow = (await server.command('SLOWLOG', 'GET', '-1')) as [number, number, number, string[]][];
    // For a person to look at: a machine that does other things at the same time stops Redis in the middle of steps.
    const long = slow.filter(([, , , [name = '']]) => name.toLowerCase() === 'evalsha');
    console.log(`${long.length} steps took longer than ${LONG_STEP_MICROSECONDS / 1000} ms`);
    expect(await server.command('XLEN', 'reaping:{0}:facts')).toBe(CHANNELS + CHANNELS * MEMBERS);
    await expectMembersBeforeChannels();
    await expectNothingLeft();
  }, 60_000);

  test('[P-4.16] whoever is left in a channel is told how many they are', async () => {
    const news = 'news' as ChannelName;
    const alive = await newNode('alive');
    const dead = await newNode('dead');
    for (const { handle } of [alive, dead]) {
      const { bus, ledger } = handle.cluster;
      await bus.listen(topicOf(APP, news));
      await ledger.enter({ app: APP, channel: news, subscribers: 2, member: null, maxMembers: 1 });
    }
    await dead.handle.stop();
    await eventually('the count', () => Promise.resolve(alive.told.length > 0 ? true : null));
    expect(alive.told).toEqual([{ kind: 'count', app: APP, channel: news, subscribers: 2 }]);
    await expectNothingLeft();
  }, 60_000);

  test('goes on when the one who reaps dies as well, and nothing goes twice', async () => {
    const alive = await newNode('alive');
    await alive.listen();
    const dead = await newNode('dead', 0.3);
    await dead.handle.stop();
    await eventually('the first of the dead one’s members to go', () =>
      Promise.resolve(
        alive.told.some((each) => each.kind === 'member' && each.change.what === 'removed') ? true : null,
      ),
    );
    // Whoever comes now finds half of it.
    await alive.handle.stop();
    const heir = await newNode('heir');
    await heir.listen();
    await undone(1);
    const gone = [...alive.told, ...heir.told].flatMap((each) =>
      each.kind === 'member' && each.change.what === 'removed' ? [each.change.user] : [],
    );
    expect(new Set(gone).size).toBe(gone.length);
    expect(await server.command('XLEN', 'reaping:{0}:facts')).toBe((CHANNELS + CHANNELS * MEMBERS) * 0.3);
    await expectNothingLeft();
  }, 60_000);

  test('spares a node that comes back, however long it takes to say what it holds', async () => {
    const watcher = await newNode('watcher');
    const node = await newNode('node', 1);
    await watcher.listen();
    const list = String(await server.command('CLIENT', 'LIST'));
    const ids = [...list.matchAll(/^id=(\d+) .* name=vask-node /gm)].map(([, id = '']) => id);
    expect(ids).toHaveLength(2);
    for (const id of ids) await server.command('CLIENT', 'KILL', 'ID', id);
    await eventually('a return', () => Promise.resolve(node.rejoins === 1 ? true : null));
    expect(watcher.told).toEqual([]);
    expect(await server.command('EXISTS', 'reaping:{0}:leaving')).toBe(0);
    const { ledger } = watcher.handle.cluster;
    expect(await ledger.count(APP, channelOf(7))).toEqual({ subscribers: MEMBERS, users: MEMBERS });
    expect(await ledger.connections(APP)).toBe(3);
    await node.handle.stop();
    await undone(1);
    await expectAllGone(watcher);
    await expectNothingLeft();
  }, 60_000);
});
