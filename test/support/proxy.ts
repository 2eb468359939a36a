// A proxy of Debian with the configuration that deploy/proxies/ hands out: only names, ports and certificates are others.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from './certificate.ts';
import { eventually } from './eventually.ts';
import { DYING_WITH_US } from './redis.ts';

const CONFIGURATIONS = join(import.meta.dir, '../../deploy/proxies');

interface Place {
  /** Where it listens with TLS. */
  readonly port: number;
  /** Where Vask listens. */
  readonly upstream: number;
  readonly certificate: CertificateFiles;
  readonly directory: string;
}

export interface ProxyKind {
  readonly name: 'nginx' | 'HAProxy' | 'Caddy';
  readonly program: string;
  readonly file: string;
  /** The handed-out text for this place; fails when a piece that it replaces is not in it. */
  adapt(text: string, place: Place): string;
  command(config: string, place: Place): readonly string[];
}

function replaced(text: string, pieces: readonly (readonly [piece: string, by: string])[]): string {
  return pieces.reduce((result, [piece, by]) => {
    if (!result.includes(piece)) throw new Error(`There is no "${piece}" in the configuration.`);
    return result.replaceAll(piece, by);
  }, text);
}

export const PROXIES: readonly ProxyKind[] = [
  {
    name: 'nginx',
    program: 'nginx',
    file: 'nginx.conf',
    adapt(text, { port, upstream, certificate, directory }) {
      const site = replaced(text, [
        ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
        ['realtime.example.com', 'localhost'],
        ['127.0.0.1:6001', `127.0.0.1:${upstream}`],
        ['/etc/ssl/vask/fullchain.pem', certificate.cert],
        ['/etc/ssl/vask/privkey.pem', certificate.key],
      ]);
      const bodies = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
      const folders = bodies.map((name) => `${name}_temp_path ${directory}/${name};`).join(' ');
      // It gives up the rights of root by itself, and with them the folder of the test.
      const user = process.getuid?.() === 0 ? 'user root; ' : '';
      const around = `${user}daemon off; pid ${directory}/pid; error_log stderr; events { worker_connections 1024; }`;
      return `${around}\nhttp { access_log off; ${folders}\n${site}\n}\n`;
    },
    command: (config, { directory }) => ['nginx', '-e', 'stderr', '-p', directory, '-c', config],
  },
  {
    name: 'HAProxy',
    program: 'haproxy',
    file: 'haproxy.cfg',
    adapt(text, { port, upstream, certificate, directory }) {
      const both = join(directory, 'both.pem');
      writeFileSync(both, readFileSync(certificate.cert, 'utf8') + readFileSync(certificate.key, 'utf8'));
      return replaced(text, [
        ['bind :443', `bind 127.0.0.1:${port}`],
        ['/etc/haproxy/vask.pem', both],
        ['127.0.0.1:6001', `127.0.0.1:${upstream}`],
        // As many as the machine of a test has files for.
        ['maxconn 100000', 'maxconn 1000'],
      ]);
    },
    command: (config) => ['haproxy', '-db', '-f', config],
  },
  {
    name: 'Caddy',
    program: 'caddy',
    file: 'Caddyfile',
    adapt(text, { port, upstream, certificate }) {
      // No certificate of its own, and no port for its administration.
      const around = '{\n\tadmin off\n\tauto_https off\n}\n';
      const site = `https://localhost:${port} {\n\ttls ${certificate.cert} ${certificate.key}`;
      return (
        around +
        replaced(text, [
          ['realtime.example.com {', site],
          ['127.0.0.1:6001', `127.0.0.1:${upstream}`],
        ])
      );
    },
    command: (config) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', config],
  },
];

export function isInstalled({ program }: ProxyKind): boolean {
  return Bun.which(program) !== null;
}

export interface RunningProxy extends AsyncDisposable {
  readonly port: number;
  /** `https://localhost:PORT` */
  readonly url: string;
}

export async function startProxy(
  kind: ProxyKind,
  upstream: number,
  certificate: CertificateFiles,
): Promise<RunningProxy> {
  const directory = mkdtempSync(join(tmpdir(), 'vask-proxy-'));
  mkdirSync(join(directory, 'home'));
  const place = { port: await freePort(), upstream, certificate, directory };
  const config = join(directory, 'configuration');
  writeFileSync(config, kind.adapt(readFileSync(join(CONFIGURATIONS, kind.file), 'utf8'), place));
  const child = Bun.spawn([...DYING_WITH_US, ...kind.command(config, place)], {
    cwd: directory,
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, HOME: join(directory, 'home') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = new Response(child.stderr).text();
  const url = `https://localhost:${place.port}`;
  await eventually(`an answer of ${kind.name}`, async () => {
    if (child.exitCode !== null) throw new Error(`${kind.name} has ended: ${await said}`);
    return (await statusOf(`${url}/ready`)) === 200 ? true : null;
  });
  return {
    port: place.port,
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function statusOf(url: string): Promise<number> {
  try {
    const answer = await fetch(url, { tls: { rejectUnauthorized: false }, keepalive: false });
    return answer.status;
  } catch {
    return 0;
  }
}

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
  });
  return await promise;
}
