// A Vask with workers, as its operator starts it: its processes are known from the log, which also tells on which of them
// a client has landed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory } from '../cli/vask.ts';
import { APP_ID, KEY, SECRET } from './credentials.ts';
import { eventually } from './eventually.ts';
import { Inbox } from './inbox.ts';
import { PROGRAM } from './program.ts';
import { expectNoSecret } from './secrets.ts';

export interface LogLine {
  readonly event: string;
  readonly worker?: number;
  readonly pid?: number;
  readonly socketId?: string;
  readonly urls?: readonly string[];
  readonly [field: string]: unknown;
}

export interface WorkersOptions {
  readonly args?: readonly string[];
  /** Members of the app in the configuration file. */
  readonly app?: object;
  /** Members of the configuration file. */
  readonly settings?: object;
  readonly directory?: string;
  /** In a process group of its own, as a shell starts what it runs. */
  readonly isJob?: boolean;
}

export class WorkersVask implements AsyncDisposable {
  readonly logLines: LogLine[] = [];
  readonly directory: string;
  readonly #child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>;
  readonly #lines = new Inbox<LogLine>('a line of the log');
  readonly #ownDirectory: ReturnType<typeof emptyDirectory> | null;
  #url = '';

  private constructor({ args = [], app = {}, settings = {}, directory, isJob = false }: WorkersOptions) {
    this.#ownDirectory = directory === undefined ? emptyDirectory() : null;
    this.directory = directory ?? this.#ownDirectory?.path ?? '';
    const config = join(this.directory, 'vask.json');
    const apps = [{ id: APP_ID, key: KEY, secret: SECRET, clientEvents: true, ...app }];
    writeFileSync(config, JSON.stringify({ ...settings, apps }));
    const place = ['--config', config, '--host', '127.0.0.1', '--data-directory', this.directory];
    const log = ['--log-format', 'json', '--log-level', 'debug'];
    const options = ['--port', '0', '--workers', '2', ...place, ...log, ...args];
    this.#child = Bun.spawn([...PROGRAM, 'serve', ...options], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: isJob,
    });
    void this.#read();
  }

  /** Resolves when all workers serve. */
  static async start(options: WorkersOptions = {}): Promise<WorkersVask> {
    const vask = new WorkersVask(options);
    const ended = vask.#child.exited.then((code) => {
      throw new Error(`It ended with ${code}: ${JSON.stringify(vask.logLines)}`);
    });
    const { urls: [url = ''] = [] } = await Promise.race([vask.logged(({ event }) => event === 'started'), ended]);
    ended.catch(() => undefined);
    vask.#url = url;
    return vask;
  }

  /** Rewrites the configuration file, and has it read again. */
  reconfigure(members: object): void {
    writeFileSync(join(this.directory, 'vask.json'), JSON.stringify(members));
    this.hangUp();
  }

  /** Sends SIGHUP. */
  hangUp(): void {
    this.#child.kill('SIGHUP');
  }

  get url(): string {
    return this.#url;
  }

  get port(): number {
    return Number(new URL(this.#url).port);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What was printed, once it has ended. */
  async printed(): Promise<string> {
    return await new Response(this.#child.stdout).text();
  }

  webSocketUrl(): string {
    return `${this.#url.replace(/^http/, 'ws')}/app/${KEY}?protocol=7&client=test&version=1.0`;
  }

  /** The next line of the log that is wanted; those before it are passed over for good. */
  async logged(isWanted: (line: LogLine) => boolean): Promise<LogLine> {
    return await this.#lines.until(isWanted);
  }

  /** The process of that worker at present. */
  pidOf(worker: number): number {
    const line = this.logLines.findLast((each) => each.event === 'workerStarted' && each.worker === worker);
    return line?.pid ?? 0;
  }

  /** On which worker a client has landed. */
  async workerOf(socketId: string): Promise<number> {
    return await eventually(`a line about ${socketId}`, () => {
      const line = this.logLines.find((each) => each.event === 'connected' && each.socketId === socketId);
      return Promise.resolve(line?.worker ?? null);
    });
  }

  /** Sends the signal to all its processes, as a terminal does. @returns the exit code. */
  async interrupt(): Promise<number> {
    process.kill(-this.#child.pid, 'SIGINT');
    return await this.#child.exited;
  }

  /** @returns the exit code. */
  async stop(signal: 'SIGINT' | 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<number> {
    this.#child.kill(signal);
    return await this.#child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#ownDirectory?.[Symbol.dispose]();
    expectNoSecret(JSON.stringify(this.logLines), [SECRET]);
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of this.#child.stderr) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) this.#take(text);
    }
  }

  #take(text: string): void {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as LogLine;
    this.logLines.push(line);
    this.#lines.push(line);
  }
}

/** Resolves when there is no such process any more. */
export async function gone(pid: number): Promise<void> {
  await eventually(`an end of the process ${pid}`, () => {
    try {
      process.kill(pid, 0);
      return Promise.resolve(null);
    } catch {
      return Promise.resolve(true);
    }
  });
}
