// A small balancer, for what a real one does in production: each connection goes to the next node that says it is ready,
// and is passed on byte by byte. Nothing sticks to a node: with a common Redis any of them will do.
import { connect, createServer, type Socket } from 'node:net';

const ASK_EVERY_MS = 500;
const ANSWER_MS = 1_000;

export class Balancer {
  readonly port: number;
  readonly #nodes: readonly number[];
  /** Ports of the nodes that answered /ready with 200 when they were last asked. */
  #ready: readonly number[] = [];
  #next = 0;

  private constructor(port: number, nodes: readonly number[]) {
    this.port = port;
    this.#nodes = nodes;
  }

  /** Resolves when it takes connections; it ends with the process. */
  static async open(port: number, nodes: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(port, nodes);
    await balancer.#look();
    // Who has sent all that it has to say is still to get the answer.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => balancer.#admit(client));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
    await promise;
    setInterval(() => void balancer.#look(), ASK_EVERY_MS);
    return balancer;
  }

  async #look(): Promise<void> {
    const answers = await Promise.all(this.#nodes.map(isReady));
    this.#ready = this.#nodes.filter((_, at) => answers[at]);
  }

  #admit(client: Socket): void {
    client.on('error', () => undefined);
    const first = this.#next++;
    // A node that has just died refuses, and the next one is asked.
    this.#reach(
      client,
      this.#ready.map((_, at) => this.#ready[(first + at) % this.#ready.length] ?? 0),
    );
  }

  #reach(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) return void client.destroy();
    const node = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const refused = (): void => this.#reach(client, others);
    node.once('error', refused);
    node.once('connect', () => {
      node.off('error', refused);
      node.on('error', () => undefined);
      node.on('close', () => client.destroy());
      client.on('close', () => node.destroy());
      client.pipe(node);
      node.pipe(client);
    });
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`, {
      signal: AbortSignal.timeout(ANSWER_MS),
      keepalive: false,
    });
    return answer.status === 200;
  } catch {
    return false;
  }
}
