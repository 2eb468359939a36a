// What the cluster brings → the clients of this node. Nothing else sends what belongs to a channel or a user.
import type { Space } from '../core/space.ts';
import { closeFaults, refusal } from '../protocol/faults.ts';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { memberAdded, memberRemoved, watchlistEvents } from '../protocol/server-message.ts';
import { watchTopicOf } from '../protocol/topics.ts';
import type { Engine } from './engine.ts';
import type { Delivery, MemberChange } from './ports.ts';
import { closeConnection } from './refuse.ts';

export function deliver(engine: Engine, delivery: Delivery): void {
  const space = engine.spaces.get(delivery.app);
  if (space === undefined) return;
  switch (delivery.kind) {
    case 'event': {
      const channel = space.channels.get(delivery.channel);
      if (channel === undefined) return;
      const except = delivery.except === null ? null : (space.connections.get(delivery.except)?.outlet ?? null);
      return engine.broadcast(channel.topic, delivery.frame, except);
    }
    case 'member':
      return deliverMember(engine, space, delivery.channel, delivery.change);
    case 'user':
      return deliverUser(engine, space, delivery.user, delivery.isOnline);
    case 'terminate':
      return terminateAll(engine, space, delivery.user);
  }
}

function deliverMember(engine: Engine, space: Space, name: ChannelName, change: MemberChange): void {
  const channel = space.channels.get(name);
  if (channel === undefined || channel.presence === null) return;
  const { roster } = channel.presence;
  // Whoever waits for their own close need not hear of everybody's before it.
  const isTold = engine.phase !== 'stopping';
  switch (change.what) {
    case 'added':
      roster.set(change.member);
      if (isTold) engine.broadcast(channel.topic, memberAdded(name, change.member), null);
      return;
    case 'changed':
      return roster.set(change.member);
    case 'removed':
      roster.remove(change.user);
      if (isTold) engine.broadcast(channel.topic, memberRemoved(name, change.user), null);
      return;
  }
}

function deliverUser(engine: Engine, space: Space, user: UserId, isOnline: boolean): void {
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
