// A plain TCP balancer, as a cloud puts before several nodes: each connection goes to the next node in turn, and what it
// carries is passed on as it is. It knows nothing of HTTP or WebSocket.
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface BalancerOptions {
  /** 0 for any free one. */
  readonly port?: number;
  /** Ports of the nodes. */
  readonly targets?: readonly number[];
}

export class Balancer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #targets: readonly number[];
  #next = 0;
  #closed: Promise<void> | null = null;

  private constructor(targets: readonly number[]) {
    this.#targets = targets;
    // Who has said all that it has to say may still be waiting for the answer.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#admit(client));
  }

  /** Resolves when it takes connections; rejects when the port is taken. */
  static async open({ port = 0, targets = [] }: BalancerOptions = {}): Promise<Balancer> {
    const balancer = new Balancer(targets);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    balancer.#server.once('error', reject);
    balancer.#server.listen(port, '127.0.0.1', resolve);
    await promise;
    return balancer;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The balancer is closed.');
    return address.port;
  }

  /** New connections go there too. */
  put(target: number): void {
    this.#targets = [...this.#targets.filter((each) => each !== target), target];
  }

  /** New connections go there no more; those that are there stay. */
  take(target: number): void {
    this.#targets = this.#targets.filter((each) => each !== target);
  }

  /** Takes no more connections; those that are there stay. */
  refuse(): void {
    this.#closed ??= new Promise((resolve) => void this.#server.close(() => resolve()));
  }

  /** Ends all connections and takes no more. */
  async stop(): Promise<void> {
    this.refuse();
    for (const socket of this.#sockets) socket.destroy();
    await this.#closed;
  }

  #admit(client: Socket): void {
    this.#keep(client);
    client.pause();
    const first = this.#next++;
    const targets = this.#targets.map((_, at) => this.#targets[(first + at) % this.#targets.length] ?? 0);
    this.#reach(client, targets);
  }

  /** Connects to the first of the targets that takes the connection. */
  #reach(client: Socket, [target, ...others]: readonly number[]): void {
    if (client.destroyed) return;
    if (target === undefined) return abort(client);
    const node = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const refused = (): void => this.#reach(client, others);
    node.once('error', refused);
    node.once('connect', () => {
      node.off('error', refused);
      this.#keep(node);
      join(client, node);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => void this.#sockets.delete(socket));
    // A connection that breaks is an end like any other; the close event follows.
    socket.on('error', () => undefined);
  }
}

function join(client: Socket, node: Socket): void {
  for (const [from, to] of [
    [client, node],
    [node, client],
  ] as const) {
    from.pipe(to);
    from.on('close', (isBroken) => {
      if (isBroken || !from.readableEnded) abort(to);
      else to.end();
    });
  }
  if (client.destroyed) abort(node);
}

/** Tells the other side that the connection is broken, which an orderly end would hide. */
function abort(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}
