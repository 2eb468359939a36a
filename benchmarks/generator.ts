// Compiles the load generator (benchmarks/load, plain C), and runs it as a child that is told when to measure.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from './credentials.ts';
import { pinned } from './machine.ts';
import type { GeneratorResult, Workload } from './workloads.ts';

export type Generator = {
  warm: (seconds: number) => Promise<void>;
  measure: (rampSeconds: number, seconds: number) => Promise<GeneratorResult>;
  stop: () => Promise<void>;
};

export type GeneratorStart = {
  binary: string;
  core: number | undefined;
  planFile: string;
  servers: Servers;
  workload: Workload;
  targetName: string;
};

/** What is under measurement: one server, or several processes that are one. */
export type Servers = {
  /** Where clients connect, in turn. */
  ports: readonly number[];
  /** Where publishers connect, if it is not the same. */
  publishPorts?: readonly number[];
  /** Whose CPU time counts. */
  pids: readonly number[];
  stop: () => Promise<void>;
};

const stopTimeoutMs = 3_000;

export function compileGenerator(directory: string): string {
  const binary = join(directory, 'load');
  const sourceDirectory = join(import.meta.dir, 'load');
  const sources = readdirSync(sourceDirectory).filter((name) => name.endsWith('.c'));
  const command = ['cc', '-O2', '-std=gnu11', '-D_GNU_SOURCE', ...sources, '-o', binary];
  if (Bun.which('cc') === null) throw new Error('The load generator is C: install a compiler (Debian: gcc libc6-dev).');
  const compiled = Bun.spawnSync(command, { cwd: sourceDirectory, stderr: 'pipe' });
  if (!compiled.success) throw new Error(`The load generator does not compile:\n${compiled.stderr.toString()}`);
  return binary;
}

function argumentsFor(start: GeneratorStart): string[] {
  const { generator, channels } = start.workload;
  const { ports, publishPorts = ports, pids } = start.servers;
  const settings: Record<string, string | number> = {
    ports: ports.join(','),
    'publish-ports': publishPorts.join(','),
    pids: pids.join(','),
    path: `/app/${credentials.key}?protocol=7&client=js&version=8.6.0`,
    key: credentials.key,
    secret: credentials.secret,
    connections: generator.connections,
    publishers: generator.publishers ?? 1,
    window: generator.window ?? 1,
    paced: generator.pacedPerSecond ?? 0,
    ...(channels > 0 ? { plan: start.planFile } : {}),
  };
  return Object.entries(settings).map(([name, value]) => `${name}=${value}`);
}

/** Cuts a stream of text into lines, one for each call. */
function lineReader(stream: ReadableStream<Uint8Array>): () => Promise<string | undefined> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let held = '';
  return async () => {
    while (!held.includes('\n')) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      held += decoder.decode(value, { stream: true });
    }
    const end = held.indexOf('\n');
    const line = held.slice(0, end);
    held = held.slice(end + 1);
    return line;
  };
}

/** Resolves when all clients are connected and subscribed. */
export async function startGenerator(start: GeneratorStart): Promise<Generator> {
  const command = [start.binary, start.workload.generator.workload, ...argumentsFor(start)];
  const child = Bun.spawn(pinned(command, start.core), { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
  const nextLine = lineReader(child.stdout);
  const complaint = child.stderr.text();
  const answer = async (): Promise<string> => {
    const line = await nextLine();
    if (line !== undefined) return line;
    const reason = (await complaint).trim() || 'the generator ended without a word';
    throw new Error(`${start.workload.name} on ${start.targetName}: ${reason}`);
  };
  const ask = async (request: string): Promise<string> => {
    child.stdin.write(`${request}\n`);
    await child.stdin.flush();
    return await answer();
  };
  const stop = async (): Promise<void> => {
    await child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await child.exited;
    clearTimeout(timer);
  };
  try {
    await answer();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    warm: async (seconds) => void (await ask(`warm ${seconds}`)),
    measure: async (rampSeconds, seconds) =>
      JSON.parse(await ask(`measure ${rampSeconds} ${seconds}`)) as GeneratorResult,
    stop,
  };
}
