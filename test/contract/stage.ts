// The nodes of a cluster as its contract looks at them: whatever they hear is kept, and every answer is awaited, because
// one cluster answers at once and another later.
import type { Cluster, Delivery, Entered, Entrance } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { topicOf, watchTopicOf } from '../../src/protocol/topics.ts';

/** A cluster of three nodes, new for each test. */
export interface ContractCluster {
  readonly nodes: readonly [Cluster, Cluster, Cluster];
  /** Resolves when every node has heard everything that was published or announced so far. */
  settled(): Promise<void>;
  /** Lets time pass. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

export const APP = 'app' as AppId;
export const OTHER_APP = 'other-app' as AppId;
export const ROOM = 'presence-room' as ChannelName;
export const NEWS = 'cache-news' as ChannelName;
export const user = (id: string) => id as UserId;
export const member = (id: string, info = '{}') => ({ userId: user(id), info });

/** The cluster as the tests use it: what each node hears is kept. */
export class Stage {
  readonly #cluster: ContractCluster;
  readonly #heard: readonly Delivery[][];

  constructor(cluster: ContractCluster) {
    this.#cluster = cluster;
    this.#heard = cluster.nodes.map(() => []);
    for (const [at, { bus }] of cluster.nodes.entries()) bus.hear((delivery) => this.#heard[at]?.push(delivery));
  }

  get nodes(): ContractCluster['nodes'] {
    return this.#cluster.nodes;
  }

  /** All nodes listen to what happens in the channels and to the users. */
  async listen(channels: readonly ChannelName[], users: readonly UserId[] = []): Promise<void> {
    for (const app of [APP, OTHER_APP]) {
      for (const { bus } of this.nodes) {
        for (const channel of channels) await bus.listen(topicOf(app, channel));
        for (const watched of users) await bus.listen(watchTopicOf(app, watched));
      }
    }
  }

  /** What the nodes have heard since the last look. */
  async heard(): Promise<readonly (readonly Delivery[])[]> {
    await this.#cluster.settled();
    return this.#heard.map((deliveries) => deliveries.splice(0));
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
