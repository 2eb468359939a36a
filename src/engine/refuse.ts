// Tells a client what was refused.
import type { Connection } from '../core/connection.ts';
import type { CloseFault, FrameFault, Refusal } from '../protocol/faults.ts';
import { error, subscriptionError } from '../protocol/server-message.ts';
import { type Engine, spaceOf } from './engine.ts';

/** A refused command: an error frame; the connection stays (P-3.3). */
export function refuse(engine: Engine, connection: Connection, { fault, text }: Refusal<FrameFault>): void {
  const { app, socketId } = connection;
  spaceOf(engine, app).usage.errors++;
  engine.observe({ kind: 'refused', app: app.id, socketId, code: fault.code, text });
  connection.outlet.send(error(fault.code, text));
}

/** A refused subscription. The app may want it told to the channel as well, where pusher-js looks for it (P-4.8). */
export function refuseSubscription(
  engine: Engine,
  connection: Connection,
  channel: string,
  refusal: Refusal<FrameFault>,
): void {
  refuse(engine, connection, refusal);
  if (!connection.app.settings.subscriptionErrors) return;
  const status = refusal.fault.code === 4009 ? 401 : 400;
  connection.outlet.send(subscriptionError(channel, refusal.text, status));
}

/** Ends a connection: the frame first, because some clients look only at it, then the close with the same code (P-2.5). */
export function closeConnection(engine: Engine, connection: Connection, { fault, text }: Refusal<CloseFault>): void {
  const { app, socketId, outlet } = connection;
  engine.observe({ kind: 'closed', app: app.id, socketId, code: fault.code, text });
  outlet.send(error(fault.code, text));
  outlet.close(fault.code, text);
}
