// A Vask in a process of its own that is killed without warning.
import { PROGRAM } from './program.ts';

export class MortalVask {
  readonly url: string;
  readonly #child: Bun.Subprocess;
  readonly #startedAtMs = performance.now();

  private constructor(child: Bun.Subprocess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Resolves when it serves. */
  static async start(directory: string, args: readonly string[]): Promise<MortalVask> {
    const options = ['--port', '0', '--host', '127.0.0.1', '--log-format', 'json', '--data-directory', directory];
    const child = Bun.spawn([...PROGRAM, 'serve', ...options, ...args], {
      cwd: directory,
      stdout: 'ignore',
      stderr: 'pipe',
    });
    const decoder = new TextDecoder();
    let said = '';
    for await (const chunk of child.stderr) {
      said += decoder.decode(chunk, { stream: true });
      const started = said.split('\n').find((line) => line.includes('"event":"started"') && line.endsWith('}'));
      if (started === undefined) continue;
      const [url = ''] = (JSON.parse(started) as { urls: string[] }).urls;
      return new MortalVask(child, url);
    }
    throw new Error(`It did not start: ${said}`);
  }

  webSocketUrl(key: string): string {
    return `${this.url.replace(/^http/, 'ws')}/app/${key}?protocol=7&client=test&version=1.0`;
  }

  /** Milliseconds since it serves. */
  get ageMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  /** `kill -9` at that age; resolves when the process is gone. */
  async killAt(ageMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ageMs - this.ageMs)));
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#child.exited;
  }
}
