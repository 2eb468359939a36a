// The nodes of a cluster as its contract looks at them: whatever they hear is kept, and every answer is awaited, because
// one cluster answers at once and another later.
import type { Cluster, Delivery, Entered, Entrance, NodeSide } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { topicOf, watchTopicOf } from '../../src/protocol/topics.ts';

/** A cluster of three nodes, new for each test, which have not joined yet. */
export interface ContractCluster {
  readonly nodes: readonly [Cluster, Cluster, Cluster];
  /** Resolves when every node has heard everything that was published or announced so far. */
  settled(): Promise<void>;
  /** Lets time pass. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
  /** In how many parts the bounds on remembered events are divided; one unless said. */
  readonly shares?: number;
  /** Other names for the channels, all in one of those parts. */
  together?(channels: readonly ChannelName[]): readonly ChannelName[];
}

export const APP = 'app' as AppId;
export const OTHER_APP = 'other-app' as AppId;
export const ROOM = 'presence-room' as ChannelName;
export const NEWS = 'cache-news' as ChannelName;
export const user = (id: string) => id as UserId;
export const member = (id: string, info = '{}') => ({ userId: user(id), info });

export const LOAD = { connections: 7, repairs: 2 };

const SIDE: NodeSide = {
  holdings: () => [],
  rejoined: () => undefined,
  report: () => LOAD,
};

/** The cluster as the tests use it: what each node hears is kept. */
export class Stage {
  readonly #cluster: ContractCluster;
  readonly #heard: readonly Delivery[][];

  private constructor(cluster: ContractCluster) {
    this.#cluster = cluster;
    this.#heard = cluster.nodes.map(() => []);
  }

  /** All nodes take part. */
  static async open(cluster: ContractCluster): Promise<Stage> {
    const stage = new Stage(cluster);
    for (const [at, { bus, liveness }] of cluster.nodes.entries()) {
      bus.hear((delivery) => stage.#heard[at]?.push(delivery));
      await liveness.join(SIDE);
    }
    return stage;
  }

  get nodes(): ContractCluster['nodes'] {
    return this.#cluster.nodes;
  }

  /** All nodes listen to what happens in the channels and to the users. */
  async listen(channels: readonly ChannelName[], users: readonly UserId[] = []): Promise<void> {
    for (const app of [APP, OTHER_APP]) {
      const topics = [
        ...channels.map((channel) => topicOf(app, channel)),
        ...users.map((watched) => watchTopicOf(app, watched)),
      ];
      for (const topic of topics) await this.listenTo(topic);
    }
  }

  async listenTo(topic: string): Promise<void> {
    await Promise.all(this.nodes.map(({ bus }) => bus.listen(topic)));
  }

  /** What the nodes have heard since the last look. */
  async heard(): Promise<readonly (readonly Delivery[])[]> {
    await this.#cluster.settled();
    return this.#heard.map((deliveries) => deliveries.splice(0));
  }

  /** What one node has heard since the last look, as far as it has by now. */
  heardAt(at: 0 | 1 | 2): readonly Delivery[] {
    return this.#heard[at] ?? [];
  }

  /** In how many parts the bounds on remembered events are divided. */
  get shares(): number {
    return this.#cluster.shares ?? 1;
  }

  /** Other names for the channels, all in one of those parts. */
  together(channels: readonly ChannelName[]): readonly ChannelName[] {
    return this.#cluster.together?.(channels) ?? channels;
  }

  pass(milliseconds: number): Promise<void> {
    return this.#cluster.pass(milliseconds);
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }

  /** A connection enters; it must not be turned away. */
  async enter(
    at: 0 | 1 | 2,
    entrance: Partial<Entrance>,
  ): Promise<Omit<Entered, 'members'> & { ids: string[] | null }> {
    const entered = await this.tryToEnter(at, entrance);
    if (entered === 'full') throw new Error('The channel is full.');
    const { members, ...rest } = entered;
    return { ...rest, ids: members === null ? null : [...members].map(({ userId }) => String(userId)) };
  }

  async tryToEnter(at: 0 | 1 | 2, entrance: Partial<Entrance>): Promise<Entered | 'full'> {
    return await this.nodes[at].ledger.enter({
      app: APP,
      channel: ROOM,
      subscribers: 1,
      member: null,
      maxMembers: 100,
      ...entrance,
    });
  }
}
