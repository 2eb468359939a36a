// Clients that ask for more than strangers may: counted, told to whoever runs the server now and then, and closed with a
// code after which SDKs wait before they come again.
import type { Connection } from '../core/connection.ts';
import type { FloodLimit } from '../core/floods.ts';
import type { NetworkName } from '../core/network.ts';
import { closeFaults, type FrameFault, frameFaults, type Refusal, refusal } from '../protocol/faults.ts';
import type { Engine } from './engine.ts';
import { closeConnection } from './refuse.ts';

/** Counts what was turned away by the bound. */
export function noteFlood(engine: Engine, limit: FloodLimit, network: NetworkName | null): void {
  if (!engine.floods.count(limit, engine.clock.now())) return;
  engine.observe({ kind: 'flooded', limit, network, count: engine.floods.counts.get(limit) ?? 0 });
}

/** The client sends too much of something. */
export function closeFlooding(engine: Engine, connection: Connection, limit: keyof typeof WHAT): void {
  noteFlood(engine, limit, connection.network);
  const details = { what: WHAT[limit], limit: engine.settings[limit], setting: limit };
  closeConnection(engine, connection, refusal(closeFaults.flooding, details));
}

const WHAT = {
  clientMessageRate: 'messages',
  clientByteRate: 'bytes',
  subscriptionRate: 'subscriptions',
} as const;

const BAD_AUTHS: ReadonlySet<FrameFault> = new Set([
  frameFaults.authMalformed,
  frameFaults.authWrongKey,
  frameFaults.authWrongSignature,
]);

/** A proof was refused. One too many ends the connection. */
export function closeIfGuessing(engine: Engine, connection: Connection, { fault }: Refusal<FrameFault>): void {
  if (!BAD_AUTHS.has(fault)) return;
  const nowMs = engine.clock.now();
  const isFineHere = connection.takeBadAuth(nowMs, engine.settings.badAuthRate);
  if (engine.floods.takeBadAuth(connection.network, nowMs) && isFineHere) return;
  noteFlood(engine, 'badAuthRate', connection.network);
  closeConnection(engine, connection, refusal(closeFaults.tooManyBadAuths));
}
