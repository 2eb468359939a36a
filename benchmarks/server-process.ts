// A server under measurement, as a process of its own: started on a free port, ready when it says so, stopped by its pid.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { pinned } from './machine.ts';

export type ServerProcess = { pid: number; port: number; stop: () => Promise<void> };

export type ServerStart = {
  command: (port: number) => string[];
  core: number | readonly number[] | undefined;
  directory: string;
  logFile: string;
};

const readyTimeoutMs = 20_000;
const readyPauseMs = 20;
const stopTimeoutMs = 5_000;

const running = new Set<Bun.Subprocess>();

/** For the case that the runner itself is told to end: a server would outlive it. */
export function killServers(): void {
  for (const child of running) child.kill('SIGKILL');
}

export function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ready`, { signal: AbortSignal.timeout(1_000) })).status === 200;
  } catch {
    return false;
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-20).join('\n').trim();
}

export async function startServer(start: ServerStart): Promise<ServerProcess> {
  const port = freePort();
  const log = openSync(start.logFile, 'w');
  // taskset becomes the server (exec), so the pid is the server's own.
  const child = Bun.spawn(pinned(start.command(port), start.core), {
    cwd: start.directory,
    stdin: 'ignore',
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  running.add(child);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await child.exited;
    clearTimeout(timer);
    running.delete(child);
  };
  const deadlineMs = performance.now() + readyTimeoutMs;
  while (!(await isReady(port))) {
    if (child.exitCode !== null || performance.now() > deadlineMs) {
      await stop();
      throw new Error(`The server did not become ready. It said:\n${lastLines(start.logFile)}`);
    }
    await Bun.sleep(readyPauseMs);
  }
  return { pid: child.pid, port, stop };
}
