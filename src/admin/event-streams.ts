// Answers that last: Server-Sent Events. Each ends when its reader does not read, its session is over, the caller may look
// no more, or the server stops.
import type { Clock } from '../engine/ports.ts';

export const EVENT_STREAM = 'text/event-stream';

/** Keeps proxies from closing what is silent; the caller's rights are looked at as often. */
const LOOK_MS = 15_000;
/** Bytes that may wait for a reader. */
const MOST_WAITING = 1_048_576;

const encoder = new TextEncoder();

export interface EventStream {
  readonly body: ReadableStream<Uint8Array>;
  send(event: string, data: unknown): void;
}

export interface StreamOptions {
  /** Of the session by which it was asked for; null for a token. */
  readonly session: string | null;
  readonly isStillAllowed: () => Promise<boolean>;
  /** Called once, however it ends. */
  readonly ended: () => void;
}

interface Open {
  readonly session: string | null;
  readonly end: () => void;
}

export class EventStreams {
  readonly #clock: Clock;
  readonly #open = new Set<Open>();
  #isEnding = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open({ session, isStillAllowed, ended }: StreamOptions): EventStream {
    let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
    const stop = (): void => {
      if (!this.#open.delete(open)) return;
      endLooking();
      ended();
    };
    const end = (): void => {
      if (!this.#open.has(open)) return;
      stop();
      controller?.close();
    };
    const write = (text: string): void => {
      if (controller === null || !this.#open.has(open)) return;
      controller.enqueue(encoder.encode(text));
      if ((controller.desiredSize ?? 0) <= 0) end();
    };
    const open: Open = { session, end };
    this.#open.add(open);
    const endLooking = this.#clock.every(LOOK_MS, () => {
      write(': \n\n');
      isStillAllowed().then((isAllowed) => {
        if (!isAllowed) end();
      }, end);
    });
    const source = {
      start(made: ReadableStreamDefaultController<Uint8Array>) {
        controller = made;
        write(': \n\n');
      },
      cancel: stop,
    };
    const body = new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING }));
    if (this.#isEnding) end();
    return { body, send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`) };
  }

  /** Ends all that were opened by the session. */
  endOf(session: string): void {
    for (const open of [...this.#open]) if (open.session === session) open.end();
  }

  /** From here on, whatever is opened ends at once. */
  endAll(): void {
    this.#isEnding = true;
    for (const open of [...this.#open]) open.end();
  }
}
