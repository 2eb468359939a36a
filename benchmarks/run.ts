// `npm run bench`: lets Vask and the bare engine take turns at every workload, and prints the medians.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileGenerator } from './generator.ts';
import { chooseCores, describeMachine } from './machine.ts';
import { type Bench, measure, type WorkloadSamples } from './measure.ts';
import { type Options, readOptions, usage } from './options.ts';
import { renderTable, renderTitles } from './report.ts';
import { killServers } from './server-process.ts';
import { chooseTargets } from './targets.ts';
import { selectWorkloads, type Workload } from './workloads.ts';

function toJson(samples: readonly WorkloadSamples[], machine: string): string {
  const workloads = samples.map(({ workload, results }) => ({
    name: workload.name,
    title: workload.title,
    results: Object.fromEntries(results),
  }));
  return `${JSON.stringify({ machine, at: new Date().toISOString(), workloads }, null, 2)}\n`;
}

async function measureAll(options: Options, workloads: readonly Workload[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'vask-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const targets = chooseTargets(options, directory);
  const cores = chooseCores();
  const bench: Bench = { binary: compileGenerator(directory), cores, directory, options };
  const samples: WorkloadSamples[] = [];
  for (const workload of workloads) {
    process.stderr.write(`${workload.name}: ${workload.title}\n`);
    samples.push(await measure(bench, workload, targets));
  }
  const machine = describeMachine(cores);
  const names = targets.map((target) => target.name);
  process.stdout.write(`\n${machine}\n${options.sets} sets of ${options.roundsPerSet} rounds; median (quartiles)\n`);
  process.stdout.write(`${renderTitles(samples)}\n\n${renderTable(samples, names)}\n`);
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, toJson(samples, machine));
}

async function main(argv: readonly string[]): Promise<void> {
  const options = readOptions(argv);
  const workloads = selectWorkloads(options.only);
  switch (options.request) {
    case 'help':
      process.stdout.write(usage);
      return;
    case 'list':
      process.stdout.write(workloads.map(({ name, title }) => `${name}: ${title}\n`).join(''));
      return;
    case 'measure':
      return await measureAll(options, workloads);
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killServers();
    process.exit(130);
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
