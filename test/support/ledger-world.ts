// A world of nodes on a real Redis in which chance does what people, networks and machines do, and an observer who hears
// all of it.
import type { Delivery } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { topicOf, watchTopicOf } from '../../src/protocol/topics.ts';
import { KeySpace } from '../../src/redis/partitions.ts';
import { eventually } from './eventually.ts';
import { ledgerNode, Settling } from './ledger-nodes.ts';
import type { startRedis } from './redis.ts';
import { SimulatedNode, truthOf } from './simulated-node.ts';

type RedisServer = Awaited<ReturnType<typeof startRedis>>;

const APP = 'app' as AppId;
const CHANNELS = ['presence-a', 'presence-b', 'presence-cache-c', 'plain', 'cache-d'] as ChannelName[];
const USERS = ['alice', 'bob', '\ud800', 'ü 😀'] as UserId[];
const NAMES = ['a', 'b', 'c'] as const;
const ALL_FACTS = { url: '', prefix: '', name: '', wants: () => true };

export type Fault = 'cut' | 'crash' | 'flush';

/** One server, or the masters of a cluster. */
export interface LedgerPlace {
  readonly url: string;
  readonly partitions: number;
  readonly servers: readonly Pick<RedisServer, 'command'>[];
}

export class LedgerWorld {
  readonly nodes = new Map<string, SimulatedNode>();
  readonly told: Delivery[] = [];
  readonly observer;
  readonly settling: Settling;
  readonly #place: LedgerPlace;
  readonly prefix: string;
  readonly pick: <T>(from: readonly T[]) => T;

  constructor(place: LedgerPlace, prefix: string, random: () => number) {
    this.#place = place;
    this.prefix = prefix;
    this.pick = (from) => from[Math.floor(random() * from.length)] as (typeof from)[number];
    this.observer = ledgerNode({ ...ALL_FACTS, url: place.url, prefix, name: 'observer' });
    this.settling = new Settling([this.observer.cluster], prefix, place.partitions);
  }

  async start(): Promise<void> {
    const [observer] = this.settling.nodes;
    observer?.bus.hear((delivery) => this.told.push(delivery));
    await observer?.liveness.join({
      holdings: () => [],
      rejoined: () => undefined,
      report: () => ({ connections: 0, repairs: 0 }),
    });
    for (const channel of CHANNELS) await observer?.bus.listen(topicOf(APP, channel));
    for (const user of USERS) await observer?.bus.listen(watchTopicOf(APP, user));
    for (const name of NAMES) await this.startNode(name);
  }

  async startNode(name: string): Promise<void> {
    const handle = ledgerNode({ ...ALL_FACTS, url: this.#place.url, prefix: this.prefix, name });
    const node = new SimulatedNode(handle, APP);
    await node.start();
    this.nodes.set(name, node);
  }

  act(): void {
    const node = this.nodes.get(this.pick(NAMES));
    const [channel, user] = [this.pick(CHANNELS), this.pick(USERS)];
    const acts = [
      () => node?.enter(channel, user),
      () => node?.enter(channel, user),
      () => node?.leave(channel, user),
      () => node?.leave(channel, user),
      () => node?.leave(channel, user),
      () => node?.leave(channel, user),
      () => node?.signIn(user),
      () => node?.signOut(user),
      () => node?.signOut(user),
      () => node?.connect(this.pick([-1, 1, 2])),
    ];
    this.pick(acts)();
  }

  async suffer(fault: Fault): Promise<void> {
    const name = this.pick(NAMES);
    if (fault === 'flush') {
      await this.command('FLUSHALL');
      return;
    }
    if (fault === 'cut') {
      for (const server of this.#place.servers) {
        const list = String(await server.command('CLIENT', 'LIST'));
        const ids = [...list.matchAll(/^id=(\d+) .* name=(\S*)/gm)].filter(([, , of]) => of === `vask-${name}`);
        for (const [, id = ''] of ids) await server.command('CLIENT', 'KILL', 'ID', id).catch(() => undefined);
      }
      return;
    }
    const node = this.nodes.get(name);
    this.nodes.delete(name);
    await node?.handle.stop();
    await this.startNode(name);
  }

  /** Resolves when all nodes take part. */
  async whole(): Promise<void> {
    await eventually('a cluster of all nodes', () => {
      const absences = [...this.nodes.values()].map(({ handle }) => handle.cluster.liveness.absence);
      return Promise.resolve(absences.every((absence) => absence === null) ? true : null);
    });
  }

  /** How what the ledger says differs from what is true. */
  async differences(): Promise<readonly string[]> {
    const nodes = [...this.nodes.values()];
    const { ledger } = this.observer.cluster;
    const said: unknown[] = [];
    const truth: unknown[] = [];
    const occupied = await ledger.channels(APP, '');
    for (const channel of CHANNELS) {
      const { subscribers, users } = truthOf(nodes, channel);
      truth.push([channel, subscribers, users.length, users, subscribers > 0]);
      const count = await ledger.count(APP, channel);
      const members = [...(await ledger.members(APP, channel))].map(String).toSorted();
      said.push([channel, count.subscribers, count.users, members, occupied.has(channel)]);
    }
    truth.push(USERS.filter((user) => nodes.some(({ online }) => online.has(user))));
    const online = await ledger.online(APP, USERS);
    said.push(USERS.filter((user) => online.has(user)));
    truth.push(nodes.reduce((sum, { connections }) => sum + connections, 0));
    said.push(await ledger.connections(APP));
    return said.flatMap((each, at) => {
      const [one, other] = [JSON.stringify(each), JSON.stringify(truth[at])];
      return one === other ? [] : [`the ledger says ${one}, and true is ${other}`];
    });
  }

  /** Everybody who is in, by what was announced; and what was announced twice. */
  heard(): { readonly slips: readonly string[]; readonly present: readonly string[] } {
    const present = new Set<string>();
    const slips: string[] = [];
    const note = (what: string, isIn: boolean): void => {
      if (present.has(what) === isIn) slips.push(`${what} ${isIn ? 'came' : 'went'} twice`);
      if (isIn) present.add(what);
      else present.delete(what);
    };
    for (const delivery of this.told) {
      if (delivery.kind === 'user') note(`user ${delivery.user}`, delivery.isOnline);
      if (delivery.kind !== 'member' || delivery.change.what === 'changed') continue;
      const { change, channel } = delivery;
      const user = change.what === 'removed' ? change.user : change.member.userId;
      note(`${channel} ${user}`, change.what === 'added');
    }
    return { slips, present: [...present].toSorted() };
  }

  /** The same of the facts for webhooks. */
  async factSlips(): Promise<readonly string[]> {
    const keys = new KeySpace(this.prefix, this.#place.partitions);
    const streams = Array.from({ length: keys.partitions }, (_, partition) => keys.key(partition, 'facts'));
    const slips: string[] = [];
    for (const stream of streams) slips.push(...factSlipsIn(await this.ask('XRANGE', stream, '-', '+')));
    return slips;
  }

  /** Whether anything is left of the nodes. */
  async leftovers(): Promise<readonly string[]> {
    const lists = await Promise.all(this.#place.servers.map((server) => server.command('KEYS', `${this.prefix}*`)));
    return (lists.flat() as string[]).filter((key) => !key.endsWith(':facts'));
  }

  /** Sends the command to all servers. */
  async command(...args: readonly string[]): Promise<void> {
    for (const server of this.#place.servers) await server.command(...args);
  }

  /** The first answer that is one: a server of a cluster refuses keys of others. */
  async ask(...args: readonly string[]): Promise<unknown> {
    const answers = this.#place.servers.map((server) => server.command(...args).catch(() => []));
    return (await Promise.all(answers)).find((answer) => Array.isArray(answer) && answer.length > 0) ?? [];
  }

  async stop(): Promise<void> {
    await Promise.all([...this.nodes.values()].map(({ handle }) => handle.stop()));
    await this.observer.stop();
  }
}

function factSlipsIn(entries: unknown): readonly string[] {
  const present = new Set<string>();
  const slips: string[] = [];
  for (const [, [, json]] of entries as [string, [string, string]][]) {
    const { name, channel, user } = JSON.parse(json) as { name: string; channel: string; user?: string };
    const what = `${channel} ${JSON.stringify(user)}`;
    const isIn = name === 'channel_occupied' || name === 'member_added';
    if (present.has(what) === isIn) slips.push(`${name} ${what} twice`);
    if (isIn) present.add(what);
    else present.delete(what);
  }
  return slips;
}

/** Everybody who is in, by what the nodes know. */
export function presentIn(world: LedgerWorld): readonly string[] {
  const nodes = [...world.nodes.values()];
  const members = CHANNELS.flatMap((channel) => truthOf(nodes, channel).users.map((user) => `${channel} ${user}`));
  const online = USERS.filter((user) => nodes.some((node) => node.online.has(user))).map((user) => `user ${user}`);
  return [...members, ...online].toSorted();
}
