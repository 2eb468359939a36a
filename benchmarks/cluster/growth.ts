// One Redis and 1, 10 and 100 nodes: what all of them together get done, and what they cost when nothing happens.
import type { Redis } from 'ioredis';
import type { Bench } from '../measure.ts';
import { LedgerProcess } from './ledger-crowd.ts';
import { type RedisProcess, startRedis } from './redis-process.ts';
import { quantileOf, type Row } from './table.ts';

const NODES = [1, 10, 100];
const MOST_PROCESSES = 4;
const AT_ONCE = 400;
const PACED_PER_SECOND = 100;

export async function measureGrowth(bench: Bench, isQuick: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const nodes of NODES) {
    const redis = await startRedis(bench.directory, undefined);
    try {
      rows.push(await measureNodes(redis, nodes, isQuick ? 300 : 2_000));
    } finally {
      await redis.stop();
    }
  }
  return rows;
}

async function measureNodes(redis: RedisProcess, nodes: number, ms: number): Promise<Row> {
  const processes = await startProcesses(redis.url, nodes);
  const all = async (order: Parameters<LedgerProcess['tell']>[0]) =>
    await Promise.all(processes.map((each) => each.tell(order)));
  const [publisher] = processes;
  if (publisher === undefined) throw new Error('There are no nodes.');

  const idle = await between(redis.client, async () => await Bun.sleep(ms));
  const atOnce = Math.ceil(AT_ONCE / processes.length);
  const rate = async (isPresence: boolean): Promise<number> => {
    const answers = await all({ what: 'join', ms, atOnce, isPresence });
    return answers.reduce((sum, answer) => sum + (answer.count * 1_000) / answer.ms, 0);
  };
  const joins = await rate(false);
  const presenceJoins = await rate(true);

  await all({ what: 'listen' });
  await all({ what: 'heard' });
  const paced = await publisher.tell({ what: 'publish', ms, perSecond: PACED_PER_SECOND });
  const pacedHeard = await heardAll(all, paced.count * nodes);
  const flatOut = await publisher.tell({ what: 'publish', ms, perSecond: 0 });
  const startMs = performance.now();
  await heardAll(all, flatOut.count * nodes);
  // Whoever hears late, hears for longer.
  const fanMs = flatOut.ms + performance.now() - startMs;
  await Promise.all(processes.map((each) => each.end()));
  return {
    nodes,
    processes: processes.length,
    'joins /s': joins,
    'presence joins /s': presenceJoins,
    'publishes /s to all': (flatOut.count * 1_000) / fanMs,
    'deliveries to nodes /s': (flatOut.count * nodes * 1_000) / fanMs,
    'latency ms 50 %': quantileOf(pacedHeard, 0.5),
    '99 %': quantileOf(pacedHeard, 0.99),
    'idle: commands /s': idle.commands / (idle.ms / 1_000),
    'Redis core %': (idle.cpuSeconds * 100) / (idle.ms / 1_000),
  };
}

async function startProcesses(url: string, nodes: number): Promise<LedgerProcess[]> {
  const count = Math.min(nodes, MOST_PROCESSES);
  const share = Math.ceil(nodes / count);
  const firsts = Array.from({ length: count }, (_, at) => at * share).filter((first) => first < nodes);
  return await Promise.all(firsts.map((first) => LedgerProcess.start(url, first, Math.min(share, nodes - first))));
}

async function heardAll(
  all: (order: { what: 'heard' }) => Promise<readonly { count: number; latenciesMs: readonly number[] }[]>,
  expected: number,
): Promise<number[]> {
  const latenciesMs: number[] = [];
  const untilMs = performance.now() + 10_000;
  for (let heard = 0; heard < expected; ) {
    for (const answer of await all({ what: 'heard' })) {
      heard += answer.count;
      latenciesMs.push(...answer.latenciesMs);
    }
    if (performance.now() > untilMs) throw new Error(`The nodes heard ${heard} of ${expected} deliveries.`);
  }
  return latenciesMs;
}

interface Spent {
  readonly commands: number;
  readonly cpuSeconds: number;
  readonly ms: number;
}

/** Commands inside scripts count too. */
async function between(redis: Redis, task: () => Promise<void>): Promise<Spent> {
  const before = await usageOf(redis);
  const startMs = performance.now();
  await task();
  const ms = performance.now() - startMs;
  const after = await usageOf(redis);
  return { commands: after.commands - before.commands, cpuSeconds: after.cpuSeconds - before.cpuSeconds, ms };
}

async function usageOf(redis: Redis): Promise<{ commands: number; cpuSeconds: number }> {
  const [stats, cpu] = [await redis.info('commandstats'), await redis.info('cpu')];
  const commands = [...stats.matchAll(/^cmdstat_(?!info)[^:]+:calls=(\d+)/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
  const seconds = [...cpu.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
  return { commands, cpuSeconds: seconds };
}
