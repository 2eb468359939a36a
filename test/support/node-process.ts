// A node as a process of its own, on a port that it keeps over all its lives: it can be killed, frozen and started again.
import { createServer } from 'node:net';
import { signedQuery } from './credentials.ts';
import { eventually } from './eventually.ts';
import { PROGRAM } from './program.ts';
import { DYING_WITH_US } from './redis.ts';

// Below the ports that systems lend to outgoing connections, and beside those of the Redis servers of the tests.
const FIRST_PORT = 23_000;
const PORTS = 8_000;
/** Longer than a node takes that can answer: it gives up Redis after 3 s. */
const ANSWER_MS = 6_000;

export interface NodeOptions {
  readonly name: string;
  readonly directory: string;
  readonly args: readonly string[];
}

export class NodeProcess {
  readonly name: string;
  readonly port: number;
  readonly logLines: string[] = [];
  readonly #options: NodeOptions;
  #child: Bun.Subprocess | null = null;
  #isFrozen = false;
  #hasServed = false;

  private constructor(options: NodeOptions, port: number) {
    this.#options = options;
    this.name = options.name;
    this.port = port;
  }

  /** Not started yet. */
  static async at(options: NodeOptions): Promise<NodeProcess> {
    return new NodeProcess(options, await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Whether a balancer would send anybody there. */
  get isRunning(): boolean {
    return this.#hasServed && !this.#isFrozen;
  }

  /** Starts the process; `ready` tells when it serves. */
  spawn(): void {
    const { name, directory, args } = this.#options;
    const place = ['--host', '127.0.0.1', '--port', String(this.port), '--data-directory', directory];
    const child = Bun.spawn([...DYING_WITH_US, ...PROGRAM, 'serve', ...place, '--log-format', 'json', ...args], {
      cwd: directory,
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
    });
    this.#child = child;
    void this.#read(name, child.stderr);
  }

  async start(): Promise<void> {
    this.spawn();
    await this.ready();
  }

  async ready(): Promise<void> {
    await eventually(`a ready ${this.name}: ${this.logLines.slice(-3).join('\n')}`, async () => {
      const { exitCode } = this.#child ?? { exitCode: -1 };
      if (exitCode !== null) throw new Error(`${this.name} ended with ${exitCode}: ${this.logLines.join('\n')}`);
      return (await this.readiness()).status === 200 ? true : null;
    });
    this.#hasServed = true;
  }

  /** What a balancer that asks is told; status 0 when there is no answer. */
  async readiness(): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const response = await fetch(`${this.url}/ready`, { signal: AbortSignal.timeout(2_000), keepalive: false });
      return { status: response.status, text: await response.text() };
    } catch {
      return { status: 0, text: '' };
    }
  }

  /** A signed request of the app's backend to this node. */
  async request(
    method: string,
    path: string,
    { body, parameters = {}, headers = {} }: NodeRequest = {},
  ): Promise<Response> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const query = signedQuery(method, path, text, { parameters });
    return await fetch(`${this.url}${path}?${query}`, {
      method,
      headers: { ...headers },
      keepalive: false,
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(text === '' ? {} : { body: text }),
    });
  }

  /** `kill -9`; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end; resolves when it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** The process does nothing more, and its sockets stay. */
  freeze(): void {
    this.#isFrozen = true;
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    this.#hasServed = false;
    child?.kill(signal);
    if (this.#isFrozen) this.thaw();
    await child?.exited;
  }

  async #read(name: string, stream: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      this.logLines.push(...lines.map((line) => `${name} ${line}`));
    }
  }
}

export interface NodeRequest {
  readonly body?: object;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    if (await promise) return port;
  }
}
