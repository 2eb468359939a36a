// Tells the subscribers of a channel how many they are (P-4.16, P-4.17), when the app wants it, and its webhooks. Whoever
// causes a change has the ledger tell the number to all nodes, in one order; each node tells it to its own subscribers.
import type { App } from '../core/app.ts';
import type { Channel } from '../core/channel.ts';
import type { Space } from '../core/space.ts';
import { subscriptionCount } from '../protocol/server-message.ts';
import { type Answer, then } from './answer.ts';
import { broadcastTo } from './broadcast.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';

/** Never fails, for what caused the change is done: what cannot be told now is told when the node is back. */
export function announceCount(engine: Engine, app: App, channel: Channel): Answer<void> {
  if (channel.kind.presence || (channel.total === 0 && channel.subscribers === 0)) return;
  if (!app.settings.subscriptionCount && !engine.outbox.wants(app.id, 'subscription_count')) return;
  const waitMs = channel.countThrottle.change(channel.total, engine.clock.now());
  if (waitMs === null) return;
  const onFailure = (error: unknown): void => {
    failed(engine, 'count', error);
    spaceOf(engine, app).untold.add(channel);
  };
  if (waitMs === 0) {
    const told = tellCount(engine, app, channel);
    return told instanceof Promise ? told.catch(onFailure) : told;
  }
  engine.clock.after(waitMs, () => {
    channel.countThrottle.waited(engine.clock.now());
    engine.lanes.run(channel.topic, () => tellCount(engine, app, channel), onFailure);
  });
}

function tellCount(engine: Engine, app: App, channel: Channel): Answer<void> {
  const { ledger } = engine.cluster;
  const { name } = channel;
  const told = app.settings.subscriptionCount
    ? ledger.tellCount(app.id, name)
    : then(ledger.count(app.id, name), ({ subscribers }) => subscribers);
  return then(told, (count) => {
    channel.total = count;
    // A channel that has emptied meanwhile has nobody to tell.
    if (count === 0 || !engine.outbox.wants(app.id, 'subscription_count')) return;
    engine.outbox.add({ name: 'subscription_count', app: app.id, channel: name, count });
  });
}

/** The number has been made known to this node. */
export function deliverCount(engine: Engine, space: Space, channel: Channel, subscribers: number): void {
  channel.total = subscribers;
  if (!space.app.settings.subscriptionCount || engine.phase === 'stopping') return;
  const waitMs = channel.countFrames.change(subscribers, engine.clock.now());
  if (waitMs === null) return;
  const tell = (): void => broadcastTo(engine, space, channel, subscriptionCount(channel.name, channel.total), null);
  if (waitMs === 0) return tell();
  engine.clock.after(waitMs, () => {
    channel.countFrames.waited(engine.clock.now());
    tell();
  });
}
