// Runs the command line as its users do: as a process of its own, in an empty directory, without a terminal.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM } from '../support/program.ts';
import { expectNoSecret, secretsOf } from '../support/secrets.ts';

/** Nothing that a developer has in the environment or lying about may change what a test sees. */
const bareEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VASK_|NO_COLOR|FORCE_COLOR|.*_proxy$)/i.test(name)),
);

export interface VaskOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly directory?: string;
  /** What starts it; Bun and main.ts unless told. */
  readonly program?: readonly string[];
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** An empty directory that is removed with the object. */
export function emptyDirectory(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'vask-cli-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs it to its end. */
export async function vask(args: readonly string[], options: VaskOptions = {}): Promise<Outcome> {
  using directory = emptyDirectory();
  const child = start(args, { directory: directory.path, ...options });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  // The output may be what was asked for, such as a new secret; what is said about it may not.
  expectNoSecret(err, secretsOf(args, options.env));
  return { code, out, err };
}

function start(args: readonly string[], { env, input, directory, program }: VaskOptions) {
  return Bun.spawn([...(program ?? PROGRAM), ...args], {
    env: { ...bareEnvironment, ...env },
    ...(directory === undefined ? {} : { cwd: directory }),
    stdin: new Blob([input ?? '']),
    stdout: 'pipe',
    stderr: 'pipe',
  });
}

/** One that goes on, and whose lines are awaited. */
export class RunningVask {
  readonly #child: ReturnType<typeof start>;
  readonly #lines: AsyncIterator<string>;
  readonly #directory = emptyDirectory();

  constructor(args: readonly string[], options: VaskOptions = {}) {
    this.#child = start(args, { directory: this.#directory.path, ...options });
    this.#lines = linesOf(this.#child.stdout);
  }

  /** The first line from here on that has the text in it; those before it are passed over. */
  async lineWith(text: string): Promise<string> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error(`It ended before "${text}" came: ${await this.#child.stderr.text()}`);
      if (value.includes(text)) return value;
    }
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** The rest of the output, and how it ended. */
  async ended(): Promise<Outcome> {
    const lines: string[] = [];
    for (let next = await this.#lines.next(); next.done !== true; next = await this.#lines.next())
      lines.push(next.value);
    const [err, code] = await Promise.all([this.#child.stderr.text(), this.#child.exited]);
    this.#directory[Symbol.dispose]();
    return { code, out: lines.join('\n'), err };
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
