// What the cluster brings → the clients of this node. Nothing else sends what belongs to a channel or a user.
import type { Channel } from '../core/channel.ts';
import type { Space } from '../core/space.ts';
import { closeFaults, refusal } from '../protocol/faults.ts';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { type Member, memberAdded, memberRemoved, watchlistEvents } from '../protocol/server-message.ts';
import { watchTopicOf } from '../protocol/topics.ts';
import { broadcastTo } from './broadcast.ts';
import { deliverCount } from './count.ts';
import type { Engine } from './engine.ts';
import { hearFeed } from './hear-feed.ts';
import type { Delivery, EventDelivery, MemberChange } from './ports.ts';
import { hearConnections } from './quotas.ts';
import { closeConnection } from './refuse.ts';

export function deliver(engine: Engine, delivery: Delivery): void {
  if (delivery.kind === 'apps') return engine.lookAtApps();
  if (delivery.kind === 'asked' || delivery.kind === 'told') return hearFeed(engine, delivery);
  const space = engine.spaces.get(delivery.app);
  if (space === undefined) return;
  switch (delivery.kind) {
    case 'event':
      return deliverEvent(engine, space, delivery);
    case 'member':
      return deliverMember(engine, space, delivery.channel, delivery.change);
    case 'count': {
      const channel = space.channels.get(delivery.channel);
      return channel === undefined ? undefined : deliverCount(engine, space, channel, delivery.subscribers);
    }
    case 'user':
      return deliverUser(engine, space, delivery.user, delivery.isOnline);
    case 'terminate':
      return terminateAll(engine, space, delivery.user);
    case 'connections':
      return hearConnections(engine, space, delivery.total);
  }
}

function deliverEvent(engine: Engine, space: Space, delivery: EventDelivery): void {
  const channel = space.channels.get(delivery.channel);
  if (channel === undefined) return;
  const { frame, keptSeconds } = delivery;
  if (keptSeconds > 0) channel.remembered = { frame, untilMs: engine.clock.now() + keptSeconds * 1000 };
  const except = delivery.except === null ? null : (space.connections.get(delivery.except)?.outlet ?? null);
  broadcastTo(engine, space, channel, frame, except);
}

// A node that has been away may have missed changes, or hear again what it was answered: only what is news is told.
export function deliverMember(engine: Engine, space: Space, name: ChannelName, change: MemberChange): void {
  const channel = space.channels.get(name);
  if (channel === undefined || channel.presence === null) return;
  const { roster } = channel.presence;
  if (change.what === 'removed') {
    const isNews = roster.get(change.user) !== undefined;
    roster.remove(change.user);
    return isNews ? tellRemoved(engine, space, channel, change.user) : undefined;
  }
  // One who is said to have changed may have come unheard.
  const isNews = roster.get(change.member.userId) === undefined;
  roster.set(change.member);
  return isNews ? tellAdded(engine, space, channel, change.member) : undefined;
}

// While the node stops, whoever waits for their own close need not hear of everybody's before it.
export function tellAdded(engine: Engine, space: Space, channel: Channel, member: Member): void {
  const { name } = channel;
  engine.observeTraffic?.({ kind: 'memberAdded', app: space.app.id, channel: name, user: member.userId });
  if (engine.phase !== 'stopping') broadcastTo(engine, space, channel, memberAdded(name, member), null);
}

export function tellRemoved(engine: Engine, space: Space, channel: Channel, user: UserId): void {
  const { name } = channel;
  engine.observeTraffic?.({ kind: 'memberRemoved', app: space.app.id, channel: name, user });
  if (engine.phase !== 'stopping') broadcastTo(engine, space, channel, memberRemoved(name, user), null);
}

export function deliverUser(engine: Engine, space: Space, user: UserId, isOnline: boolean): void {
  if (!space.users.hear(user, isOnline)) return;
  const frame = isOnline ? watchlistEvents([user], []) : watchlistEvents([], [user]);
  engine.broadcast(watchTopicOf(space.app.id, user), frame, null);
}

function terminateAll(engine: Engine, space: Space, user: UserId): void {
  // A copy, because each close takes its connection out of the set.
  for (const connection of [...space.users.connectionsOf(user)]) {
    closeConnection(engine, connection, refusal(closeFaults.terminated));
  }
}
