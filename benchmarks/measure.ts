// Measures one workload. The servers live side by side and take turns window by window, so that a machine that slows
// down for seconds slows them all; and they are replaced now and then, so that no lucky or unlucky process (code
// compiled well, memory laid out badly) decides the result.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Generator, type Servers, startGenerator } from './generator.ts';
import type { Cores } from './machine.ts';
import type { Pace } from './options.ts';
import { planFor } from './plan.ts';
import type { GeneratorResult, Workload } from './workloads.ts';

export type Bench = { binary: string; cores: Cores | undefined; directory: string; options: Pace };

/** One side of a comparison. */
export type Subject = { name: string; start: (bench: Bench) => Promise<Servers> };

/** All results of one workload, per server in the order of the rounds. */
export type WorkloadSamples = { workload: Workload; results: ReadonlyMap<string, readonly GeneratorResult[]> };

type Contender = { target: Subject; servers: Servers; generator: Generator };
type Record = (target: string, result: GeneratorResult) => void;

async function startContender(bench: Bench, workload: Workload, target: Subject): Promise<Contender> {
  const planFile = join(bench.directory, 'plan');
  writeFileSync(planFile, planFor(workload, Math.floor(Date.now() / 1000)));
  const servers = await target.start(bench);
  try {
    const generator = await startGenerator({
      binary: bench.binary,
      core: bench.cores?.generator,
      planFile,
      servers,
      workload,
      targetName: target.name,
    });
    return { target, servers, generator };
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

async function stopContender({ generator, servers }: Contender): Promise<void> {
  await generator.stop();
  await servers.stop();
}

async function takeTurns(bench: Bench, workload: Workload, contenders: Contender[], rounds: number, record: Record) {
  const { rampSeconds, measureSeconds, warmSeconds } = bench.options;
  if (!workload.isOneShot) {
    for (const { generator } of contenders) await generator.warm(warmSeconds);
  }
  for (let round = 0; round < rounds; round++) {
    // Every other round goes backwards, so that no server always follows the same one.
    for (const { generator, target } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      record(target.name, await generator.measure(rampSeconds, measureSeconds));
    }
  }
}

export async function measure(bench: Bench, workload: Workload, targets: readonly Subject[]): Promise<WorkloadSamples> {
  const results = new Map<string, GeneratorResult[]>(targets.map((target) => [target.name, []]));
  const record: Record = (target, result) => results.get(target)?.push(result);
  for (let set = 0; set < bench.options.sets; set++) {
    const contenders: Contender[] = [];
    try {
      // Started in turns as well: the second one started finds a machine that the first has changed.
      const order = set % 2 === 0 ? targets : targets.toReversed();
      for (const target of order) contenders.push(await startContender(bench, workload, target));
      await takeTurns(bench, workload, contenders, workload.isOneShot ? 1 : bench.options.roundsPerSet, record);
    } finally {
      for (const contender of contenders) await stopContender(contender);
    }
  }
  return { workload, results };
}
