// A raw WebSocket client whose frames are awaited one by one: `await alice.next()`.
import { channelAuth, userAuth } from './credentials.ts';
import { type Frame, openFrame } from './frames.ts';
import { expectNoSecret } from './secrets.ts';

/** Long enough for a busy machine; a frame that does not come fails the test with what came instead. */
const WAIT_MS = 10_000;

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export class RawClient {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly closed: Promise<Closed>;
  readonly #opened: Promise<void>;
  #waiting: (() => void) | null = null;
  #isClosed = false;
  socketId = '';

  constructor(
    url: string,
    options: { protocols?: string[]; headers?: Record<string, string>; tls?: { rejectUnauthorized: boolean } } = {},
  ) {
    this.socket = new WebSocket(url, options as string[]);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#opened = promise;
    this.socket.addEventListener('open', () => resolve());
    this.socket.addEventListener('message', ({ data }) => {
      expectNoSecret(String(data));
      this.texts.push(String(data));
      this.#waiting?.();
    });
    this.closed = new Promise((settle) =>
      this.socket.addEventListener('close', ({ code, reason }) => {
        this.#isClosed = true;
        resolve();
        this.#waiting?.();
        settle({ code, reason });
      }),
    );
  }

  async opened(): Promise<this> {
    await this.#opened;
    return this;
  }

  /** The next frame as text. */
  async nextText(): Promise<string> {
    const deadline = performance.now() + WAIT_MS;
    while (this.texts.length === 0) {
      if (this.#isClosed) throw new Error('The connection was closed while a frame was expected.');
      if (performance.now() >= deadline) throw new Error('No frame came.');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, WAIT_MS);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.texts.shift() ?? '';
  }

  async next(): Promise<Frame> {
    return openFrame(await this.nextText());
  }

  /** Reads the greeting. */
  async greeted(): Promise<this> {
    const { event, data } = await this.next();
    if (event !== 'pusher:connection_established') throw new Error(`Greeted with ${event}: ${JSON.stringify(data)}`);
    this.socketId = (data as { socket_id: string }).socket_id;
    return this;
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Asks, signed as needed, and reads the answer. */
  async subscribe(channel: string, member?: { user_id: string | number; user_info?: unknown }): Promise<Frame> {
    const channelData = member === undefined ? undefined : JSON.stringify(member);
    const auth = /^(private|presence)-/.test(channel) ? channelAuth(this.socketId, channel, channelData) : undefined;
    this.say({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } });
    return await this.next();
  }

  async signIn(user: { id: string; user_info?: unknown; watchlist?: readonly string[] }): Promise<Frame> {
    const userData = JSON.stringify(user);
    this.say({ event: 'pusher:signin', data: { auth: userAuth(this.socketId, userData), user_data: userData } });
    return await this.next();
  }

  /** True when nothing has come before the answer to a ping: frames keep their order, so nothing was on its way. */
  async heardNothing(): Promise<boolean> {
    this.say({ event: 'pusher:ping', data: {} });
    return (await this.next()).event === 'pusher:pong';
  }

  async hangUp(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
