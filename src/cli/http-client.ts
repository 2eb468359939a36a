// Requests to the HTTP API, signed and bounded in time.
import { Failure, messageOf } from './failure.ts';
import { type RequestToSign, signUrl } from './signed-url.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Exchange {
  /** `http(s)://host:port`, with the prefix if there is one and no slash at the end. */
  readonly url: string;
  readonly timeoutMs: number;
}

/** @throws Failure when no answer comes. */
export async function send(
  { url, timeoutMs }: Exchange,
  pathAndQuery: string,
  init: RequestInit = {},
): Promise<HttpAnswer> {
  try {
    const response = await fetch(`${url}${pathAndQuery}`, {
      redirect: 'manual',
      ...init,
      // One request each: a connection kept for the next would keep the process from ending.
      keepalive: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    // The engine advises its programmers where it may.
    const reason = messageOf(error).replace(/ For more information.*/s, '');
    throw new Failure(`No answer from ${url}: ${reason}`, `Is the server running? "vask doctor ${url}" looks closer.`);
  }
}

export async function sendSigned(
  exchange: Exchange,
  credentials: { readonly key: string; readonly secret: string },
  request: RequestToSign,
): Promise<HttpAnswer> {
  const { query } = signUrl(request, credentials, Math.floor(Date.now() / 1000));
  const { method, path, body } = request;
  const content = body === '' ? {} : { body, headers: { 'content-type': 'application/json' } };
  return await send(exchange, `${path}?${query}`, { method, ...content });
}
