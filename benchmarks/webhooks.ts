// Do webhooks slow deliveries? 10,000 client events a second between pairs of clients, with webhooks off and with one
// endpoint that is dead, hangs, or takes everything; the variants take turns. `npm run bench:webhooks -- [ROUNDS]`
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { credentials } from './credentials.ts';
import { type ServerProcess, startServer } from './server-process.ts';

const PAIRS = 20;
const EVENTS_PER_SECOND = 10_000;
const TICK_MS = 5;
const RUN_MS = 4_000;
const DATA = JSON.stringify({ fill: 'x'.repeat(150) });
const CHANNEL_AUTH = new Bun.CryptoHasher('sha256', credentials.secret);

type Variant = { name: string; url: string | null };
type Figures = { delivered: number; p50: number; p99: number; cpu: number };

const taker = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  idleTimeout: 60,
  async fetch(request) {
    if (new URL(request.url).pathname === '/hangs') return await new Promise<Response>(() => undefined);
    await request.arrayBuffer();
    return new Response(null, { status: 204 });
  },
});
const variants: readonly Variant[] = [
  { name: 'off', url: null },
  { name: 'dead', url: 'http://127.0.0.1:1/' },
  { name: 'hangs', url: `${taker.url.origin}/hangs` },
  { name: 'takes', url: `${taker.url.origin}/takes` },
];

async function connect(port: number, channel: string, onEvent: (text: string) => void): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app/${credentials.key}?protocol=7`);
  const { promise, resolve: joined } = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => {
    const text = String(data);
    if (text.includes('client-')) return onEvent(text);
    if (text.includes('subscription_succeeded')) return joined();
    const socketId: string | undefined = /socket_id\\?":\\?"([\d.]+)/.exec(text)?.[1];
    if (socketId === undefined) return;
    const auth = `${credentials.key}:${CHANNEL_AUTH.copy().update(`${socketId}:${channel}`).digest('hex')}`;
    socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel, auth } }));
  };
  await promise;
  return socket;
}

function cpuSeconds({ pid }: ServerProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function run({ url }: Variant): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'vask-bench-'));
  const config = join(directory, 'vask.json');
  const { appId: id, key, secret } = credentials;
  const webhooks = url === null ? [] : [{ url }];
  const app = { id, key, secret, clientEvents: true, webhooks };
  writeFileSync(config, JSON.stringify({ webhookAllowedHosts: ['127.0.0.1'], apps: [app] }));
  const main = resolve(import.meta.dir, '../src/cli/main.ts');
  const server = await startServer({
    command: (port) => [process.execPath, main, 'serve', '--config', config, '--port', String(port)],
    core: undefined,
    directory,
    logFile: join(directory, 'log'),
  });
  try {
    const latencies: number[] = [];
    const hear = (text: string): void => {
      const sentMs = Number(/"sent\\?":([\d.]+)/.exec(text)?.[1]);
      latencies.push(performance.now() - sentMs);
    };
    const channels = Array.from({ length: PAIRS }, (_, index) => `private-bench-${index}`);
    const senders = await Promise.all(channels.map((channel) => connect(server.port, channel, () => undefined)));
    await Promise.all(channels.map((channel) => connect(server.port, channel, hear)));
    const before = cpuSeconds(server);
    await send(senders, channels);
    await Bun.sleep(200);
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    const cpu = ((cpuSeconds(server) - before) * 1_000) / RUN_MS;
    return { delivered: (latencies.length * 1_000) / RUN_MS, p50: at(0.5), p99: at(0.99), cpu };
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function send(senders: readonly WebSocket[], channels: readonly string[]): Promise<void> {
  const startMs = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < RUN_MS; elapsed = performance.now() - startMs) {
    for (const due = (elapsed / 1_000) * EVENTS_PER_SECOND; sent < due; sent++) {
      const channel = channels[sent % PAIRS];
      const data = `{"sent":${performance.now()},"data":${DATA}}`;
      senders[sent % PAIRS]?.send(`{"event":"client-move","channel":"${channel}","data":${data}}`);
    }
    await Bun.sleep(TICK_MS);
  }
}

function median(values: readonly number[]): string {
  return (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN).toFixed(2);
}

const rounds = Number(process.argv[2] ?? 5);
const all = new Map<string, Figures[]>(variants.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
    all.get(variant.name)?.push(await run(variant));
  }
}
console.log('webhooks   deliveries/s   median ms   99 % ms   CPU cores of the server');
for (const [name, figures] of all) {
  const column = (of: (one: Figures) => number, width: number): string => median(figures.map(of)).padStart(width);
  const cells = [column((one) => one.delivered, 12), column((one) => one.p50, 10), column((one) => one.p99, 8)];
  console.log(`${name.padEnd(10)} ${cells.join('  ')}  ${column((one) => one.cpu, 8)}`);
}
await taker.stop(true);
