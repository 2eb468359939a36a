// One connection of a protocol-7 client: greeting, keep-alive in both directions, frames and the close.
import { VERSION } from '../system/version.ts';

export interface Frame {
  readonly event: string;
  readonly channel?: string;
  readonly data?: unknown;
  readonly user_id?: string;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
  /** Whether the server had let the client in before. */
  readonly wasGreeted: boolean;
}

export interface ConnectionOptions {
  readonly key: string;
  /** How long the greeting may take. */
  readonly timeoutMs: number;
  /** @param text the frame as it came. */
  readonly onFrame: (frame: Frame, text: string) => void;
  readonly onGreeted: (socketId: string) => void;
  readonly onClosed: (closed: Closed) => void;
}

/** How long an answer to a ping may take, as in the official clients. */
const PONG_MS = 30_000;
/** What the official clients do of their own accord; a server may only ask for less. */
const LONGEST_SILENCE_SECONDS = 120;
/** Reported for a connection that ended without a close frame (RFC 6455, section 7.1.5). */
const ABNORMAL = 1006;

/** Where clients of the app connect. */
export function appUrl(serverUrl: string, key: string): string {
  const query = `protocol=7&client=vask-cli&version=${encodeURIComponent(VERSION)}`;
  return `${serverUrl.replace(/^http/, 'ws')}/app/${encodeURIComponent(key)}?${query}`;
}

/** The frame in the text, or null for anything that is none. */
export function parseFrame(text: string): Frame | null {
  try {
    const value: unknown = JSON.parse(text);
    const isFrame = typeof value === 'object' && value !== null && 'event' in value && typeof value.event === 'string';
    return isFrame ? (value as Frame) : null;
  } catch {
    return null;
  }
}

/** What the data of a frame says; it is JSON in a string, except in pusher:error. */
export function dataOf({ data }: Frame): Readonly<Record<string, unknown>> {
  let value = data;
  try {
    if (typeof data === 'string') value = JSON.parse(data);
  } catch {
    return {};
  }
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

export class ClientConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #activityMs = 0;
  #isGreeted = false;
  #isClosed = false;
  #failure = '';

  constructor(serverUrl: string, options: ConnectionOptions) {
    this.#options = options;
    this.#socket = new WebSocket(appUrl(serverUrl, options.key));
    this.#socket.addEventListener('message', ({ data }) => this.#hear(String(data)));
    this.#socket.addEventListener('error', (event) => {
      const message = 'message' in event ? String(event.message) : '';
      // The engine's text begins with the whole address; the end of it is the reason.
      this.#failure = message.replace(/^WebSocket connection to '.*' failed: /, '');
    });
    this.#socket.addEventListener('close', ({ code, reason }) => this.#end(code, reason || this.#failure));
    this.#timer = setTimeout(() => this.#giveUp('no greeting came in time'), options.timeoutMs);
  }

  say(event: string, data: unknown): void {
    this.#socket.send(JSON.stringify({ event, data }));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket.close(1000);
  }

  #hear(text: string): void {
    if (this.#isClosed) return;
    this.#awaitActivity();
    const frame = parseFrame(text);
    if (frame === null) return;
    if (frame.event === 'pusher:ping') this.say('pusher:pong', {});
    if (frame.event === 'pusher:connection_established') this.#greet(frame, text);
    else this.#options.onFrame(frame, text);
  }

  #greet(frame: Frame, text: string): void {
    const { socket_id: socketId, activity_timeout: seconds } = dataOf(frame);
    this.#isGreeted = true;
    const isUsable = typeof seconds === 'number' && seconds > 0 && seconds <= LONGEST_SILENCE_SECONDS;
    this.#activityMs = (isUsable ? seconds : LONGEST_SILENCE_SECONDS) * 1000;
    this.#awaitActivity();
    this.#options.onFrame(frame, text);
    this.#options.onGreeted(String(socketId));
  }

  #awaitActivity(): void {
    if (!this.#isGreeted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.say('pusher:ping', {});
      this.#timer = setTimeout(() => this.#giveUp('no answer to a ping came in time'), PONG_MS);
    }, this.#activityMs);
  }

  // The other side does not answer, so its close frame is not waited for.
  #giveUp(reason: string): void {
    this.#end(ABNORMAL, reason);
    this.#socket.terminate();
  }

  #end(code: number, reason: string): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.onClosed({ code, reason, wasGreeted: this.#isGreeted });
  }
}
