// Publishes 1, 2, 3, … one after the other, each by the next node in turn, and writes down what it was answered.
import { APP_ID } from './credentials.ts';
import type { NodeProcess } from './node-process.ts';

const PAUSE_MS = 4;

export class Load {
  readonly accepted: number[] = [];
  /** Answered 503. */
  readonly refused: number[] = [];
  /** Not answered, because the node died: nobody knows what has become of them. */
  readonly unknown: number[] = [];
  begun = 0;
  readonly #nodes: readonly NodeProcess[];
  readonly #channels: readonly string[];
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();

  constructor(nodes: readonly NodeProcess[], channels: readonly string[]) {
    this.#nodes = nodes;
    this.#channels = channels;
  }

  start(): void {
    this.#isRunning = true;
    this.#running = this.#run();
  }

  /** Lets so much time pass while it goes on. */
  async during(milliseconds: number): Promise<void> {
    await Bun.sleep(milliseconds);
  }

  async end(): Promise<void> {
    this.#isRunning = false;
    await this.#running;
  }

  get report(): string {
    return `${this.accepted.length} published, ${this.refused.length} refused, ${this.unknown.length} not answered`;
  }

  async #run(): Promise<void> {
    for (let turn = 0; this.#isRunning; turn++) {
      const nodes = this.#nodes.filter((node) => node.isRunning);
      const node = nodes[turn % nodes.length];
      if (node !== undefined) await this.#publish(node, ++this.begun);
      await Bun.sleep(PAUSE_MS);
    }
  }

  async #publish(node: NodeProcess, n: number): Promise<void> {
    const body = { name: 'n', channels: this.#channels, data: JSON.stringify({ n }) };
    try {
      const response = await node.request('POST', `/apps/${APP_ID}/events`, { body });
      await response.text();
      if (response.status === 200) this.accepted.push(n);
      else if (response.status === 503) this.refused.push(n);
      else throw new RangeError(`Answered ${response.status}.`);
    } catch (error) {
      if (error instanceof RangeError) throw error;
      this.unknown.push(n);
    }
  }
}
