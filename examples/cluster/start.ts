// `npm run example:cluster`: starts a Redis, three nodes of Vask and a balancer before them, and says what to try.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Balancer } from './balancer.ts';
import config from './vask.json' with { type: 'json' };

const MAIN = join(import.meta.dir, '..', '..', 'src', 'cli', 'main.ts');
const CONFIG = join(import.meta.dir, 'vask.json');
const NODES = ['one', 'two', 'three'];
const BALANCER_PORT = 6_000;
const FIRST_NODE_PORT = 6_001;
const REDIS_PORT = 6_390;
const LOOK_MS = 50;
const PATIENCE_MS = 20_000;

interface Node {
  readonly name: string;
  readonly port: number;
  process: Bun.Subprocess;
}

const redisServer = Bun.which('redis-server') ?? Bun.which('valkey-server');
if (redisServer === null) {
  console.error('There is no Redis on this machine. Debian and Ubuntu: sudo apt-get install redis-server');
  process.exit(1);
}
const [app] = config.apps;
if (app === undefined) throw new Error('vask.json names no app.');

const directory = mkdtempSync(join(tmpdir(), 'vask-cluster-'));
let isStopping = false;
const redisPort = freePort(REDIS_PORT);
// What is in this Redis, live nodes can say again; so it writes nothing to disk.
const redis = Bun.spawn(
  [redisServer, '--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', directory],
  { stdio: ['ignore', 'ignore', 'inherit'], detached: true },
);

function startNode(name: string, port: number): Bun.Subprocess {
  const own = join(directory, name);
  mkdirSync(own, { recursive: true });
  const options = ['--config', CONFIG, '--port', String(port), '--data-directory', own, '--log-level', 'warn'];
  const place = ['--redis-url', `redis://127.0.0.1:${redisPort}`, '--node-name', name];
  // In a group of its own: the terminal sends Ctrl-C to all of a group, and the nodes are to end in an orderly way.
  return Bun.spawn([process.execPath, MAIN, 'serve', ...options, ...place], {
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
}

/** This port, or any free one when it is taken. */
function freePort(preferred: number): number {
  for (const port of [preferred, 0]) {
    try {
      const probe = Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } });
      const { port: found } = probe;
      probe.stop(true);
      return found;
    } catch {
      // Taken; the next one is free for certain.
    }
  }
  throw new Error('No port is free.');
}

async function ready({ name, port, process: child }: Node): Promise<void> {
  for (const untilMs = Date.now() + PATIENCE_MS; ; await Bun.sleep(LOOK_MS)) {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null);
    if (answer?.status === 200) return;
    if (child.exitCode !== null || Date.now() > untilMs) throw new Error(`The node ${name} does not become ready.`);
  }
}

async function stopAll(): Promise<void> {
  isStopping = true;
  for (const node of nodes) node.process.kill('SIGTERM');
  await Promise.all(nodes.map((node) => node.process.exited));
  redis.kill('SIGTERM');
  await redis.exited;
  rmSync(directory, { recursive: true, force: true });
}

function watch(node: Node): void {
  void node.process.exited.then(() => {
    if (!isStopping) console.log(`Node ${node.name} is gone. Enter starts it again.`);
  });
}

const nodes: readonly Node[] = NODES.map((name, at) => {
  const port = freePort(FIRST_NODE_PORT + at);
  return { name, port, process: startNode(name, port) };
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    await stopAll();
    process.exit(0);
  });
}
try {
  await Promise.all(nodes.map(ready));
} catch (error) {
  await stopAll();
  throw error;
}
for (const node of nodes) watch(node);
const balancer = await Balancer.open(
  freePort(BALANCER_PORT),
  nodes.map(({ port }) => port),
);

const address = `--url http://127.0.0.1:${balancer.port} --key ${app.key} --secret ${app.secret}`;
const [, second] = nodes;
console.log(`
Balancer:  http://127.0.0.1:${balancer.port}
${nodes.map(({ name, port, process: child }) => `Node ${name.padEnd(6)} http://127.0.0.1:${port}  process ${child.pid}`).join('\n')}
Redis:     redis://127.0.0.1:${redisPort}

In other terminals, in this folder. The balancer gives each of them the next node:
  npx vask listen ${app.id} presence-room --user ann ${address}
  npx vask listen ${app.id} presence-room --user bob ${address}
  npx vask trigger ${app.id} presence-room news '{"hello":"world"}' ${address}

Kill a node, and see the others told within a second who was there, and whoever was there come back elsewhere:
  kill -9 ${second?.process.pid}

Enter starts again what is gone. Ctrl-C ends everything.`);

for await (const _line of console) {
  for (const node of nodes.filter(({ process: child }) => child.exitCode !== null || child.signalCode !== null)) {
    node.process = startNode(node.name, node.port);
    await ready(node);
    watch(node);
    console.log(`Node ${node.name} is back, process ${node.process.pid}.`);
  }
}
