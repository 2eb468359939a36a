// Secrets that the server hands out, and the hashes by which it knows them again. Each has 256 bits from a secure source,
// so a plain hash cannot be searched, and looking it up by hash tells nothing by its time.
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

export const TOKEN_PREFIX = 'vask_pat_';

export function drawSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function drawToken(): string {
  return `${TOKEN_PREFIX}${drawSecret()}`;
}

/** An id that nobody has to keep secret. */
export function drawId(): string {
  return randomBytes(12).toString('hex');
}

/** Digits only, which is what most SDKs expect of an app id. */
export function drawAppId(): string {
  return String(randomInt(100_000_000, 1_000_000_000));
}

export function drawKeyPair(): { readonly key: string; readonly secret: string } {
  return { key: `vask-${randomBytes(10).toString('hex')}`, secret: randomBytes(20).toString('hex') };
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares hashes, so that neither content nor length shows in the time that it takes. */
export function isSameSecret(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
