// Who sends a request: an account, by the cookie of its session or by a personal access token. The device page asks the
// same questions.
import type { Clock } from '../engine/ports.ts';
import type { AccountRecord, SessionRecord, TokenRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { hashOf, isSameSecret, TOKEN_PREFIX } from './credentials.ts';

export type Caller =
  | { readonly kind: 'session'; readonly account: AccountRecord; readonly session: SessionRecord }
  | { readonly kind: 'token'; readonly account: AccountRecord; readonly token: TokenRecord };

/** How exactly the last use of a token is kept. */
const USE_STEP_MS = 60_000;
/** Longer than any that was ever handed out. */
const MAX_SECRET_LENGTH = 200;

const COOKIE = 'vask_session';
/** Browsers take a cookie of this name only by https and for this host alone, so no neighbour can plant one. */
const SECURE_COOKIE = `__Host-${COOKIE}`;

/** Null when nobody is logged in. A token that is sent counts alone, also when it is worth nothing. */
export async function authenticate(
  store: Store,
  clock: Clock,
  request: Request,
  isSecure: boolean,
): Promise<Caller | null> {
  const authorization = request.headers.get('authorization');
  if (authorization !== null) return authenticateToken(store, clock, authorization);
  const value = sessionCookie(request, isSecure);
  if (value === null) return null;
  const session = await store.sessions.get(hashOf(value), clock.now());
  if (session === null) return null;
  const account = await store.accounts.get(session.accountId);
  return account?.enabled ? { kind: 'session', account, session } : null;
}

async function authenticateToken(store: Store, clock: Clock, authorization: string): Promise<Caller | null> {
  const secret = /^bearer ([-\w]+)$/i.exec(authorization)?.[1];
  if (secret === undefined || !secret.startsWith(TOKEN_PREFIX) || secret.length > MAX_SECRET_LENGTH) return null;
  const nowMs = clock.now();
  const token = await store.tokens.byHash(hashOf(secret), nowMs);
  if (token === null || (token.expiresAtMs !== null && token.expiresAtMs <= nowMs)) return null;
  const account = await store.accounts.get(token.accountId);
  if (!account?.enabled) return null;
  if (nowMs - (token.lastUsedAtMs ?? 0) >= USE_STEP_MS) await store.tokens.used(token.id, nowMs);
  return { kind: 'token', account, token };
}

/** The value of the session's cookie, whatever it is worth. */
export function sessionCookie(request: Request, isSecure: boolean): string | null {
  const name = isSecure ? SECURE_COOKIE : COOKIE;
  for (const part of request.headers.get('cookie')?.split(';') ?? []) {
    const [key, value = ''] = part.trim().split('=', 2);
    if (key === name && /^[-\w]+$/.test(value) && value.length <= MAX_SECRET_LENGTH) return value;
  }
  return null;
}

/** The header that hands a session's cookie out; with an empty value and age 0 it takes it back. */
export function sessionCookieHeader(value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const name = isSecure ? SECURE_COOKIE : COOKIE;
  const secure = isSecure ? '; Secure' : '';
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

/**
 * Whether the browser speaks https, be it with a proxy. Anybody may claim so, and only locks itself out if it is not true.
 */
export function isSecureRequest(request: Request, baseUrl: string): boolean {
  return (
    request.url.startsWith('https:') ||
    baseUrl.startsWith('https:') ||
    request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim().toLowerCase() === 'https'
  );
}

/** Whether a write that the cookie vouches for was meant by the page that belongs to the session. */
export function hasCsrfToken(session: SessionRecord, given: string | null): boolean {
  return given !== null && given.length <= MAX_SECRET_LENGTH && isSameSecret(session.csrf, given);
}

/** Whether a browser says that a page of another site has sent it. Other clients say nothing. */
export function isCrossSite(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  return site === 'cross-site' || site === 'same-site';
}
