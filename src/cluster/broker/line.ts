// One end of the socket between a worker and the process that started it: messages in order, those of one turn of the
// loop in one write, and a bound on what waits for a peer that does not read.
import { framed, Splitter } from './framing.ts';

/**
 * Bytes that may wait for the other end. A roster of the largest kind is one message of 64 MiB and a half as much again
 * in quotes; who does not take several of them has stopped reading.
 */
const LINE_BACKLOG_BYTES = 268_435_456;
/** Beyond this what can be refused is. */
const CONGESTED_BYTES = 16_777_216;

type LineSocket = Pick<Bun.Socket<Line | null>, 'terminate' | 'write'>;

export interface LineListener {
  message(message: string): void;
  /** Nothing will come any more. Called once. */
  ended(why: string): void;
}

const NOBODY: LineListener = { message: () => undefined, ended: () => undefined };

export class Line {
  readonly #socket: LineSocket;
  readonly #splitter: Splitter;
  readonly #maxBacklog: number;
  #listener = NOBODY;
  /** Messages of this turn. */
  #gathered: string[] = [];
  #gatheredLength = 0;
  /** Bytes that the socket has not taken, in order. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isScheduled = false;
  #why: string | null = null;

  constructor(socket: LineSocket, maxBacklog = LINE_BACKLOG_BYTES) {
    this.#socket = socket;
    this.#maxBacklog = maxBacklog;
    this.#splitter = new Splitter((message) => {
      if (this.#why === null) this.#listener.message(message);
    });
  }

  /** Why it has ended; null while it has not. */
  get why(): string | null {
    return this.#why;
  }

  /** The other end does not take as much as it is sent. */
  get isCongested(): boolean {
    return this.#waitingBytes + this.#gatheredLength > CONGESTED_BYTES;
  }

  /** Names the one who listens, before anything comes. */
  listen(listener: LineListener): void {
    this.#listener = listener;
  }

  send(message: string): void {
    if (this.#why !== null) return;
    const text = framed(message);
    this.#gathered.push(text);
    this.#gatheredLength += text.length;
    if (this.#waitingBytes + this.#gatheredLength > this.#maxBacklog) {
      this.end(`the other end does not read: more than ${this.#maxBacklog} bytes wait for it`);
    } else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => this.flush());
    }
  }

  /** Writes what has been sent in this turn. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#gathered.length === 0 || this.#why !== null) return;
    const bytes = Buffer.from(this.#gathered.length === 1 ? (this.#gathered[0] ?? '') : this.#gathered.join(''));
    this.#gathered = [];
    this.#gatheredLength = 0;
    const isFirst = this.#waiting.length === 0;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (isFirst) this.drained();
  }

  /** Nothing more is said or heard. */
  end(why: string): void {
    if (this.#why !== null) return;
    this.#why = why;
    this.#gathered = [];
    this.#waiting = [];
    this.#socket.terminate();
    this.#listener.ended(why);
  }

  /** The socket has bytes. */
  received(bytes: Uint8Array): void {
    try {
      this.#splitter.add(bytes);
    } catch (error) {
      this.end(error instanceof Error ? error.message : String(error));
    }
  }

  /** The socket takes bytes again. */
  drained(): void {
    while (this.#why === null) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const written = this.#socket.write(next);
      // What cannot be written to will say that it has closed.
      if (written <= 0) return;
      this.#waitingBytes -= written;
      if (written < next.length) {
        this.#waiting[0] = next.subarray(written);
        return;
      }
      this.#waiting.shift();
    }
  }
}

/** What a socket does for the line that is its data. */
export const LINE_EVENTS = {
  data: (socket: Bun.Socket<Line | null>, bytes: Uint8Array): void => socket.data?.received(bytes),
  drain: (socket: Bun.Socket<Line | null>): void => socket.data?.drained(),
  close: (socket: Bun.Socket<Line | null>): void => socket.data?.end('the other end has closed it'),
  end: (socket: Bun.Socket<Line | null>): void => socket.data?.end('the other end has closed it'),
  error: (socket: Bun.Socket<Line | null>, error: Error): void => socket.data?.end(error.message),
};
