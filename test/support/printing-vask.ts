// A Vask in a process of its own whose first link is read from what it prints, as its operator does, and that may be
// killed at any moment.
import { PROGRAM } from './program.ts';

export class PrintingVask implements AsyncDisposable {
  readonly url: string;
  /** The secret of the link for the first admin; null when none was printed. */
  readonly setupToken: string | null;
  readonly #child: Bun.Subprocess;

  private constructor(child: Bun.Subprocess, url: string, setupToken: string | null) {
    this.#child = child;
    this.url = url;
    this.setupToken = setupToken;
  }

  /** Resolves when it serves. */
  static async start(directory: string): Promise<PrintingVask> {
    const options = ['--port', '0', '--host', '127.0.0.1', '--data-directory', directory, '--log-format', 'json'];
    const child = Bun.spawn([...PROGRAM, 'serve', ...options], {
      cwd: directory,
      stdout: 'pipe',
      stderr: 'pipe',
    });
    // It is printed in one piece, with the link in it or without.
    const printed = textUntil(child.stdout, /listening on\n/);
    const logged = await textUntil(child.stderr, /"event":"started".*\n/);
    const [, url] = /"urls":\["([^"]+)"/.exec(logged) ?? [];
    if (url === undefined) throw new Error(`It did not start: ${logged}`);
    const [, token] = /\/setup#([\w-]+)/.exec(await printed) ?? [];
    return new PrintingVask(child, url, token ?? null);
  }

  /** `kill -9`; resolves when the process is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** What has been written when it has the pattern in it, or when it ends. */
async function textUntil(stream: ReadableStream<Uint8Array<ArrayBuffer>>, pattern: RegExp): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (pattern.test(text)) return text;
  }
  return text;
}
