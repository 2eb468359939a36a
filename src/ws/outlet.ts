// One client's way out, made of the engine's socket. It is also what the socket carries, one object instead of two.
import type { Connection, Outlet } from '../core/connection.ts';
import type { Knock } from '../engine/connect.ts';

export type Socket = Bun.ServerWebSocket<SocketOutlet>;

/** Longest reason of a close frame in bytes (RFC 6455, section 5.5). */
const REASON_BYTES = 123;
const reasonRoom = new Uint8Array(REASON_BYTES);
const encoder = new TextEncoder();

export class SocketOutlet implements Outlet {
  /** What the client said in its request; needed only until it is let in. */
  knock: Knock | null;
  /** Null before the socket is open, and for a client that was refused. */
  connection: Connection | null = null;
  /** How the socket has ended; null while it is open. */
  closeCode: number | null = null;
  #socket: Socket | null = null;

  constructor(
    knock: Knock,
    readonly listener: Bun.Server<SocketOutlet>,
  ) {
    this.knock = knock;
  }

  open(socket: Socket): void {
    this.#socket = socket;
  }

  send(frame: string): void {
    this.#socket?.sendText(frame);
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, cut(reason));
  }

  cut(): void {
    this.#socket?.terminate();
  }

  ping(): void {
    this.#socket?.ping();
  }

  join(topic: string): void {
    this.#socket?.subscribe(topic);
  }

  leave(topic: string): void {
    this.#socket?.unsubscribe(topic);
  }

  get backlogBytes(): number {
    return this.#socket?.getBufferedAmount() ?? 0;
  }

  /** Sends to everybody else on this listener who joined the topic. */
  publishToOthers(topic: string, frame: string): void {
    this.#socket?.publishText(topic, frame);
  }
}

/** Encoding stops before the first character that does not fit, so none is torn. */
function cut(reason: string): string {
  return reason.slice(0, encoder.encodeInto(reason, reasonRoom).read);
}
