// A message from a client → the verb that it asks for.
import type { Connection } from '../core/connection.ts';
import { messageBytes } from '../core/limits.ts';
import { decodeClientMessage } from '../protocol/client-message.ts';
import { closeFaults, frameFaults, isRefusal, refusal } from '../protocol/faults.ts';
import { pong } from '../protocol/server-message.ts';
import { clientEvent } from './client-event.ts';
import { type Engine, spaceOf } from './engine.ts';
import { closeFlooding } from './flooding.ts';
import { closeConnection, refuse } from './refuse.ts';
import { signIn } from './sign-in.ts';
import { subscribe } from './subscribe.ts';
import { unsubscribe } from './unsubscribe.ts';

/**
 * @param text the message; null for a binary one.
 * @param length of the message, about as it came.
 */
export function receive(engine: Engine, connection: Connection, text: string | null, length = text?.length ?? 0): void {
  heard(engine, connection);
  connection.messageAtMs = connection.heardAtMs;
  const flood = connection.takeMessage(length, connection.heardAtMs, engine.settings);
  if (flood !== null) return closeFlooding(engine, connection, flood);
  const { usage } = spaceOf(engine, connection.app);
  usage.messagesIn++;
  if (text !== null) usage.bytesIn += text.length;
  if (text === null) return refuse(engine, connection, refusal(frameFaults.binary));
  const limit = messageBytes(connection.app.limits);
  // A character takes at most three bytes in UTF-8, so a short message needs no counting.
  if (text.length * 3 > limit && Buffer.byteLength(text) > limit) {
    return closeConnection(engine, connection, refusal(closeFaults.messageTooLarge, { limit }));
  }
  const message = decodeClientMessage(text);
  if (isRefusal(message)) return refuse(engine, connection, message);
  switch (message.kind) {
    case 'clientEvent':
      return clientEvent(engine, connection, message);
    case 'subscribe':
      return subscribe(engine, connection, message);
    case 'unsubscribe':
      return unsubscribe(engine, connection, message.channel);
    case 'signIn':
      return signIn(engine, connection, message);
    case 'ping':
      return connection.outlet.send(pong);
    case 'pong':
      return;
  }
}

/** A ping frame, which is answered like a message. */
export function pinged(engine: Engine, connection: Connection): void {
  heard(engine, connection);
  const flood = connection.takeMessage(0, connection.heardAtMs, engine.settings);
  if (flood !== null) closeFlooding(engine, connection, flood);
}

/** Any sign of life, also a ping or pong frame. */
export function heard(engine: Engine, connection: Connection): void {
  connection.heardAtMs = engine.clock.now();
  connection.pingedAtMs = 0;
}
