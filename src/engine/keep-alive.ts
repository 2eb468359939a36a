// Finds the connections whose time is up. One pass over all of them each second, comparing numbers: 100,000 connections
// cost about a millisecond, and no connection needs a timer of its own.
import type { Connection } from '../core/connection.ts';
import type { Space } from '../core/space.ts';
import { closeFaults, refusal } from '../protocol/faults.ts';
import type { Engine } from './engine.ts';
import { closeConnection } from './refuse.ts';
import { shedBacklog } from './shed-backlog.ts';

const SWEEP_MS = 1_000;
/** No sweep is so late while the machine is well. */
const CLOCK_SET_MS = 10_000;
/** A space of an app that was removed is kept for so long, for what is still under way in it. */
const FORGET_MS = 60_000;

/** Starts the sweeping; the answer ends it. */
export function keepAlive(engine: Engine): () => void {
  let sweptAtMs = engine.clock.now();
  return engine.clock.every(SWEEP_MS, () => {
    const nowMs = engine.clock.now();
    heedClock(engine, nowMs - sweptAtMs - SWEEP_MS);
    sweptAtMs = nowMs;
    for (const space of engine.spaces.values()) {
      for (const connection of space.connections.values()) check(engine, connection, nowMs);
      if (isForgotten(space, nowMs)) engine.spaces.delete(space.app.id);
    }
    shedBacklog(engine);
  });
}

// A process that was stopped for so long looks the same, and could hear nobody meanwhile either.
function heedClock(engine: Engine, byMs: number): void {
  if (Math.abs(byMs) < CLOCK_SET_MS) return;
  engine.observe({ kind: 'clockSet', byMs });
  for (const { connections } of engine.spaces.values()) {
    for (const connection of connections.values()) connection.shift(byMs);
  }
}

function isForgotten({ removedAtMs, connections, channels }: Space, nowMs: number): boolean {
  if (removedAtMs === null || nowMs - removedAtMs < FORGET_MS) return false;
  return connections.size === 0 && channels.size === 0;
}

function check(engine: Engine, connection: Connection, nowMs: number): void {
  const { activityTimeoutSeconds, pongTimeoutSeconds, inactiveTimeoutSeconds } = engine.settings;
  connection.backlogBytes = connection.outlet.backlogBytes;
  const { authorizeByMs, heardAtMs, messageAtMs, pingedAtMs, subscriptions } = connection;
  if (authorizeByMs > 0 && nowMs >= authorizeByMs) {
    return closeConnection(engine, connection, refusal(closeFaults.notAuthorizedInTime));
  }
  if (pingedAtMs > 0) {
    if (nowMs - pingedAtMs < pongTimeoutSeconds * 1000) return;
    return closeConnection(engine, connection, refusal(closeFaults.noPong));
  }
  if (nowMs - messageAtMs >= inactiveTimeoutSeconds * 1000 && subscriptions.size === 0) {
    return closeConnection(engine, connection, refusal(closeFaults.inactive));
  }
  if (nowMs - heardAtMs < activityTimeoutSeconds * 1000) return;
  // Only pusher-js would answer a ping event; every client answers a WebSocket ping frame (P-2.12).
  connection.pingedAtMs = nowMs;
  connection.outlet.ping();
}
