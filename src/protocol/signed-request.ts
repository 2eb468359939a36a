// Checks the signature of an HTTP request (docs/http-api.md H-2). What is signed is over decoded parameters in sorted
// order, because order and escaping in the URL differ between the SDKs.
import { type HttpFault, httpFaults, type Refusal, refusal } from './faults.ts';
import type { Signer } from './signatures.ts';

/** The query string as the checks need it. */
export interface SignedQuery {
  /** Decoded parameters but auth_signature, keys in lower case; a name that is given twice keeps its last value. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The third line of the string to sign. */
  readonly canonical: string;
  readonly signature: string | null;
}

const SIGNATURE = 'auth_signature';
const PLAIN_ORDERED = /^[a-z0-9_]+$/;

/** One pass over the query string (without the question mark). */
export function parseSignedQuery(query: string): SignedQuery {
  const parameters = new Map<string, string>();
  const pairs: (readonly [key: string, value: string])[] = [];
  let signature: string | null = null;
  let sorted = true;
  let previous = '';
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const rawKey = equals < 0 ? part : part.slice(0, equals);
    const key = PLAIN_ORDERED.test(rawKey) ? rawKey : decode(rawKey).toLowerCase();
    const value = equals < 0 ? '' : decode(part.slice(equals + 1));
    if (key === SIGNATURE) {
      signature = value;
      continue;
    }
    if (key < previous) sorted = false;
    previous = key;
    parameters.set(key, value);
    pairs.push([key, value]);
  }
  // Sorting is stable: the values of a repeated array parameter keep the order in which they were signed.
  if (!sorted) pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  let canonical = '';
  for (const [key, value] of pairs) canonical += canonical === '' ? `${key}=${value}` : `&${key}=${value}`;
  return { parameters, canonical, signature };
}

/** Percent-decoding that leaves malformed escapes as they are; both forms of the space are understood. */
export function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', '%20');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return text;
  }
}

export interface SignedRequest {
  readonly method: string;
  /** The forms of the path that a signer may have used; the first one is tried first. */
  readonly paths: readonly string[];
  readonly query: SignedQuery;
}

/** What is known of the app that the request is for. */
export interface RequestVerifier {
  /** Key → signer, of the active keys of the app. */
  readonly signers: ReadonlyMap<string, Signer>;
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** How far the clocks may differ; a difference of exactly this much is refused. */
  readonly windowSeconds: number;
}

/** Null when the request is from somebody who knows a secret of the app. */
export function verifySignedRequest(request: SignedRequest, verifier: RequestVerifier): Refusal<HttpFault> | null {
  const { parameters, canonical, signature } = request.query;
  const key = parameters.get('auth_key');
  if (!key) return refusal(httpFaults.missingAuth, { name: 'auth_key' });
  const signer = verifier.signers.get(key);
  if (signer === undefined) return refusal(httpFaults.unknownKey);
  if (!signature) return refusal(httpFaults.missingAuth, { name: SIGNATURE });
  const version = parameters.get('auth_version');
  if (!version) return refusal(httpFaults.missingAuth, { name: 'auth_version' });
  if (version !== '1.0') return refusal(httpFaults.badVersion);
  const expired = checkTimestamp(parameters.get('auth_timestamp'), verifier);
  if (expired !== null) return expired;
  for (const path of request.paths) {
    if (signer.verify(`${request.method}\n${path}\n${canonical}`, signature)) return null;
  }
  const signed = JSON.stringify(`${request.method}\n${request.paths[0] ?? ''}\n${canonical}`);
  return {
    fault: httpFaults.wrongSignature,
    // The string to sign is longer than what is usually repeated back, and worthless without being whole.
    text: httpFaults.wrongSignature.text
      .replace('{signed}', () => signed.slice(0, 2000))
      .replace('{got}', () => JSON.stringify(signature.slice(0, 100))),
  };
}

function checkTimestamp(given: string | undefined, verifier: RequestVerifier): Refusal<HttpFault> | null {
  if (!given) return refusal(httpFaults.missingAuth, { name: 'auth_timestamp' });
  const givenMs = Number(given) * 1000;
  if (!/^\d{1,12}$/.test(given)) return refusal(httpFaults.badTimestamp);
  if (Math.abs(verifier.nowMs - givenMs) < verifier.windowSeconds * 1000) return null;
  return refusal(httpFaults.expired, {
    given: new Date(givenMs).toISOString(),
    now: new Date(verifier.nowMs).toISOString(),
    window: verifier.windowSeconds,
  });
}

/** Whether the body is the one that was signed. An empty body needs no body_md5; Python sends one even then. */
export function verifyBody(body: string, query: SignedQuery): Refusal<HttpFault> | null {
  const claimed = query.parameters.get('body_md5');
  if (claimed === undefined) return body === '' ? null : refusal(httpFaults.missingAuth, { name: 'body_md5' });
  if (Bun.CryptoHasher.hash('md5', body, 'hex') === claimed) return null;
  return refusal(httpFaults.wrongBodyMd5);
}
