// One post of one body: signed, guarded, bounded in time and in what is read of the answer.
import { lookup } from 'node:dns/promises';
import { Signer } from '../protocol/signatures.ts';
import type { WebhookApp } from './endpoint.ts';
import { guard, type Resolve } from './guard.ts';

export interface Letter {
  readonly id: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signingKey: WebhookApp['signingKey'];
}

export interface PostResult {
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: string | null;
  readonly answer: string | null;
}

/** Never rejects. @param signal gives up before the time is over. */
export type Post = (letter: Letter, signal?: AbortSignal) => Promise<PostResult>;

export interface PostOptions {
  readonly allowedHosts: readonly string[];
  readonly timeoutMs: number;
  readonly resolve: Resolve;
  /** Certificates (PEM) that are trusted instead of the system's; null for those. */
  readonly authorities: string | null;
}

/** Of an answer, more than this is never read. */
const ANSWER_BYTES = 1_024;

export const resolveName: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

export function poster(options: PostOptions): Post {
  const { timeoutMs } = options;
  return async (letter, signal) => {
    const startMs = performance.now();
    const timeout = AbortSignal.timeout(timeoutMs);
    const either = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    const took = (): number => Math.round(performance.now() - startMs);
    try {
      const response = await before(either, send(letter, options, either));
      const answer = await before(either, beginningOf(response)).catch(() => null);
      return { status: response.status, durationMs: took(), error: null, answer };
    } catch (error) {
      const text = timeout.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error);
      return { status: null, durationMs: took(), error: text, answer: null };
    }
  };
}

async function send(
  { id, url: text, headers, body, signingKey }: Letter,
  { allowedHosts, resolve, authorities }: PostOptions,
  signal: AbortSignal,
): Promise<Response> {
  const { address, url } = await guard(text, allowedHosts, resolve);
  signal.throwIfAborted();
  const { hostname, host } = url;
  const to = new URL(url);
  to.hash = '';
  to.hostname = address.includes(':') ? `[${address}]` : address;
  return await fetch(to, {
    method: 'POST',
    body,
    headers: headersOf({ id, headers, body, signingKey }, host),
    redirect: 'manual',
    keepalive: false,
    signal,
    tls: { serverName: hostname, ...(authorities === null ? {} : { ca: authorities }) },
  });
}

// Names of headers are the same in any case, so an endpoint's own replaces one of ours instead of being added to it.
function headersOf({ id, headers, body, signingKey }: Omit<Letter, 'url'>, host: string): Headers {
  const all = new Headers({ 'User-Agent': 'Vask' });
  // What is stored may be older than a rule of today.
  for (const [name, value] of Object.entries(headers)) if (headerFault(name, value) === null) all.set(name, value);
  all.set('Accept-Encoding', 'identity');
  all.set('Host', host);
  // Exactly so; SDKs compare it as text.
  all.set('Content-Type', 'application/json');
  all.set('X-Pusher-Key', signingKey.key);
  all.set('X-Pusher-Signature', signatureOf(signingKey.secret, body));
  all.set('X-Vask-Delivery', id);
  return all;
}

function signatureOf(secret: string, body: string): string {
  return new Signer(secret).sign(body);
}

/** Whatever happens to the promise later, the answer is there when the signal is. */
async function before<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) abort();
    return await Promise.race([promise, end]);
  } finally {
    signal.removeEventListener('abort', abort);
    promise.catch(() => undefined);
    end.catch(() => undefined);
  }
}

async function beginningOf(response: Response): Promise<string | null> {
  const reader = response.body?.getReader();
  if (reader === undefined) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < ANSWER_BYTES) {
      const { value, done } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
  const text = Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString();
  return text === '' ? null : text;
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, 500);
}

/** The headers that make the post what it is; an endpoint's own headers cannot replace them. */
const RESERVED =
  /^(host|accept-encoding|connection|content-.*|transfer-encoding|expect|upgrade|te|trailer|keep-alive|proxy-.*|x-pusher-.*|x-vask-.*)$/i;

export const LONGEST_HEADER_NAME = 200;
export const LONGEST_HEADER_VALUE = 4_096;

/** What is wrong with an extra header, in words; null when nothing is. */
export function headerFault(name: string, value: string): string | null {
  if (name.length > LONGEST_HEADER_NAME || !/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name))
    return 'is not a name of a header';
  if (RESERVED.test(name)) return 'is set by the server itself';
  if (value.length > LONGEST_HEADER_VALUE || !/^[\t\x20-\x7e]*$/.test(value)) {
    return `must have at most ${LONGEST_HEADER_VALUE} printable characters`;
  }
  return null;
}
