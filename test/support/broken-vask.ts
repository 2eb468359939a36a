// `vask serve` as a process of its own in surroundings that are broken in some way: it may not start at all.
import { join } from 'node:path';
import { APP_ID, KEY, SECRET } from './credentials.ts';

const MAIN = join(import.meta.dir, '../../src/cli/main.ts');
const OPTIONS = ['serve', '--port', '0', '--host', '127.0.0.1', '--log-format', 'json', '--data-directory'];

/** A user who may write nowhere of ours. Whoever is not root is one already. */
export const UNPRIVILEGED =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'] : [];

/** Below this limit of the shell: `-n 300`, `-f 64`. */
export const limited = (limit: string): readonly string[] => ['sh', '-c', `ulimit ${limit}; exec "$@"`, 'sh'];

export interface Ended {
  readonly exitCode: number;
  readonly said: string;
}

export class BrokenVask implements AsyncDisposable {
  readonly logLines: string[] = [];
  url = '';
  readonly #child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>;

  private constructor(directory: string, before: readonly string[], args: readonly string[]) {
    this.#child = Bun.spawn([...before, process.execPath, MAIN, ...OPTIONS, directory, ...args], {
      env: { ...process.env, VASK_APP_ID: APP_ID, VASK_APP_KEY: KEY, VASK_APP_SECRET: SECRET },
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
    });
  }

  /** Resolves when it serves. @param before what runs it. */
  static async start(
    directory: string,
    before: readonly string[] = [],
    args: readonly string[] = [],
  ): Promise<BrokenVask> {
    const vask = new BrokenVask(directory, before, args);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    void vask.#read(resolve).then(() => reject(new Error(`It did not start: ${vask.logLines.join('\n')}`)));
    await promise;
    return vask;
  }

  /** For one that does not start. */
  static async fail(directory: string, before: readonly string[] = []): Promise<Ended> {
    const vask = new BrokenVask(directory, before, []);
    await vask.#read(() => vask.#child.kill());
    return { exitCode: await vask.#child.exited, said: vask.logLines.join('\n') };
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  webSocketUrl(): string {
    return `${this.url.replace(/^http/, 'ws')}/app/${KEY}?protocol=7`;
  }

  /** From now on no file of it may grow, as if the disk were full. */
  fillDisk(): void {
    const { success, stderr } = Bun.spawnSync(['prlimit', '--pid', String(this.#child.pid), '--fsize=1']);
    if (!success) throw new Error(stderr.toString());
  }

  /** Asks it to end. */
  async stop(): Promise<Ended> {
    this.#child.kill('SIGTERM');
    return { exitCode: await this.#child.exited, said: this.logLines.join('\n') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  async #read(started: () => void): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of this.#child.stderr) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      this.logLines.push(...lines);
      const line = lines.find((each) => each.includes('"event":"started"'));
      if (line === undefined) continue;
      [this.url = ''] = (JSON.parse(line) as { urls: string[] }).urls;
      started();
    }
  }
}
