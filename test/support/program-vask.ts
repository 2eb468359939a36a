// A Vask that some program is, with the app of the tests, in a folder of its own and on any free port.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory } from '../cli/vask.ts';
import { APP_ID, KEY, SECRET } from './credentials.ts';
import { eventually } from './eventually.ts';

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Members of the app in the configuration file. */
  readonly app?: object;
  /** Members of the configuration file. */
  readonly settings?: object;
  /** False for one that finds no file of ours, and makes an app itself. */
  readonly configuration?: boolean;
}

export class ProgramVask implements AsyncDisposable {
  readonly url: string;
  readonly #child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>;
  readonly #directory: Disposable;

  private constructor(url: string, child: Bun.Subprocess<'ignore', 'ignore', 'pipe'>, directory: Disposable) {
    this.url = url;
    this.#child = child;
    this.#directory = directory;
  }

  /** Resolves when it serves. */
  static async start(
    program: readonly string[],
    { args = [], app = {}, settings = {}, configuration = true }: ProgramOptions = {},
  ) {
    const directory = emptyDirectory();
    const apps = [{ id: APP_ID, key: KEY, secret: SECRET, clientEvents: true, ...app }];
    writeFileSync(join(directory.path, 'vask.json'), JSON.stringify({ ...settings, apps }));
    const place = [
      ...(configuration ? ['--config', 'vask.json'] : []),
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--log-format',
      'json',
    ];
    const child = Bun.spawn([...program, 'serve', ...place, ...args], {
      cwd: directory.path,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const url = await urlOf(child.stderr);
    // One that is to be of several is not ready when it listens.
    await eventually('a ready server', async () => ((await fetch(`${url}/ready`)).ok ? true : null));
    return new ProgramVask(url, child, directory);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** @returns the exit code. */
  async stop(): Promise<number> {
    this.#child.kill('SIGTERM');
    return await this.#child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#directory[Symbol.dispose]();
  }
}

/** Where it says that it listens. The rest of what it says is read as well, or it would wait for us one day. */
async function urlOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let said: string | null = '';
    for await (const chunk of stream) {
      if (said === null) continue;
      said += decoder.decode(chunk, { stream: true });
      const [, url] = /"event":"started".*"urls":\["([^"]+)"/.exec(said) ?? [];
      if (url === undefined) continue;
      resolve(url);
      said = null;
    }
    reject(new Error(`It did not start: ${said}`));
  };
  read().catch(reject);
  return await promise;
}
