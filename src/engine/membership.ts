// Taking a connection out of a channel, whichever way it goes: it unsubscribed, or it is gone.
import type { App } from '../core/app.ts';
import type { Channel } from '../core/channel.ts';
import type { Connection, Subscription } from '../core/connection.ts';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { topicOf } from '../protocol/topics.ts';
import { type Answer, then } from './answer.ts';
import { announceCount } from './count.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';

/** Ends the subscription. Nothing of the channel reaches the client from now on; the ledger learns it in its turn. */
export function leave(engine: Engine, connection: Connection, subscription: Subscription): void {
  const { name, phase } = subscription;
  subscription.phase = 'left';
  const topic = topicOf(connection.app.id, name);
  if (phase === 'joined' && connection.isOpen) connection.outlet.leave(topic);
  engine.lanes.run(
    topic,
    () => then(engine.eventsUnderWay.get(connection), () => exit(engine, connection.app, subscription)),
    (error) => {
      failed(engine, 'unsubscribe', error);
      closeUnused(engine, connection.app, name);
    },
  );
  engine.observe({ kind: 'unsubscribed', app: connection.app.id, socketId: connection.socketId, channel: name });
}

function exit(engine: Engine, app: App, { name, member, hasEntered }: Subscription): Answer<void> {
  const channel = spaceOf(engine, app).channels.get(name);
  if (channel === undefined || !hasEntered) return;
  channel.subscribers--;
  const isLastOfUser = member !== null && channel.presence?.leave(member) === true;
  return then(tellLedger(engine, app, channel, isLastOfUser ? member : null), () =>
    then(announceCount(engine, app, channel), () => closeIfEmpty(engine, app, channel)),
  );
}

/** @param member the user of whom this was the node's last connection. */
function tellLedger(engine: Engine, app: App, channel: Channel, member: UserId | null): Answer<void> {
  const { ledger } = engine.cluster;
  const { name, subscribers } = channel;
  if (subscribers > 0 && member === null) {
    channel.total = Math.max(channel.total - 1, subscribers);
    return ledger.recount(app.id, name, subscribers);
  }
  return then(ledger.leave({ app: app.id, channel: name, subscribers, member }), (left) => {
    channel.total = left.subscribers;
    if (left.subscribers === 0) tellVacated(engine, app, channel, member);
  });
}

/** What is announced may come when this node listens to the channel no more, so the last one's leaving is told here. */
function tellVacated({ observeTraffic }: Engine, app: App, { name, presence }: Channel, member: UserId | null): void {
  if (observeTraffic === null) return;
  if (member !== null && presence?.roster.get(member) !== undefined) {
    observeTraffic({ kind: 'memberRemoved', app: app.id, channel: name, user: member });
  }
  observeTraffic({ kind: 'vacated', app: app.id, channel: name });
}

/** Forgets a channel that none of the node's connections is in. */
export function closeIfEmpty(engine: Engine, app: App, channel: Channel): Answer<void> {
  if (channel.subscribers > 0) return;
  spaceOf(engine, app).channels.delete(channel.name);
  return engine.cluster.bus.unlisten(channel.topic);
}

/** After a change that failed: the channel is forgotten in its turn, unless somebody has entered it by then. */
export function closeUnused(engine: Engine, app: App, name: ChannelName): void {
  engine.lanes.run(
    topicOf(app.id, name),
    () => {
      const channel = spaceOf(engine, app).channels.get(name);
      if (channel !== undefined) return closeIfEmpty(engine, app, channel);
    },
    (error) => failed(engine, 'closing a channel', error),
  );
}
