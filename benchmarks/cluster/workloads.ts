// What several nodes are measured at, beside the single one: rows as in ../workloads.ts.
import { plain, rates, type Workload } from '../workloads.ts';

const WINDOW = 64;

export const publishes: Workload = {
  name: 'publishes',
  title: 'signed publishes on node A to 1 subscriber on node B, 64 under way',
  metrics: rates('publishes', {}),
  generator: { workload: 'fanout', connections: 1, publishers: WINDOW, window: WINDOW },
  channels: 1,
  channelPrefix: 'bench-',
};

/** Unpaced, it says what half load is. */
export const capacity: Workload = {
  name: 'capacity',
  title: 'publishes on node A, 64 channels × 2 subscribers on node B, flat out',
  metrics: rates('publishes', {}),
  generator: { workload: 'fanout', connections: WINDOW * 2, publishers: WINDOW, window: WINDOW },
  channels: WINDOW,
  channelPrefix: 'bench-',
};

const latencies = [plain('median', 'p50Ms', 'ms', 1), plain('99 %', 'p99Ms', 'ms', 1)];

export function latencyAt(publishesPerSecond: number): Workload {
  return {
    ...capacity,
    name: 'latency-half',
    title: `publish to delivery at ${publishesPerSecond} publishes/s, half of what A to B can do`,
    metrics: latencies,
    generator: { ...capacity.generator, pacedPerSecond: publishesPerSecond },
  };
}

export const calmLatency: Workload = {
  name: 'latency-calm',
  title: 'publish to delivery, 1 subscriber, 200 publishes/s',
  metrics: latencies,
  generator: { workload: 'fanout', connections: 1, publishers: 1, window: 1, pacedPerSecond: 200 },
  channels: 1,
  channelPrefix: 'bench-',
};

/** Numbers of connections that any number of nodes up to four divides. */
export const deliveries: readonly Workload[] = [
  {
    name: 'broadcast',
    title: '1 channel × 3,000 subscribers on all nodes, 64 publishes under way by all nodes',
    metrics: rates('deliveries', {}),
    generator: { workload: 'fanout', connections: 3_000, publishers: 60, window: WINDOW },
    channels: 1,
    channelPrefix: 'bench-',
  },
  {
    name: 'channels',
    title: '300 channels × 12 subscribers on all nodes in turn, 64 publishes under way by all nodes',
    metrics: rates('deliveries', {}),
    generator: { workload: 'fanout', connections: 3_600, publishers: 60, window: WINDOW },
    channels: 300,
    channelPrefix: 'bench-',
  },
];

export const joins: readonly Workload[] = [
  {
    name: 'joins',
    title: 'join and leave: the first join and the last leave of a channel each time, 240 at once',
    metrics: rates('joins', {}),
    generator: { workload: 'joins', connections: 240 },
    channels: 240,
    channelPrefix: 'bench-',
  },
  {
    name: 'presence-joins',
    title: 'the same with presence channels',
    metrics: rates('joins', {}),
    generator: { workload: 'joins', connections: 240 },
    channels: 240,
    channelPrefix: 'presence-bench-',
  },
];

/** For processes on one port: they share all cores with the generator, so it does not need much. */
export const onOnePort: readonly Workload[] = [
  {
    name: 'workers-publishes',
    title: 'signed publishes to 1 subscriber, 64 under way; nothing is pinned to a core',
    metrics: rates('publishes', {}),
    generator: { workload: 'fanout', connections: 1, publishers: WINDOW, window: WINDOW },
    channels: 1,
    channelPrefix: 'bench-',
  },
  {
    name: 'workers-broadcast',
    title: '1 channel × 3,000 subscribers, 64 publishes under way; nothing is pinned to a core',
    metrics: rates('deliveries', {}),
    generator: { workload: 'fanout', connections: 3_000, publishers: WINDOW, window: WINDOW },
    channels: 1,
    channelPrefix: 'bench-',
  },
];
