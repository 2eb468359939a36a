// `npm run bench:cluster`: several nodes on one Redis beside the single node, and what the nodes ask of Redis.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileGenerator } from '../generator.ts';
import { chooseCores, describeMachine } from '../machine.ts';
import { type Bench, measure, type Subject, type WorkloadSamples } from '../measure.ts';
import { renderTable, renderTitles } from '../report.ts';
import { killServers } from '../server-process.ts';
import { spreadOf } from '../statistics.ts';
import { writeConfig } from '../targets.ts';
import type { Workload } from '../workloads.ts';
import { countCommands } from './commands.ts';
import { measureGrowth } from './growth.ts';
import { type ClusterOptions, type Part, readOptions, usage } from './options.ts';
import { measureReaping } from './reaping.ts';
import { redisProgram } from './redis-process.ts';
import { acrossRedis, nodesOnRedis, singleNode, whyNoWorkers, workers } from './subjects.ts';
import { type Row, renderRows } from './table.ts';
import { calmLatency, capacity, deliveries, joins, latencyAt, onOnePort, publishes } from './workloads.ts';

const HOP_GOAL_MS = 1;
const REAP_GOAL_S = 2;
const CALL_GOAL_MS = 5;

/** What a part has to show: for people, and every figure. */
interface Finding {
  readonly part: Part;
  readonly text: string;
  readonly figures: unknown;
}

interface Scene {
  readonly bench: Bench;
  readonly config: string;
  readonly isQuick: boolean;
}

async function compare(
  part: Part,
  bench: Bench,
  workloads: readonly Workload[],
  subjects: readonly Subject[],
  judge: (samples: readonly WorkloadSamples[]) => string = () => '',
): Promise<Finding> {
  const samples: WorkloadSamples[] = [];
  for (const workload of workloads) {
    process.stderr.write(`${workload.name}: ${workload.title}\n`);
    samples.push(await measure(bench, workload, subjects));
  }
  const names = subjects.map(({ name }) => name);
  const text = `${renderTitles(samples)}\n\n${renderTable(samples, names)}${judge(samples)}`;
  const figures = samples.map(({ workload: { name, title }, results }) => ({
    name,
    title,
    results: Object.fromEntries(results),
  }));
  return { part, text, figures };
}

function listing(part: Part, rows: readonly Row[], verdict = ''): Finding {
  return { part, text: `${renderRows(rows)}${verdict}`, figures: rows };
}

/** By how much the median of B is later than that of the single node. */
function hop(samples: readonly WorkloadSamples[]): string {
  const median = (sample: WorkloadSamples, name: string): number =>
    spreadOf((sample.results.get(name) ?? []).map((result) => result['p50Ms'] ?? Number.NaN)).median;
  const told = samples.map((sample) => {
    const ms = median(sample, 'A to B') - median(sample, 'single');
    return `  ${sample.workload.name}: Redis adds ${ms.toFixed(2)} ms at the median; goal ≤ ${HOP_GOAL_MS} ms ${verdict(ms, HOP_GOAL_MS)}`;
  });
  return `\n\n${told.join('\n')}`;
}

function verdict(figure: number, goal: number): string {
  return figure <= goal ? 'yes' : 'NO';
}

async function latencies({ bench, config }: Scene): Promise<Finding> {
  const across = acrossRedis(config);
  process.stderr.write(`${capacity.name}: ${capacity.title}\n`);
  const flatOut = await measure({ ...bench, options: { ...bench.options, sets: 1 } }, capacity, [across]);
  const rates = (flatOut.results.get(across.name) ?? []).map((result) => (result['publishes'] ?? 0) / result.seconds);
  const half = Math.max(1, Math.floor(spreadOf(rates).median / 2));
  return await compare('latency', bench, [calmLatency, latencyAt(half)], [across, singleNode(config)], hop);
}

async function onePort({ bench, config }: Scene): Promise<Finding> {
  const why = whyNoWorkers();
  if (why !== null) return { part: 'workers', text: `  Left out: ${why}.`, figures: [] };
  // Nothing is pinned: with two cores there would be one for all workers.
  const free = { ...bench, cores: undefined };
  return await compare('workers', free, onOnePort, [workers(config, 2), singleNode(config)]);
}

async function reaping({ bench, isQuick }: Scene): Promise<Finding> {
  const rows = await measureReaping(bench, isQuick);
  const seconds = Number(rows[0]?.['all gone after s']);
  const call = Number(rows[0]?.['longest']);
  const goals = [
    `all gone ≤ ${REAP_GOAL_S} s ${verdict(seconds, REAP_GOAL_S)}`,
    `longest call ≤ ${CALL_GOAL_MS} ms ${verdict(call, CALL_GOAL_MS)}`,
  ];
  return listing('reaping', rows, `\n\n  goals: ${goals.join(', ')}`);
}

const parts: Readonly<Record<Part, (scene: Scene) => Promise<Finding>>> = {
  latency: latencies,
  publishes: ({ bench, config }) =>
    compare('publishes', bench, [publishes], [acrossRedis(config), nodesOnRedis(config, 1), singleNode(config)]),
  deliveries: ({ bench, config }) =>
    compare('deliveries', bench, deliveries, [
      nodesOnRedis(config, 3),
      nodesOnRedis(config, 2),
      nodesOnRedis(config, 1),
      singleNode(config),
    ]),
  joins: ({ bench, config }) =>
    compare('joins', bench, joins, [nodesOnRedis(config, 3), nodesOnRedis(config, 1), singleNode(config)]),
  workers: onePort,
  commands: async ({ bench, config, isQuick }) => listing('commands', await countCommands(bench, config, isQuick)),
  reaping,
  growth: async ({ bench, isQuick }) => listing('growth', await measureGrowth(bench, isQuick)),
};

async function main(options: ClusterOptions): Promise<void> {
  if (redisProgram() === null) throw new Error('There is no Redis; install it (Debian: apt-get install redis-server).');
  const directory = mkdtempSync(join(tmpdir(), 'vask-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const bench: Bench = { binary: compileGenerator(directory), cores: chooseCores(), directory, options };
  const scene = { bench, config: writeConfig(directory), isQuick: options.isQuick };
  const machine = describeMachine(bench.cores);
  const findings: Finding[] = [];
  process.stdout.write(`${machine}; several nodes and Redis on core ${bench.cores?.servers.join(', ') ?? 'any'}\n`);
  process.stdout.write(`${options.sets} sets of ${options.roundsPerSet} rounds; median (quartiles)\n`);
  for (const part of options.parts) {
    process.stderr.write(`# ${part}\n`);
    const finding = await parts[part](scene);
    findings.push(finding);
    process.stdout.write(`\n${part}\n${finding.text}\n`);
  }
  if (options.jsonFile === null) return;
  const figures = Object.fromEntries(findings.map(({ part, figures: all }) => [part, all]));
  writeFileSync(
    options.jsonFile,
    `${JSON.stringify({ machine, at: new Date().toISOString(), parts: figures }, null, 2)}\n`,
  );
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killServers();
    process.exit(130);
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.wantsHelp) process.stdout.write(usage);
  else await main(options);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
