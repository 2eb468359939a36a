// The metrics of the process, under the names that Prometheus' own clients use, and by how much its timers come late.
import { readdirSync, statSync } from 'node:fs';
import type { Clock } from '../engine/ports.ts';
import type { Sample } from './exposition.ts';

const FDS = '/proc/self/fd';
const STEP_MS = 500;
/** How many steps the largest lag is kept for. */
const STEPS_KEPT = 120;

/** @param maxDescriptors null where there is no limit. */
export function processSamples(maxDescriptors: number | null): readonly Sample[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const samples: Sample[] = [
    { metric: 'process_cpu_seconds_total', value: (user + system) / 1e6 },
    { metric: 'process_resident_memory_bytes', value: rss },
    { metric: 'process_heap_bytes', value: heapUsed },
    { metric: 'process_start_time_seconds', value: Math.round(performance.timeOrigin) / 1000 },
  ];
  const open = openDescriptors();
  if (maxDescriptors !== null) samples.push({ metric: 'process_max_fds', value: maxDescriptors });
  if (open !== null) samples.push({ metric: 'process_open_fds', value: open });
  return samples;
}

/** Null where the system does not tell. Since Linux 6.2 the size of the folder is the number, and nothing is listed. */
function openDescriptors(): number | null {
  try {
    return statSync(FDS).size || readdirSync(FDS).length;
  } catch {
    return null;
  }
}

export interface LoopLag {
  samples(): readonly Sample[];
  stop(): void;
}

/** @param nowMs a clock that never goes back. */
export function measureLoopLag(clock: Pick<Clock, 'every'>, nowMs: () => number): LoopLag {
  const lags: number[] = [];
  let lastMs = nowMs();
  const stop = clock.every(STEP_MS, () => {
    const atMs = nowMs();
    lags.push(Math.max(0, atMs - lastMs - STEP_MS));
    if (lags.length > STEPS_KEPT) lags.shift();
    lastMs = atMs;
  });
  return {
    samples() {
      // A turn that is under way already late counts as well.
      const overdue = Math.max(0, nowMs() - lastMs - STEP_MS);
      const latest = Math.max(overdue, lags.at(-1) ?? 0);
      return [
        { metric: 'vask_event_loop_lag_seconds', value: latest / 1000 },
        { metric: 'vask_event_loop_lag_max_seconds', value: Math.max(latest, ...lags) / 1000 },
      ];
    },
    stop,
  };
}
