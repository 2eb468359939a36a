// `npm run example:chat`: starts Vask, the backend of the chat and its page, and says where to look.
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackend } from './backend.ts';
import config from './vask.json' with { type: 'json' };

const ROOT = join(import.meta.dir, '..', '..');
const [app] = config.apps;
if (app === undefined) throw new Error('vask.json names no app.');

const { lan } = parseArgs({ options: { lan: { type: 'boolean', default: false } } }).values;
const host = lan ? '0.0.0.0' : '127.0.0.1';
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

/** Where other machines of the network find this one, if they may. */
function lanAddresses(): string[] {
  if (!lan) return [];
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return interfaces.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
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
${lanAddresses()
  .map((address) => `From a phone  http://${address}:${backend.port}\n`)
  .join('')}
Enter restarts Vask: watch the pages come back by themselves. Ctrl-C ends everything.`);

for await (const _line of console) {
  console.log('Vask restarts …');
  await stopVask();
  vask = await startVask();
  console.log('Vask is back.');
}
