// What is measured: one row per workload. Everything a workload is made of stands here, so that the README's table and
// the code can be compared at a glance.

/** One measured window, as the generator printed it; which counters there are depends on the workload. */
export type GeneratorResult = {
  seconds: number;
  serverCpuSeconds: number;
  generatorBusySeconds: number;
} & Readonly<Partial<Record<string, number>>>;

export type Metric = {
  label: string;
  unit: string;
  better: 'higher' | 'lower';
  of: (result: GeneratorResult) => number;
  /** The ratio Vask / bare that Vask has set itself as a goal. */
  goalRatio?: number;
  /** The absolute figure that Vask has set itself as a goal, on one core of an ordinary server. */
  goalFigure?: number;
};

export type Workload = {
  name: string;
  title: string;
  metrics: readonly Metric[];
  generator: {
    workload: 'fanout' | 'pairs' | 'churn' | 'accept' | 'idle' | 'joins';
    connections: number;
    publishers?: number;
    window?: number;
    pacedPerSecond?: number;
  };
  /** How many channels the connections share evenly; none means that they subscribe to nothing. */
  channels: number;
  channelPrefix: string;
  /** Measured once per server process, without a warm-up. */
  isOneShot?: boolean;
};

type Goals = { ratio?: number; figure?: number };

// A rate is given twice, because on a machine with few or shared cores the wall clock also measures the neighbours.
export function rates(counter: string, goals: Goals): Metric[] {
  const ratio = goals.ratio === undefined ? {} : { goalRatio: goals.ratio };
  const figure = goals.figure === undefined ? {} : { goalFigure: goals.figure };
  const count = (result: GeneratorResult): number => result[counter] ?? Number.NaN;
  return [
    {
      label: counter,
      unit: '/s',
      better: 'higher',
      of: (result) => count(result) / result.seconds,
      ...ratio,
      ...figure,
    },
    {
      label: counter,
      unit: '/cpu-s',
      better: 'higher',
      of: (result) => count(result) / result.serverCpuSeconds,
      ...ratio,
    },
  ];
}

export function plain(label: string, key: string, unit: string, scale: number, goals: Goals = {}): Metric {
  const figure = goals.figure === undefined ? {} : { goalFigure: goals.figure };
  return { label, unit, better: 'lower', of: (result) => (result[key] ?? Number.NaN) / scale, ...figure };
}

export const workloads: readonly Workload[] = [
  {
    name: 'broadcast-1k',
    title: '1 channel × 1,000 subscribers, 64 publishes under way',
    metrics: rates('deliveries', { ratio: 0.9 }),
    generator: { workload: 'fanout', connections: 1_000, publishers: 64, window: 64 },
    channels: 1,
    channelPrefix: 'bench-',
  },
  {
    name: 'broadcast-1k-calm',
    title: '1 channel × 1,000 subscribers, 2 publishes under way',
    metrics: rates('deliveries', { ratio: 0.9 }),
    generator: { workload: 'fanout', connections: 1_000, publishers: 2, window: 2 },
    channels: 1,
    channelPrefix: 'bench-',
  },
  {
    name: 'broadcast-10k',
    title: '1 channel × 10,000 subscribers, 16 publishes under way',
    metrics: rates('deliveries', { ratio: 0.9 }),
    generator: { workload: 'fanout', connections: 10_000, publishers: 16, window: 16 },
    channels: 1,
    channelPrefix: 'bench-',
  },
  {
    name: 'channels',
    title: '1,000 channels × 10 subscribers in turn, 64 publishes under way',
    metrics: rates('deliveries', { ratio: 0.8 }),
    generator: { workload: 'fanout', connections: 10_000, publishers: 64, window: 64 },
    channels: 1_000,
    channelPrefix: 'bench-',
  },
  {
    name: 'publishes',
    title: 'signed publishes to 1 subscriber, 64 under way',
    metrics: rates('publishes', { ratio: 0.8, figure: 35_000 }),
    generator: { workload: 'fanout', connections: 1, publishers: 64, window: 64 },
    channels: 1,
    channelPrefix: 'bench-',
  },
  {
    name: 'pairs',
    title: 'client events, 100 pairs, 4 under way each way',
    metrics: rates('deliveries', { ratio: 0.8 }),
    generator: { workload: 'pairs', connections: 200, window: 4 },
    channels: 100,
    channelPrefix: 'private-bench-',
  },
  {
    name: 'connect',
    title: 'connect, greeting, close; 64 at once',
    metrics: rates('connections', { ratio: 0.8 }),
    generator: { workload: 'churn', connections: 64 },
    channels: 0,
    channelPrefix: '',
  },
  {
    name: 'accept',
    title: 'connect and stay, waves of 9,000',
    metrics: rates('connections', { ratio: 0.8, figure: 15_000 }),
    generator: { workload: 'accept', connections: 9_000 },
    channels: 0,
    channelPrefix: '',
  },
  {
    name: 'memory',
    title: '10,000 idle connections with 1 subscription each, 1,000 channels',
    metrics: [
      plain('per connection', 'bytesPerConnection', 'kB', 1_000, { figure: 5 }),
      plain('per further one', 'bytesPerFurtherConnection', 'kB', 1_000),
      plain('before the first', 'residentBeforeBytes', 'MB', 1_000_000),
    ],
    generator: { workload: 'idle', connections: 10_000 },
    channels: 1_000,
    channelPrefix: 'bench-',
    isOneShot: true,
  },
  {
    name: 'latency',
    title: 'publish to delivery, 1,000 subscribers, 50 publishes/s',
    metrics: [plain('median', 'p50Ms', 'ms', 1), plain('99 %', 'p99Ms', 'ms', 1)],
    generator: { workload: 'fanout', connections: 1_000, publishers: 1, window: 1, pacedPerSecond: 50 },
    channels: 1,
    channelPrefix: 'bench-',
  },
];

export function selectWorkloads(names: readonly string[]): readonly Workload[] {
  const unknown = names.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown.length > 0) {
    throw new Error(`No such workload: ${unknown.join(', ')}. There are ${workloads.map((w) => w.name).join(', ')}.`);
  }
  return names.length === 0 ? workloads : workloads.filter((workload) => names.includes(workload.name));
}
