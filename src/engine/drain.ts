// A node stops: its connections are asked to reconnect, spread over time so that they do not arrive elsewhere at once.
// Those who come back to this node are asked to wait a moment (engine/connect.ts), see docs/decisions/0006-stopping.md.
import { closeFaults, refusal } from '../protocol/faults.ts';
import type { Engine } from './engine.ts';
import { closeConnection } from './refuse.ts';

const STEP_MS = 50;

/** Closes all connections within about `spreadMs`; resolves with their number when the last close is sent. */
export async function drain(engine: Engine, spreadMs: number): Promise<number> {
  engine.phase = 'stopping';
  const connections = [...engine.spaces.values()].flatMap((space) => [...space.connections.values()]);
  const steps = Math.max(1, Math.floor(spreadMs / STEP_MS));
  const perStep = Math.max(1, Math.ceil(connections.length / steps));
  for (let from = 0; from < connections.length; from += perStep) {
    if (from > 0) await new Promise<void>((resolve) => void engine.clock.after(STEP_MS, resolve));
    for (const connection of connections.slice(from, from + perStep)) {
      if (connection.isOpen) closeConnection(engine, connection, refusal(closeFaults.reconnect));
    }
  }
  return connections.length;
}
