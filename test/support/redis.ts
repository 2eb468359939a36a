// A real Redis server for tests, in a temporary directory and on a free port of loopback, that can be killed, frozen and
// started again. It keeps nothing on disk: a restart has lost everything.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Redis as RedisClient } from 'ioredis';
import type { CertificateFiles } from './certificate.ts';
import { eventually } from './eventually.ts';

export interface RedisOptions {
  /** Of the user `default`. */
  readonly password?: string;
  /** Speaks TLS only, with this certificate. */
  readonly tls?: CertificateFiles;
  readonly port?: number;
  /** More of the configuration: directives as in its file, by name. */
  readonly directives?: Readonly<Record<string, string>>;
  /** The server is a sentinel, told by the lines of its file. */
  readonly sentinel?: readonly string[];
}

export interface Redis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Sends one command over a connection of its own. */
  command(...args: readonly string[]): Promise<unknown>;
  /** Ends without a word to anybody. */
  kill(): Promise<void>;
  /** Stops to answer, while its connections stay. */
  pause(): void;
  resume(): void;
  /** Starts again on the same port, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

// Below the ports that systems lend to outgoing connections, so that a server finds its own again after a restart; a
// cluster speaks among itself 10,000 above.
const FIRST_PORT = 10_000;
const PORTS = 12_000;
const CLUSTER_BUS = 10_000;
const STARTS = 5;

/** Where redis-server is; null when it is not installed. */
export function redisDirectory(): string | null {
  const path = Bun.which('redis-server') ?? Bun.which('valkey-server');
  return path === null ? null : dirname(path);
}

export async function startRedis(options: RedisOptions = {}): Promise<Redis> {
  for (let start = 1; ; start += 1) {
    const server = new LocalRedis(options, options.port ?? (await freePort()));
    running.add(server);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      // Somebody else may have taken the port in between.
      if (options.port !== undefined || start === STARTS) throw error;
    }
  }
}

/** The kernel ends the server when this process ends, in whatever way: the test runner runs no handlers of its exit. */
export const DYING_WITH_US = Bun.which('setpriv') === null ? [] : ['setpriv', '--pdeathsig', 'KILL'];

/** A test that fails before it stops its servers leaves none behind. */
const running = new Set<LocalRedis>();
process.on('exit', () => {
  for (const server of running) server.abandon();
});

class LocalRedis implements Redis {
  readonly port: number;
  readonly #options: RedisOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'vask-redis-'));
  #process: Bun.Subprocess<'ignore', 'ignore', 'ignore'> | null = null;

  constructor(options: RedisOptions, port: number) {
    this.#options = options;
    this.port = port;
  }

  get url(): string {
    const { password, tls } = this.#options;
    const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    return `${tls === undefined ? 'redis' : 'rediss'}://${credentials}127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const program = Bun.which('redis-server') ?? Bun.which('valkey-server');
    if (program === null) throw new Error('there is no Redis; install it (Debian: apt-get install redis-server)');
    const { password, tls, directives = {}, sentinel } = this.#options;
    const file = join(this.#directory, 'redis.conf');
    const lines = {
      bind: '127.0.0.1',
      [tls === undefined ? 'port' : 'tls-port']: String(this.port),
      ...(tls === undefined ? {} : tlsDirectives(tls)),
      ...(password === undefined ? {} : { requirepass: password }),
      ...(sentinel === undefined ? { save: '""', appendonly: 'no', 'repl-diskless-sync-delay': '0' } : {}),
      dir: this.#directory,
      ...directives,
    };
    const text = [...Object.entries(lines).map(([name, value]) => `${name} ${value}`), ...(sentinel ?? []), ''];
    await Bun.write(file, text.join('\n'));
    const mode = sentinel === undefined ? [] : ['--sentinel'];
    const child = Bun.spawn([...DYING_WITH_US, program, file, ...mode], {
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'ignore',
    });
    this.#process = child;
    await eventually('a Redis server that answers', async () => {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      return (await this.command('PING').catch(() => null)) === 'PONG' ? true : null;
    });
  }

  async command(...args: readonly string[]): Promise<unknown> {
    const { password, tls } = this.#options;
    const redis = new RedisClient({
      host: '127.0.0.1',
      port: this.port,
      lazyConnect: true,
      enableReadyCheck: false,
      retryStrategy: () => null,
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls: { ca: readFileSync(tls.cert, 'utf8') } }),
    });
    // The command fails as well.
    redis.on('error', () => undefined);
    const [name = '', ...rest] = args;
    try {
      await redis.connect();
      return await redis.call(name, ...rest);
    } finally {
      redis.disconnect();
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    child?.kill('SIGKILL');
    await child?.exited;
  }

  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  async stop(): Promise<void> {
    running.delete(this);
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** At the end of this process, when there is no more waiting. */
  abandon(): void {
    this.#process?.kill('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

function tlsDirectives({ cert, key }: CertificateFiles): Readonly<Record<string, string>> {
  return {
    port: '0',
    'tls-cert-file': cert,
    'tls-key-file': key,
    'tls-ca-cert-file': cert,
    'tls-auth-clients': 'no',
    'tls-replication': 'yes',
    'tls-cluster': 'yes',
  };
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if ((await isFree(port)) && (await isFree(port + CLUSTER_BUS))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return await promise;
}
