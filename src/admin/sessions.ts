// Logging in and out. A session begins with a fresh secret each time, so what somebody has planted before is worth nothing.

import { networkOf } from '../core/network.ts';
import type { AccountRecord, SessionRecord } from '../storage/records.ts';
import { sessionCookieHeader } from './authenticate.ts';
import { SESSION_MS } from './bounds.ts';
import { drawSecret, hashOf } from './credentials.ts';
import { type Problem, refuse } from './problems.ts';
import type { Site } from './site.ts';

export interface Begun {
  readonly session: SessionRecord;
  /** For Set-Cookie. */
  readonly cookie: string;
}

/** @param before the value of the cookie that came with the request: that session ends. */
export async function beginSession(
  { store, clock }: Pick<Site, 'store' | 'clock'>,
  account: AccountRecord,
  before: string | null,
  isSecure: boolean,
): Promise<Begun> {
  const nowMs = clock.now();
  if (before !== null) await store.sessions.delete(hashOf(before));
  await store.sessions.deleteExpired(nowMs);
  const value = drawSecret();
  const session = {
    hash: hashOf(value),
    accountId: account.id,
    csrf: drawSecret(),
    createdAtMs: nowMs,
    expiresAtMs: nowMs + SESSION_MS,
  };
  await store.sessions.create(session);
  return { session, cookie: sessionCookieHeader(value, SESSION_MS / 1000, isSecure) };
}

type LoginSite = Pick<Site, 'store' | 'clock' | 'passwords' | 'networkAttempts' | 'emailAttempts'>;

/**
 * The account, if the password is its own. Whatever is wrong, the answer and the time that it takes are the same, so that
 * nobody learns which addresses have accounts.
 */
export async function checkLogin(
  site: LoginSite,
  email: string,
  password: string,
  remoteAddress: string,
): Promise<AccountRecord | Problem> {
  const waitSeconds =
    takeNetworkAttempt(site, remoteAddress) ?? throttled(site.emailAttempts.take(email, site.clock.now()));
  if (waitSeconds !== null) return waitSeconds;
  const account = await site.store.accounts.byEmail(email);
  const isRight = await site.passwords.verify(password, account?.passwordHash ?? null);
  if (isRight === null) return { problem: 'tooOften', headers: { 'retry-after': '5' } };
  if (!isRight || account === null || !account.enabled) return refuse('wrongLogin');
  site.emailAttempts.forgive(email);
  return account;
}

/** Null when the network may try once more. */
export function takeNetworkAttempt(
  { networkAttempts, clock }: Pick<Site, 'networkAttempts' | 'clock'>,
  remoteAddress: string,
): Problem | null {
  return throttled(networkAttempts.take(networkOf(remoteAddress), clock.now()));
}

function throttled(waitSeconds: number): Problem | null {
  return waitSeconds === 0 ? null : { problem: 'tooOften', headers: { 'retry-after': String(waitSeconds) } };
}
