// A node without sockets: it knows who is where as an engine would, and tells the ledger in the engine's order, each
// topic in a lane of its own.
import type { RedisClusterHandle } from '../../src/cluster/redis/redis-cluster.ts';
import type { Answer } from '../../src/engine/answer.ts';
import { Lanes } from '../../src/engine/lanes.ts';
import type { Delivery, Holding, NodeSide } from '../../src/engine/ports.ts';
import { channelKind } from '../../src/protocol/channel-name.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { topicOf, watchTopicOf } from '../../src/protocol/topics.ts';

interface Place {
  subscribers: number;
  /** How many connections of each user. */
  readonly users: Map<UserId, number>;
}

export class SimulatedNode implements NodeSide {
  readonly handle: RedisClusterHandle;
  readonly app: AppId;
  readonly places = new Map<ChannelName, Place>();
  readonly online = new Map<UserId, number>();
  readonly failures: unknown[] = [];
  connections = 0;
  rejoins = 0;
  readonly #lanes = new Lanes();

  constructor(handle: RedisClusterHandle, app: AppId) {
    this.handle = handle;
    this.app = app;
  }

  async start(listener: (delivery: Delivery) => void = () => undefined): Promise<void> {
    this.handle.cluster.bus.hear(listener);
    await this.handle.cluster.liveness.join(this);
  }

  *holdings(): Iterable<Holding> {
    const { app } = this;
    for (const [channel, { subscribers, users }] of this.places) {
      const members = [...users.keys()].map((userId) => ({ userId, info: '{}' }));
      yield { kind: 'channel', app, channel, subscribers, members };
    }
    for (const user of this.online.keys()) yield { kind: 'user', app, user };
    if (this.connections > 0) yield { kind: 'connections', app, connections: this.connections };
  }

  rejoined(): void {
    this.rejoins += 1;
  }

  report() {
    return { connections: this.connections, repairs: 0 };
  }

  /** @param user who enters a presence channel; unused in another one. */
  enter(channel: ChannelName, user: UserId): void {
    const { app } = this;
    const { bus, ledger } = this.handle.cluster;
    const topic = topicOf(app, channel);
    this.#run(topic, async () => {
      const place = this.places.get(channel) ?? { subscribers: 0, users: new Map<UserId, number>() };
      const member = channelKind(channel).presence ? { userId: user, info: '{}' } : null;
      const subscribers = place.subscribers + 1;
      if (subscribers > 1 && (member === null || place.users.has(user)))
        await ledger.recount(app, channel, subscribers);
      else {
        if (subscribers === 1) await bus.listen(topic);
        await ledger.enter({ app, channel, subscribers, member, maxMembers: 100 });
      }
      place.subscribers = subscribers;
      if (member !== null) place.users.set(user, (place.users.get(user) ?? 0) + 1);
      this.places.set(channel, place);
    });
  }

  leave(channel: ChannelName, user: UserId): void {
    const { app } = this;
    const { bus, ledger } = this.handle.cluster;
    const topic = topicOf(app, channel);
    this.#run(topic, async () => {
      const place = this.places.get(channel);
      const isPresence = channelKind(channel).presence;
      if (place === undefined || (isPresence && !place.users.has(user))) return;
      place.subscribers -= 1;
      const left = (place.users.get(user) ?? 0) - 1;
      if (left > 0) place.users.set(user, left);
      else place.users.delete(user);
      if (place.subscribers === 0) this.places.delete(channel);
      const member = isPresence && left === 0 ? user : null;
      if (place.subscribers > 0 && member === null) await ledger.recount(app, channel, place.subscribers);
      else await ledger.leave({ app, channel, subscribers: place.subscribers, member });
      if (place.subscribers === 0) await bus.unlisten(topic);
    });
  }

  signIn(user: UserId): void {
    this.#run(watchTopicOf(this.app, user), async () => {
      const before = this.online.get(user) ?? 0;
      this.online.set(user, before + 1);
      if (before === 0) await this.handle.cluster.ledger.signIn(this.app, user);
    });
  }

  signOut(user: UserId): void {
    this.#run(watchTopicOf(this.app, user), async () => {
      const left = (this.online.get(user) ?? 0) - 1;
      if (left < 0) return;
      if (left > 0) this.online.set(user, left);
      else this.online.delete(user);
      if (left === 0) await this.handle.cluster.ledger.signOut(this.app, user);
    });
  }

  connect(change: number): void {
    this.connections = Math.max(0, this.connections + change);
    void this.handle.cluster.ledger.recountConnections(this.app, this.connections);
  }

  settled(): Promise<void> {
    return this.#lanes.settled();
  }

  #run(topic: string, change: () => Answer<void>): void {
    this.#lanes.run(topic, change, (error) => this.failures.push(error));
  }
}

export interface Truth {
  readonly subscribers: number;
  readonly users: readonly string[];
}

/** What the ledger has to say when nothing is under way. */
export function truthOf(nodes: readonly SimulatedNode[], channel: ChannelName): Truth {
  const places = nodes.flatMap((node) => node.places.get(channel) ?? []);
  const users = new Set(places.flatMap((place) => [...place.users.keys()]));
  return {
    subscribers: places.reduce((sum, { subscribers }) => sum + subscribers, 0),
    users: [...users].map(String).toSorted(),
  };
}
