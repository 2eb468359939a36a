// A connection leaves a channel.
import type { Connection } from '../core/connection.ts';
import type { ChannelName } from '../protocol/ids.ts';
import type { Engine } from './engine.ts';
import { leave } from './membership.ts';

/** Unsubscribing from something not subscribed is no fault: clients do so after a refused subscription (P-4.12). */
export function unsubscribe(engine: Engine, connection: Connection, channel: string): void {
  // A name that is no channel name is in no map either, so it needs no check.
  const subscription = connection.subscriptions.get(channel as ChannelName);
  if (subscription === undefined) return;
  connection.removeSubscription(subscription);
  leave(engine, connection, subscription);
}
