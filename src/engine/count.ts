// Tells the subscribers of a channel how many they are (P-4.17), when the app wants it, and its webhooks.
import type { App } from '../core/app.ts';
import type { Channel } from '../core/channel.ts';
import { subscriptionCount } from '../protocol/server-message.ts';
import { type Answer, then } from './answer.ts';
import type { Engine } from './engine.ts';
import { failed } from './failure.ts';

export function announceCount(engine: Engine, app: App, channel: Channel): Answer<void> {
  if (channel.kind.presence || channel.total === 0) return;
  if (!app.settings.subscriptionCount && !engine.outbox.wants(app.id, 'subscription_count')) return;
  if (engine.phase === 'stopping') return;
  const waitMs = channel.countThrottle.change(channel.total, engine.clock.now());
  if (waitMs === null) return;
  if (waitMs === 0) return publishCount(engine, app, channel);
  engine.clock.after(waitMs, () => {
    channel.countThrottle.waited(engine.clock.now());
    engine.lanes.run(
      channel.topic,
      () => publishTrueCount(engine, app, channel),
      (error) => failed(engine, 'count', error),
    );
  });
}

// During the wait, other nodes may have told later counts than this one knows; what is told last has to be true.
function publishTrueCount(engine: Engine, app: App, channel: Channel): Answer<void> {
  return then(engine.cluster.ledger.count(app.id, channel.name), ({ subscribers }) => {
    channel.total = subscribers;
    // A channel that has emptied meanwhile has nobody to tell.
    if (subscribers > 0) return publishCount(engine, app, channel);
  });
}

function publishCount(engine: Engine, app: App, channel: Channel): Answer<void> {
  if (engine.outbox.wants(app.id, 'subscription_count')) {
    engine.outbox.add({ name: 'subscription_count', app: app.id, channel: channel.name, count: channel.total });
  }
  if (!app.settings.subscriptionCount) return;
  const frame = subscriptionCount(channel.name, channel.total);
  return engine.cluster.bus.publish({ kind: 'event', app: app.id, channel: channel.name, frame, except: null });
}
