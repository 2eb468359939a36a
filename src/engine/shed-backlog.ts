// What waits for slow readers has a bound for the whole node: beyond it those for whom most is waiting are cut, until the
// rest fits. Nothing is skipped for anybody (docs/decisions/0004-slow-readers.md).
import type { Connection } from '../core/connection.ts';
import type { Engine } from './engine.ts';

const LOOK_MS = 50;
/** A look before the bound is reached, since what is sent is counted in characters and looked at late. */
const EARLY = 0.25;

/**
 * Looks whenever enough may be waiting: no more can wait than did at the last look and has been sent since, so while
 * little is sent nobody has to be looked at. The answer ends it.
 */
export function watchBacklog(engine: Engine): () => void {
  let seenBytes = sentBytes(engine);
  return engine.clock.every(LOOK_MS, () => {
    const nowBytes = sentBytes(engine);
    const mayWait = engine.backlogBytes + nowBytes - seenBytes;
    if (mayWait <= engine.settings.backlogTotalBytes * EARLY) return;
    seenBytes = nowBytes;
    for (const { connections } of engine.spaces.values()) {
      for (const connection of connections.values()) connection.backlogBytes = connection.outlet.backlogBytes;
    }
    shedBacklog(engine);
  });
}

function sentBytes({ spaces }: Engine): number {
  let bytes = 0;
  for (const { usage } of spaces.values()) bytes += usage.bytesOut;
  return bytes;
}

/** Adds up what was just seen to wait, and cuts who is too much. */
export function shedBacklog(engine: Engine): void {
  const bound = engine.settings.backlogTotalBytes;
  engine.backlogBytes = 0;
  const waiting: Connection[] = [];
  for (const { connections } of engine.spaces.values()) {
    for (const connection of connections.values()) {
      if (connection.backlogBytes === 0) continue;
      engine.backlogBytes += connection.backlogBytes;
      waiting.push(connection);
    }
  }
  if (engine.backlogBytes <= bound) return;
  waiting.sort((one, other) => other.backlogBytes - one.backlogBytes);
  for (const connection of waiting) {
    if (engine.backlogBytes <= bound) return;
    const { app, socketId, backlogBytes } = connection;
    engine.backlogBytes -= backlogBytes;
    engine.observe({ kind: 'slowReaderClosed', app: app.id, socketId, backlogBytes, bound: 'backlogTotalBytes' });
    // Told already; the end of the connection does not tell it again.
    connection.backlogBytes = 0;
    connection.outlet.cut();
  }
}
