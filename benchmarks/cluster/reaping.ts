// A node with 100,000 things dies, and two others undo what it held: how long that takes, and for how long Redis
// answers nobody else meanwhile.
import type { Redis } from 'ioredis';
import type { Bench } from '../measure.ts';
import { LedgerProcess } from './ledger-crowd.ts';
import { startRedis } from './redis-process.ts';
import { quantileOf, type Row } from './table.ts';

const ENTRIES = 100_000;
const QUICK_ENTRIES = 5_000;
const LOOK_MS = 5;
const PATIENCE_MS = 60_000;
/** Calls that take longer are written down by Redis, microseconds. */
const SLOW_US = 100;

export async function measureReaping(bench: Bench, isQuick: boolean): Promise<Row[]> {
  const redis = await startRedis(bench.directory, undefined);
  try {
    const { client } = redis;
    const others = await LedgerProcess.start(redis.url, 1, 2);
    const victim = await LedgerProcess.start(redis.url, 0, 1);
    const entries = isQuick ? QUICK_ENTRIES : ENTRIES;
    const held = await victim.tell({ what: 'hold', entries });
    const [key = ''] = await client.keys('bench:*held:node-0.*');
    const node = key.slice(key.indexOf('node-0.'));
    const nodes = key.replace(/held:.*$/, 'nodes');
    const size = await client.scard(key);
    await client.config('SET', 'slowlog-log-slower-than', String(SLOW_US));
    await client.config('SET', 'slowlog-max-len', '100000');
    await client.slowlog('RESET');

    const startMs = performance.now();
    await victim.kill();
    const noticedMs = (await until(async () => (await client.zscore(nodes, node)) === null)) - startMs;
    const goneMs = (await until(async () => (await client.exists(key)) === 0)) - startMs;
    const callsMs = await slowCallsMs(client);
    await others.end();
    const left = await client.keys('bench:*');
    // The facts are for others to read, and remain.
    const forgotten = left.filter((name) => !name.endsWith(':facts'));
    if (forgotten.length > 0) throw new Error(`Left behind: ${forgotten.slice(0, 5).join(', ')}`);
    return [
      {
        entries: size,
        'entering them, s': held.ms / 1_000,
        'noticed after s': noticedMs / 1_000,
        'undone in s': (goneMs - noticedMs) / 1_000,
        'all gone after s': goneMs / 1_000,
        'calls ms: 50 %': quantileOf(callsMs, 0.5),
        '99 %': quantileOf(callsMs, 0.99),
        longest: Math.max(0, ...callsMs),
      },
    ];
  } finally {
    await redis.stop();
  }
}

/** @returns when it became so. */
async function until(holds: () => Promise<boolean>): Promise<number> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error('The dead node is still there.');
    await Bun.sleep(LOOK_MS);
  }
  return performance.now();
}

async function slowCallsMs(client: Redis): Promise<number[]> {
  const log = (await client.slowlog('GET', -1)) as readonly (readonly unknown[])[];
  const isStep = (command: unknown): boolean => Array.isArray(command) && /^evalsha$/i.test(String(command[0]));
  return log.filter((entry) => isStep(entry[3])).map((entry) => Number(entry[2]) / 1_000);
}
