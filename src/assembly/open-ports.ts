// The ports of one server: each is opened, opened anew when its certificate is another one, and closed for newcomers.
import type { Listener } from '../ws/listener.ts';

/** Opens that port. @param isShared so that others can be opened on it as well. */
export type OpenPort = (port: number, isShared: boolean) => Listener;

export interface PortSettings {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** Other processes may listen there. */
  readonly isShared: boolean;
}

interface Renewable {
  listener: Listener;
  readonly open: OpenPort;
}

export class OpenPorts {
  /** The engine broadcasts on all of them: those that take newcomers, in the order in which they were opened, and after
   * them those that only keep whom they have. */
  readonly #listeners: Listener[];
  readonly #renewable: Renewable[] = [];

  constructor(listeners: Listener[]) {
    this.#listeners = listeners;
  }

  /** Throws when the port is taken, or the certificate cannot be read. */
  open({ host, port, isSecure, isShared }: PortSettings, open: OpenPort): void {
    // A certificate can only be exchanged by another listener on the same port, which has to be meant to be shared then.
    // But whoever asks for a shared port gets it, even from another server: so it is taken alone for a moment before.
    if (isSecure && !isShared) Bun.listen({ hostname: host, port, socket: { data: () => undefined } }).stop();
    const listener = open(port, isShared || isSecure);
    this.#listeners.push(listener);
    if (isSecure) this.#renewable.push({ listener, open });
  }

  /** Newcomers find the certificate of now; whoever is connected stays so. Throws when it cannot be used. */
  renewCertificates(): void {
    for (const renewable of this.#renewable) {
      const { listener: old, open } = renewable;
      const fresh = open(old.port ?? 0, true);
      renewable.listener = fresh;
      this.#listeners.splice(this.#listeners.indexOf(old), 1, fresh);
      this.#listeners.push(old);
      // It resolves when the last of its connections is gone.
      old.stop().then(
        () => this.#forget(old),
        () => this.#forget(old),
      );
    }
  }

  /** Newcomers are for others on the same ports from now on. */
  stopAccepting(): void {
    for (const listener of this.#listeners) void listener.stop();
  }

  #forget(listener: Listener): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
}
