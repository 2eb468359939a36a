// One life of a node in the ledger, and all that is held under it: what a node that comes back says anew under its next
// life, and what others give back, piece by piece, when the node has gone without a word.
import type { ChannelCount, Cluster, Entered, Entrance, Exit, Holding, Ledger } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import type { Member } from '../../src/protocol/server-message.ts';
import { topicOf, watchTopicOf } from '../../src/protocol/topics.ts';

interface Room {
  readonly app: AppId;
  readonly channel: ChannelName;
  subscribers: number;
  readonly members: Set<UserId>;
}

export class Life {
  readonly cluster: Cluster;
  /** From then on nothing is done under it any more but giving back. */
  isFenced = false;
  readonly #rooms = new Map<string, Room>();
  readonly #users = new Map<string, { readonly app: AppId; readonly user: UserId }>();
  readonly #apps = new Set<AppId>();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  get #ledger(): Ledger {
    return this.cluster.ledger;
  }

  enter(entrance: Entrance): Entered | 'full' {
    const entered = this.#ledger.enter(entrance) as Entered | 'full';
    if (entered === 'full') return 'full';
    const { app, channel, member, subscribers } = entrance;
    const topic = topicOf(app, channel);
    const room = this.#rooms.get(topic) ?? { app, channel, subscribers, members: new Set() };
    this.#rooms.set(topic, room);
    room.subscribers = subscribers;
    if (member !== null) room.members.add(member.userId);
    // What travels is what was true when the call was carried out.
    return { ...entered, members: entered.members === null ? null : [...entered.members] };
  }

  leave(exit: Exit): unknown {
    const topic = topicOf(exit.app, exit.channel);
    const room = this.#rooms.get(topic);
    if (room !== undefined) {
      room.subscribers = exit.subscribers;
      if (exit.member !== null) room.members.delete(exit.member);
      if (exit.subscribers === 0) this.#rooms.delete(topic);
    }
    return this.#ledger.leave(exit);
  }

  recount(app: AppId, channel: ChannelName, subscribers: number): void {
    const room = this.#rooms.get(topicOf(app, channel));
    if (room !== undefined) room.subscribers = subscribers;
    void this.#ledger.recount(app, channel, subscribers);
  }

  signIn(app: AppId, user: UserId): void {
    this.#users.set(watchTopicOf(app, user), { app, user });
    void this.#ledger.signIn(app, user);
  }

  signOut(app: AppId, user: UserId): void {
    if (this.#users.delete(watchTopicOf(app, user))) void this.#ledger.signOut(app, user);
  }

  recountConnections(app: AppId, connections: number): void {
    if (connections > 0) this.#apps.add(app);
    else this.#apps.delete(app);
    void this.#ledger.recountConnections(app, connections);
  }

  /** Says anew what was held under the older lives, from which it moves in the same step. */
  restate(holding: Holding, olds: readonly Life[]): void {
    switch (holding.kind) {
      case 'connections':
        this.recountConnections(holding.app, holding.connections);
        for (const old of olds) if (old.#apps.has(holding.app)) old.recountConnections(holding.app, 0);
        return;
      case 'user':
        this.signIn(holding.app, holding.user);
        for (const old of olds) old.signOut(holding.app, holding.user);
        return;
      case 'channel':
        return this.#restateChannel(holding, olds);
    }
  }

  #restateChannel({ app, channel, subscribers, members }: Holding & { kind: 'channel' }, olds: readonly Life[]): void {
    // What the ledger knows of a member is newer than what a node says that has been away.
    const known = new Map((this.#ledger.roster(app, channel) as readonly Member[]).map((each) => [each.userId, each]));
    const maxMembers = Number.POSITIVE_INFINITY;
    if (members.length === 0) this.enter({ app, channel, subscribers, member: null, maxMembers });
    for (const member of members) {
      this.enter({ app, channel, subscribers, member: known.get(member.userId) ?? member, maxMembers });
    }
    for (const old of olds) {
      const room = old.#rooms.get(topicOf(app, channel));
      if (room === undefined) continue;
      for (const { userId } of members) if (room.members.has(userId)) old.leave({ ...room, member: userId });
      if (room.members.size === 0) old.leave({ app, channel, subscribers: 0, member: null });
    }
  }

  /** Gives back one piece; false when there was none. @param pick which one it is. */
  giveBack(pick: number): boolean {
    const pieces = [...this.#pieces()];
    const piece = pieces[pick % Math.max(1, pieces.length)];
    piece?.();
    return piece !== undefined;
  }

  get isHolding(): boolean {
    return this.#rooms.size + this.#users.size + this.#apps.size > 0;
  }

  /** A channel is given back when nobody is in it any more. */
  *#pieces(): Iterable<() => void> {
    for (const room of this.#rooms.values()) {
      const { app, channel, members } = room;
      for (const member of members) yield () => void this.leave({ ...room, member });
      if (members.size > 0) continue;
      yield () => {
        this.leave({ app, channel, subscribers: 0, member: null });
        const { subscribers, users } = this.#ledger.count(app, channel) as ChannelCount;
        if (subscribers > 0 && users === 0) void this.#ledger.tellCount(app, channel);
      };
    }
    for (const { app, user } of this.#users.values()) yield () => this.signOut(app, user);
    for (const app of this.#apps) yield () => this.recountConnections(app, 0);
  }

  /** All is lost: there is nothing to give back. */
  lose(): void {
    this.isFenced = true;
    this.#rooms.clear();
    this.#users.clear();
    this.#apps.clear();
  }
}
