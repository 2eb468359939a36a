// A WebSocket upgrade by hand. The client of the engine only says that it did not work; what a proxy answered instead is
// just what a doctor wants to see.
import { randomBytes } from 'node:crypto';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { appUrl } from '../websocket-client.ts';
import { endpointOf } from './endpoint.ts';
import { within } from './within.ts';

export interface Upgrade {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The first text frame after a 101, or null when the connection ended without one. */
  readonly frame: string | null;
  /** The beginning of the body of any other answer. */
  readonly body: string;
}

export const SUB_PROTOCOL = 'pusher-channels-protocol-7';

const MOST_BYTES = 65_536;

/** @throws when there is no answer in time, or one that is not HTTP. */
export async function upgrade(serverUrl: string, key: string, timeoutMs: number): Promise<Upgrade> {
  const { host, port, isSecure } = endpointOf(serverUrl);
  const socket = isSecure
    ? connectTls({ host, port, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 ? { servername: host } : {}) })
    : connectTcp({ host, port });
  const answered = Promise.withResolvers<Upgrade>();
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const answer = readAnswer(received, received.length > MOST_BYTES);
    if (answer !== null) answered.resolve(answer);
  });
  socket.on('error', answered.reject);
  socket.on('close', () => {
    const answer = readAnswer(received, true);
    if (answer === null) answered.reject(new Error('the connection ended without an answer'));
    else answered.resolve(answer);
  });
  socket.write(requestOf(appUrl(serverUrl, key)));
  try {
    return await within(timeoutMs, answered.promise);
  } finally {
    socket.destroy();
  }
}

function requestOf(webSocketUrl: string): string {
  const { host, pathname, search } = new URL(webSocketUrl);
  return [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${SUB_PROTOCOL}`,
    '\r\n',
  ].join('\r\n');
}

/** Null while more has to come. */
function readAnswer(bytes: Buffer, isAll: boolean): Upgrade | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0);
  const headers = new Map(lines.map(readHeader));
  const rest = bytes.subarray(headEnd + 4);
  if (status !== 101) {
    const expected = Number(headers.get('content-length') ?? Number.POSITIVE_INFINITY);
    return isAll || rest.length >= expected
      ? { status, headers, frame: null, body: rest.toString('utf8', 0, 1000) }
      : null;
  }
  const frame = readTextFrame(rest);
  return frame === null && !isAll ? null : { status, headers, frame, body: '' };
}

function readHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

const FINAL_TEXT = 0x81;

/** The text of the frame with which the bytes begin; servers do not mask, and the first frame is a short one. */
function readTextFrame(bytes: Buffer): string | null {
  if (bytes[0] !== FINAL_TEXT || bytes.length < 4) return null;
  const short = bytes.readUInt8(1);
  const [start, length] = short === 126 ? [4, bytes.readUInt16BE(2)] : [2, short];
  return short < 127 && bytes.length >= start + length ? bytes.toString('utf8', start, start + length) : null;
}
