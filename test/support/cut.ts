// A cable that can be cut: a proxy before one port of loopback that breaks its connections, or holds what they carry.
import { connect, createServer, type Socket } from 'node:net';

export interface Cut {
  readonly port: number;
  /** Breaks what is connected and refuses what would. */
  cut(): Promise<void>;
  /** Keeps the connections, also new ones, and what they carry: neither side learns anything. */
  freeze(): void;
  /** Mends both. What was held arrives, in its order. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

export async function openCut(targetPort: number): Promise<Cut> {
  const proxy = new Cable(targetPort);
  await proxy.listen(0);
  return proxy;
}

class Cable implements Cut {
  port = 0;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  /** Whose other side went while neither was to learn anything. */
  readonly #bereft = new Set<Socket>();
  #isFrozen = false;
  #server = this.#newServer();

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  async listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server = this.#newServer();
    this.#server.once('error', reject);
    this.#server.listen(port, '127.0.0.1', resolve);
    await promise;
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
  }

  async cut(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await promise;
  }

  freeze(): void {
    this.#isFrozen = true;
    for (const socket of this.#sockets) socket.pause();
  }

  async heal(): Promise<void> {
    this.#isFrozen = false;
    for (const socket of this.#sockets) socket.resume();
    for (const socket of this.#bereft) socket.destroySoon();
    this.#bereft.clear();
    if (!this.#server.listening) await this.listen(this.port);
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.cut();
  }

  #newServer() {
    return createServer((near) => this.#join(near));
  }

  #join(near: Socket): void {
    const far = connect(this.#targetPort, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (bytes) => to.write(bytes));
      // Both sides end together, in whatever way one of them does.
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        if (this.#isFrozen) this.#bereft.add(to);
        else to.destroySoon();
      });
      if (this.#isFrozen) from.pause();
    }
  }
}
