// Two nodes on a real Redis, of which one can be cut off, with somebody on each; and what has to be true of them when
// both take part.
import { expect } from 'bun:test';
import type { Delivery } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { topicOf, watchTopicOf } from '../../src/protocol/topics.ts';
import { type Cut, openCut } from './cut.ts';
import { eventually } from './eventually.ts';
import { ledgerNode } from './ledger-nodes.ts';
import { startRedis } from './redis.ts';
import { SimulatedNode } from './simulated-node.ts';

export const APP = 'app' as AppId;
export const ROOM = 'presence-room' as ChannelName;
export const NEWS = 'news' as ChannelName;
export const [ALICE, BOB] = ['alice', 'bob'] as [UserId, UserId];

type Server = Awaited<ReturnType<typeof startRedis>>;

export class TwoNodes {
  readonly server: Server;
  readonly cut: Cut;
  /** What the node that can be cut off has told of its failures. */
  readonly failures: string[] = [];
  /** It is the one that can be cut off. Alice is here. */
  readonly one: SimulatedNode;
  /** Bob is here. */
  readonly other: SimulatedNode;
  readonly heardByOne: Delivery[] = [];
  readonly heardByOther: Delivery[] = [];

  private constructor(server: Server, cut: Cut) {
    this.server = server;
    this.cut = cut;
    this.one = this.newNode('one');
    const wants = () => true;
    this.other = new SimulatedNode(ledgerNode({ prefix: 'away:', wants, url: server.url, name: 'other' }), APP);
  }

  static async open(): Promise<TwoNodes> {
    const server = await startRedis();
    const nodes = new TwoNodes(server, await openCut(server.port));
    await nodes.#start();
    return nodes;
  }

  /** Another node behind the same cable. */
  newNode(name: string): SimulatedNode {
    const url = `redis://127.0.0.1:${this.cut.port}`;
    const failed = (what: string): void => void this.failures.push(what);
    return new SimulatedNode(ledgerNode({ prefix: 'away:', wants: () => true, url, name, failed }), APP);
  }

  async #start(): Promise<void> {
    const { one, other } = this;
    await one.start((delivery) => this.heardByOne.push(delivery));
    await other.start((delivery) => this.heardByOther.push(delivery));
    one.enter(ROOM, ALICE);
    one.enter(NEWS, ALICE);
    one.signIn(ALICE);
    other.enter(ROOM, BOB);
    await this.settled();
    await other.handle.cluster.bus.listen(watchTopicOf(APP, ALICE));
    await other.handle.cluster.bus.listen(topicOf(APP, NEWS));
    this.heardByOther.length = 0;
  }

  /** What has been announced to the other node. */
  get news(): readonly Delivery[] {
    return this.heardByOther.filter(({ kind }) => kind === 'member' || kind === 'user');
  }

  async settled(): Promise<void> {
    await this.one.settled();
    await this.other.settled();
  }

  async stop(): Promise<void> {
    await this.one.handle.stop();
    await this.other.handle.stop();
    await this.cut.close();
    await this.server.stop();
  }

  async expectNobodyDeaf(): Promise<void> {
    const sent = ['from one', 'from other'];
    await publishFrom(this.one, 'from one');
    await publishFrom(this.other, 'from other');
    const framesOf = (heard: readonly Delivery[]) =>
      heard.flatMap((each) => (each.kind === 'event' ? [each.frame] : []));
    await eventually('both messages on both nodes', () => {
      const frames = [this.heardByOne, this.heardByOther].map(framesOf);
      return Promise.resolve(frames.every((heard) => sent.every((each) => heard.includes(each))) ? true : null);
    });
  }

  async expectTrueLedger(): Promise<void> {
    const { ledger } = this.other.handle.cluster;
    expect(await rosterOf(this.other)).toEqual(['alice', 'bob']);
    expect(await ledger.count(APP, ROOM)).toEqual({ subscribers: 2, users: 2 });
    expect(await ledger.count(APP, NEWS)).toEqual({ subscribers: 1, users: 0 });
    expect(await ledger.online(APP, [ALICE])).toEqual(new Set([ALICE]));
    const nodes = await this.one.handle.cluster.liveness.nodes();
    expect(nodes.map(({ name }) => name).toSorted()).toEqual(['one', 'other']);
  }
}

export function isAway(node: SimulatedNode): boolean {
  return node.handle.cluster.liveness.absence !== null;
}

export async function away(node: SimulatedNode): Promise<void> {
  await eventually('an absence', () => Promise.resolve(isAway(node) ? true : null));
}

export async function back(node: SimulatedNode, rejoins: number): Promise<void> {
  await eventually('a return', () => Promise.resolve(!isAway(node) && node.rejoins >= rejoins ? true : null));
}

export async function rosterOf(node: SimulatedNode): Promise<readonly string[]> {
  return (await node.handle.cluster.ledger.members(APP, ROOM)).map(String).toSorted();
}

export async function publishFrom(node: SimulatedNode, frame: string): Promise<void> {
  const delivery = { kind: 'event', app: APP, channel: ROOM, frame, except: null, keptSeconds: 0 } as const;
  await node.handle.cluster.bus.publish(delivery);
}
