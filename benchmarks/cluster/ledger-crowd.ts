// Many nodes in a few processes, which are told what to do.
import { join } from 'node:path';
import type { LedgerAnswer, LedgerOrder } from './ledger-process.ts';

const PROGRAM = join(import.meta.dir, 'ledger-process.ts');
/** Opening a hundred nodes takes a while. */
const ANSWER_MS = 60_000;

const running = new Set<Bun.Subprocess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class LedgerProcess {
  readonly #child: Bun.Subprocess;
  #answered = Promise.withResolvers<LedgerAnswer>();

  private constructor(url: string, first: number, count: number) {
    this.#answered.promise.catch(() => undefined);
    const child = Bun.spawn([process.execPath, PROGRAM, url, String(first), String(count)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      ipc: (answer: LedgerAnswer) => this.#answered.resolve(answer),
    });
    this.#child = child;
    running.add(child);
    void child.exited.then((code) => {
      running.delete(child);
      this.#answered.reject(new Error(`A process of ledger nodes ended with ${code}.`));
    });
  }

  /** Resolves when all its nodes take part. */
  static async start(url: string, first: number, count: number): Promise<LedgerProcess> {
    const started = new LedgerProcess(url, first, count);
    await started.#answer();
    return started;
  }

  async tell(order: LedgerOrder): Promise<LedgerAnswer> {
    this.#answered = Promise.withResolvers();
    this.#answered.promise.catch(() => undefined);
    this.#child.send(order);
    return await this.#answer();
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  async end(): Promise<void> {
    await this.tell({ what: 'end' });
    await this.#child.exited;
  }

  async #answer(): Promise<LedgerAnswer> {
    const timer = setTimeout(() => this.#answered.reject(new Error('Ledger nodes did not answer.')), ANSWER_MS);
    try {
      return await this.#answered.promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
