// The Redis between the nodes under measurement: the one that is installed, empty, on a free port, keeping nothing.
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { pinned } from '../machine.ts';
import { freePort } from '../server-process.ts';

export interface RedisProcess {
  readonly url: string;
  readonly pid: number;
  readonly client: Redis;
  stop(): Promise<void>;
}

const READY_MS = 10_000;
const PAUSE_MS = 20;

const running = new Set<Bun.Subprocess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Null when none is installed. */
export function redisProgram(): string | null {
  return Bun.which('redis-server') ?? Bun.which('valkey-server');
}

export async function startRedis(directory: string, cores: readonly number[] | undefined): Promise<RedisProcess> {
  const program = redisProgram();
  if (program === null) throw new Error('There is no Redis; install it (Debian: apt-get install redis-server).');
  const port = freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const place = ['--dir', mkdtempSync(join(directory, 'redis-'))];
  const child = Bun.spawn(pinned([program, ...options, ...place], cores), {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
  });
  running.add(child);
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  const untilMs = performance.now() + READY_MS;
  while (client.status !== 'ready') {
    if (child.exitCode !== null || performance.now() > untilMs) throw new Error('Redis did not start.');
    await client.connect().catch(() => Bun.sleep(PAUSE_MS));
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid,
    client,
    async stop() {
      client.disconnect();
      child.kill('SIGKILL');
      await child.exited;
      running.delete(child);
    },
  };
}
