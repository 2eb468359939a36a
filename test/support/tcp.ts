// A bare TCP connection to the server: requests byte by byte, WebSocket frames bit by bit, and a reader that can stop.
import { connect, type Socket } from 'node:net';
import { KEY } from './credentials.ts';

/** Long enough for a busy machine; what does not come fails the test with what came instead. */
const WAIT_MS = 10_000;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface WireFrame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payload: Buffer;
}

/** How the server ends a connection: an error frame, then a close frame. */
export interface Farewell {
  readonly errorCode: number | null;
  readonly message: string;
  readonly closeCode: number;
  readonly reason: string;
}

export interface FrameForm {
  /** 1 text, 2 binary, 8 close, 9 ping, 10 pong; text when left out. */
  readonly opcode?: number;
  readonly isFinal?: boolean;
  readonly isMasked?: boolean;
  /** The three reserved bits, as a number up to 7. */
  readonly reserved?: number;
}

export const UPGRADE_HEADERS: Readonly<Record<string, string>> = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

export class TcpClient {
  readonly socket: Socket;
  /** Resolves when the server has ended the connection, in whatever way. */
  readonly ended: Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #waiting: (() => void) | null = null;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' });
    // A connection that breaks is what several tests wait for; the close event follows.
    this.socket.on('error', () => undefined);
    this.resumeReading();
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isEnded = true;
        this.#waiting?.();
        resolve();
      };
      this.socket.on('end', end);
      this.socket.on('close', end);
    });
  }

  /** Upgraded to a WebSocket. */
  static async webSocket(port: number, target = `/app/${KEY}?protocol=7`): Promise<TcpClient> {
    const client = new TcpClient(port);
    client.write(requestText('GET', target, UPGRADE_HEADERS));
    const { status } = await client.response(true);
    if (status !== 101) throw new Error(`The upgrade was answered with ${status}.`);
    return client;
  }

  write(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** From now on nothing is read; the system's buffers fill, then the server's. */
  stopReading(): void {
    this.socket.removeAllListeners('data');
    this.socket.pause();
  }

  resumeReading(): void {
    this.socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#waiting?.();
    });
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }

  /** Everything that the server has sent by the end of the connection. */
  async rest(): Promise<string> {
    await bounded(this.ended, () => `The server did not end the connection; it said: ${this.#received.toString()}`);
    return this.#received.toString();
  }

  /** The next HTTP response. Interim ones (100) are answers of their own. */
  async response(isWithoutBody = false): Promise<HttpAnswer> {
    await this.#until((received) => received.includes('\r\n\r\n'));
    const headEnd = this.#received.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = this.#take(headEnd + 4)
      .toString()
      .trimEnd()
      .split('\r\n');
    const headers = new Headers(
      lines.map((line): [string, string] => [
        line.slice(0, line.indexOf(':')),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const status = Number(statusLine.split(' ')[1]);
    if (isWithoutBody || status < 200) return { status, headers, body: '' };
    const length = Number(headers.get('content-length') ?? 0);
    await this.#until((received) => received.length >= length);
    return { status, headers, body: this.#take(length).toString() };
  }

  /** The next WebSocket frame of the server; it masks none and needs no length beyond 32 bits. */
  async frame(): Promise<WireFrame> {
    await this.#until((received) => received.length >= 2);
    const [first = 0, short = 0] = this.#received;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    await this.#until((received) => received.length >= head);
    const length =
      short < 126 ? short : short === 126 ? this.#received.readUInt16BE(2) : this.#received.readUInt32BE(6);
    await this.#until((received) => received.length >= head + length);
    const payload = this.#take(head + length).subarray(head);
    return { opcode: first & 0x0f, isFinal: first >= 0x80, payload };
  }

  /** The next frame; null when the server has ended the connection and has nothing more to say. */
  async frameOrEnd(): Promise<WireFrame | null> {
    await this.#until((received) => received.length >= 2 || this.#isEnded);
    return this.#received.length < 2 ? null : await this.frame();
  }

  /** The next text frame; control frames before it are passed over. */
  async text(): Promise<string> {
    for (;;) {
      const { opcode, payload } = await this.frame();
      if (opcode === 1) return payload.toString();
      if (opcode === 8) throw new Error(`Closed with ${payload.readUInt16BE(0)} while a text was expected.`);
    }
  }

  /** Reads to the end of the connection, which must be a clean one. */
  async farewell(): Promise<Farewell> {
    const { event, data } = JSON.parse(await this.text());
    if (event !== 'pusher:error') throw new Error(`Not an error frame: ${event}`);
    const { opcode, payload } = await this.frame();
    if (opcode !== 8) throw new Error(`A frame ${opcode} after the error frame: ${payload.toString()}`);
    await bounded(this.ended, () => 'The server closed and did not end the connection.');
    const { code: errorCode, message } = data as { code: number | null; message: string };
    return { errorCode, message, closeCode: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
  }

  /** Sends one WebSocket frame. */
  say(payload: string | Uint8Array, form: FrameForm = {}): void {
    this.write(frameBytes(payload, form));
  }

  #take(length: number): Buffer {
    const taken = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return taken;
  }

  async #until(holds: (received: Buffer) => boolean): Promise<void> {
    while (!holds(this.#received)) {
      if (this.#isEnded) throw new Error(`The server ended the connection after: ${this.#received.toString()}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = resolve;
      await bounded(promise, () => `Nothing more came after: ${this.#received.toString()}`);
    }
  }
}

/** The head of a request, and its body if it has one. */
export function requestText(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

export function frameBytes(payload: string | Uint8Array, form: FrameForm = {}): Buffer {
  const { opcode = 1, isFinal = true, isMasked = true, reserved = 0 } = form;
  const body = Buffer.from(payload);
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = isMasked ? 0x80 : 0;
  const head = Buffer.from(
    body.length < 126
      ? [first, mask | body.length]
      : body.length < 65_536
        ? [first, mask | 126, body.length >> 8, body.length & 0xff]
        : [first, mask | 127, 0, 0, 0, 0, ...new Uint8Array(new Uint32Array([body.length]).buffer).reverse()],
  );
  if (!isMasked) return Buffer.concat([head, body]);
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  for (let at = 0; at < body.length; at++) body[at] = (body[at] ?? 0) ^ (key[at & 3] ?? 0);
  return Buffer.concat([head, key, body]);
}

async function bounded<T>(awaited: Promise<T>, describe: () => string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(describe())), WAIT_MS);
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
