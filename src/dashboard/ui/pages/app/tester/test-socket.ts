// The WebSocket of the tester, and what went over it.
import { type Signal, signal } from '@preact/signals';

export interface Frame {
  readonly id: number;
  readonly atMs: number;
  /** `note`: what the browser tells, such as how it was closed. */
  readonly way: 'in' | 'out' | 'note';
  readonly text: string;
}

export type SocketState = 'closed' | 'connecting' | 'open';

const KEPT = 500;

export class TestSocket {
  readonly state: Signal<SocketState> = signal('closed');
  readonly socketId: Signal<string | null> = signal(null);
  readonly frames: Signal<readonly Frame[]> = signal([]);
  #socket: WebSocket | null = null;
  #nextId = 1;

  open(url: string): void {
    this.close();
    this.#note('note', `Connecting to ${url}`);
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch (error) {
      return this.#note('note', String(error));
    }
    this.#socket = socket;
    this.state.value = 'connecting';
    socket.addEventListener('open', () => {
      this.state.value = 'open';
    });
    socket.addEventListener('message', ({ data }) => this.#received(String(data)));
    socket.addEventListener('close', ({ code, reason }) => {
      if (this.#socket !== socket) return;
      this.#note('note', `Closed with ${code}${reason === '' ? '' : `: ${reason}`}${hintOf(code)}`);
      this.#ended();
    });
  }

  send(text: string): void {
    this.#socket?.send(text);
    this.#note('out', text);
  }

  close(): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#ended();
    socket.close();
    this.#note('note', 'Closed by this page');
  }

  clear(): void {
    this.frames.value = [];
  }

  #ended(): void {
    this.#socket = null;
    this.state.value = 'closed';
    this.socketId.value = null;
  }

  #received(text: string): void {
    this.#note('in', text);
    const id = socketIdIn(text);
    if (id !== null) this.socketId.value = id;
  }

  #note(way: Frame['way'], text: string): void {
    this.frames.value = [...this.frames.value, { id: this.#nextId++, atMs: Date.now(), way, text }].slice(-KEPT);
  }
}

/** The id of the connection, from its greeting. */
function socketIdIn(text: string): string | null {
  if (!text.includes('pusher:connection_established')) return null;
  try {
    const { socket_id: id } = JSON.parse(JSON.parse(text).data);
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

const NEVER_OPENED = 1006;

function hintOf(code: number): string {
  if (code !== NEVER_OPENED) return '';
  return ' (nothing answered there, or no WebSocket; see whether host, port and TLS are right)';
}
