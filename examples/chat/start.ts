// `npm run example:chat`: starts Vask, the backend of the chat and its page, and says where to look.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackend } from './backend.ts';
import config from './vask.json' with { type: 'json' };

const ROOT = join(import.meta.dir, '..', '..');
const [app] = config.apps;
if (app === undefined) throw new Error('vask.json names no app.');

const { host } = parseArgs({ options: { host: { type: 'string', default: config.host } } }).values;
const vaskPort = freePort(6001);

/** Resolves when Vask is up, which is when it says so. */
async function startVask(): Promise<Bun.Subprocess> {
  const file = join(import.meta.dir, 'vask.json');
  const options = ['--config', file, '--host', host, '--port', String(vaskPort), '--log-level', 'warn'];
  const vask = Bun.spawn(['node', join(ROOT, 'bin', 'vask.mjs'), 'serve', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { done } = await vask.stdout.getReader().read();
  // It has said on the error output why.
  if (done) process.exit(1);
  return vask;
}

async function stopVask(): Promise<void> {
  vask.kill();
  await vask.exited;
}

/** This port, or any free one when it is taken. */
function freePort(preferred: number): number {
  for (const port of [preferred, 0]) {
    try {
      const probe = Bun.listen({ hostname: host, port, socket: { data() {} } });
      const { port: found } = probe;
      probe.stop(true);
      return found;
    } catch {
      // Taken; the next one is free for certain.
    }
  }
  throw new Error(`No port is free on ${host}.`);
}

let vask = await startVask();
const backend = startBackend({ hostname: host, port: freePort(8080), vask: { port: vaskPort, ...app } });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    await stopVask();
    process.exit(0);
  });
}

console.log(`
The chat:     http://localhost:${backend.port}
For a second  http://127.0.0.1:${backend.port}  (another cookie, so another person; a private window does as well)
Vask itself:  http://localhost:${vaskPort}

Enter restarts Vask: watch the pages come back by themselves. Ctrl-C ends everything.`);

for await (const _line of console) {
  console.log('Vask restarts …');
  await stopVask();
  vask = await startVask();
  console.log('Vask is back.');
}
