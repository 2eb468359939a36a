// What takes turns: the single node, several nodes on one Redis, and several processes on one port.
import { mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Servers } from '../generator.ts';
import type { Bench, Subject } from '../measure.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { startRedis } from './redis-process.ts';

const MAIN = resolve(import.meta.dir, '../../src/cli/main.ts');

export function singleNode(configFile: string): Subject {
  return {
    name: 'single',
    async start(bench) {
      const { pid, port, stop } = await startNode(bench, configFile, []);
      return { ports: [port], pids: [pid], stop };
    },
  };
}

/** Clients and publishers are spread over all of them. */
export function nodesOnRedis(configFile: string, count: number): Subject {
  return {
    name: count === 1 ? '1 node' : `${count} nodes`,
    start: async (bench) => await startNodes(bench, configFile, count),
  };
}

/** Publishers are on the first node, subscribers on the second one, so that every delivery crosses Redis. */
export function acrossRedis(configFile: string): Subject {
  return {
    name: 'A to B',
    async start(bench) {
      const servers = await startNodes(bench, configFile, 2);
      const [first = 0, second = 0] = servers.ports;
      return { ...servers, ports: [second], publishPorts: [first] };
    },
  };
}

export function workers(configFile: string, count: number): Subject {
  return {
    name: `${count} workers`,
    async start(bench) {
      const { pid, port, stop } = await startNode(bench, configFile, ['--workers', String(count)]);
      return { ports: [port], pids: [pid, ...childrenOf(pid)], stop };
    },
  };
}

/** Why nothing can be said of workers; null when they are there. */
export function whyNoWorkers(): string | null {
  const serve = readFileSync(resolve(import.meta.dir, '../../src/cli/serve.ts'), 'utf8');
  return serve.includes('workers') ? null : '`vask serve` of this checkout knows no workers';
}

export async function startNode(bench: Bench, configFile: string, options: readonly string[]): Promise<ServerProcess> {
  const directory = mkdtempSync(join(bench.directory, 'node-'));
  return await startServer({
    command: (port) => [process.execPath, MAIN, 'serve', '--config', configFile, '--port', String(port), ...options],
    core: bench.cores?.servers,
    directory,
    logFile: join(directory, 'log'),
  });
}

async function startNodes(bench: Bench, configFile: string, count: number): Promise<Servers> {
  const redis = await startRedis(bench.directory, bench.cores?.servers);
  const started = await Promise.allSettled(
    Array.from({ length: count }, () => startNode(bench, configFile, ['--redis-url', redis.url])),
  );
  const nodes = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    await redis.stop();
  };
  const failed = started.find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { ports: nodes.map(({ port }) => port), pids: [redis.pid, ...nodes.map(({ pid }) => pid)], stop };
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}
