// A client publishes to the others in a channel (docs/protocol.md P-7).
import type { Connection, Subscription } from '../core/connection.ts';
import { channelKind } from '../protocol/channel-name.ts';
import type { ClientEventMessage } from '../protocol/client-message.ts';
import { type FrameFault, frameFaults, isRefusal, type Refusal, refusal } from '../protocol/faults.ts';
import type { ChannelName } from '../protocol/ids.ts';
import { clientEvent as encode } from '../protocol/server-message.ts';
import type { Answer } from './answer.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';
import { refuse } from './refuse.ts';

export function clientEvent(engine: Engine, connection: Connection, message: ClientEventMessage): void {
  const checked = check(engine, connection, message);
  if (isRefusal(checked)) return refuse(engine, connection, checked);
  const { app, socketId } = connection;
  const { event, rawData } = message;
  const { name: channel, member } = checked;
  const frame = encode(channel, event, rawData, member);
  const answer: Answer<void> = engine.cluster.bus.publish({
    kind: 'event',
    app: app.id,
    channel,
    frame,
    except: socketId,
    keptSeconds: 0,
  });
  spaceOf(engine, app).usage.clientEvents++;
  engine.observeTraffic?.({ kind: 'clientEvent', app: app.id, channel, event, socketId, data: rawData });
  if (!(answer instanceof Promise)) return tellWebhooks(engine, connection, message, checked);
  const told = answer.then(
    () => tellWebhooks(engine, connection, message, checked),
    (error: unknown) => {
      failed(engine, 'client event', error);
      refuse(engine, connection, refusal(frameFaults.clusterUnavailable));
    },
  );
  if (!engine.outbox.wants(app.id, 'client_event')) return;
  // Whoever leaves afterwards is told of afterwards (membership.ts).
  engine.eventsUnderWay.set(connection, told);
  void told.then(() => {
    if (engine.eventsUnderWay.get(connection) === told) engine.eventsUnderWay.delete(connection);
  });
}

function tellWebhooks(
  { outbox }: Engine,
  { app, socketId }: Connection,
  { event, rawData }: ClientEventMessage,
  { name: channel, member }: Subscription,
): void {
  if (!outbox.wants(app.id, 'client_event')) return;
  outbox.add({ name: 'client_event', app: app.id, channel, event, rawData, socketId, user: member });
}

/** The subscription through which the connection may publish. */
function check(engine: Engine, connection: Connection, message: ClientEventMessage) {
  const { app } = connection;
  const { event, channel, rawData } = message;
  if (!app.settings.clientEvents) return refusal(frameFaults.clientEventsOff);
  const limit = app.limits.eventNameLength;
  if (event.length > limit) return refusal(frameFaults.clientEventName, { limit });
  const subscription = connection.subscriptions.get(channel as ChannelName);
  if (subscription?.phase !== 'joined') return refusal(frameFaults.noSubscription, { channel });
  if (!channelKind(subscription.name).clientEvents) return refusal(frameFaults.clientEventChannel, { channel });
  const tooLarge = checkSize(rawData, app.limits.eventBytes);
  if (tooLarge !== null) return tooLarge;
  if (connection.takeClientEvent(engine.clock.now())) return subscription;
  return refusal(frameFaults.clientEventRate, { limit: app.limits.clientEventsPerSecond });
}

// A string counts as what it holds, as in an event from the backend; escaping does not make it longer.
function checkSize(rawData: string, limit: number): Refusal<FrameFault> | null {
  if (rawData.length * 3 <= limit || Buffer.byteLength(rawData) <= limit) return null;
  const data: unknown = rawData.startsWith('"') ? JSON.parse(rawData) : null;
  if (typeof data === 'string' && Buffer.byteLength(data) <= limit) return null;
  return refusal(frameFaults.clientEventTooLarge, { limit });
}
