// How much the process has to do: by how much its timers are late, and what it holds of the machine's memory.
import { totalmem } from 'node:os';
import type { Load } from '../core/overload.ts';

const LOOK_MS = 250;
/** Of what there is; the rest is for the system, and for what is freed too late. */
const MEMORY_TO_USE = 0.85;

/** Looks again and again; the answer ends it. The lateness goes by a clock that nobody sets. */
export function watchLoad(see: (load: Load) => void): () => void {
  let dueMs = performance.now() + LOOK_MS;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    see({ lagMs: Math.max(0, nowMs - dueMs), memoryBytes: memoryHeld() });
    dueMs = nowMs + LOOK_MS;
  }, LOOK_MS);
  return () => clearInterval(timer);
}

/** Reading it takes a descriptor for a moment. */
function memoryHeld(): number | null {
  try {
    return process.memoryUsage.rss();
  } catch {
    return null;
  }
}

/** Bytes that one of so many processes may hold. */
export function memoryToUse(processes: number): number {
  // Without a limit of a container, some systems tell a number that no machine has.
  const limit = Math.min(totalmem(), process.constrainedMemory() || totalmem());
  return Math.floor((limit * MEMORY_TO_USE) / processes);
}
