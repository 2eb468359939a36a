// The machine under the benchmark: which cores the two sides get, and what to print about it.
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

export type Cores = {
  server: number;
  generator: number;
  /** All that are not the generator's, for several processes that are one server. */
  servers: readonly number[];
};

function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number);
      if (first === undefined || last === undefined) return [];
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

function siblingsOf(cpu: number): number[] {
  try {
    return parseCpuList(readFileSync(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, 'utf8'));
  } catch {
    return [cpu];
  }
}

/** Two logical cores that are not two halves of one, if taskset and two such cores are there. */
export function chooseCores(): Cores | undefined {
  if (Bun.which('taskset') === null) return undefined;
  const status = readFileSync('/proc/self/status', 'utf8');
  const allowed = parseCpuList(/^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? '');
  const [server] = allowed;
  if (server === undefined) return undefined;
  const siblings = siblingsOf(server);
  const generator = allowed.find((cpu) => !siblings.includes(cpu)) ?? allowed[1];
  if (generator === undefined) return undefined;
  return { server, generator, servers: allowed.filter((cpu) => cpu !== generator) };
}

export function pinned(command: readonly string[], cores: number | readonly number[] | undefined): string[] {
  return cores === undefined ? [...command] : ['taskset', '-c', [cores].flat().join(','), ...command];
}

export function describeMachine(cores: Cores | undefined): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memoryGb = Math.round(totalmem() / 1e9);
  const pinning = cores
    ? `server on core ${cores.server}, generator on core ${cores.generator}`
    : 'not pinned to cores (taskset or a second core is missing): expect more noise';
  return `Bun ${Bun.version}, Linux ${release()}, ${cpus().length} × ${model}, ${memoryGb} GB; ${pinning}`;
}
