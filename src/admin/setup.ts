// The first admin, who is made with a link that the first start prints. The link is an invitation that nobody has sent.
import type { Clock } from '../engine/ports.ts';
import type { InvitationRecord } from '../storage/records.ts';
import type { Store } from '../storage/store.ts';
import { SETUP_MS } from './bounds.ts';
import { drawSecret, hashOf } from './credentials.ts';

/**
 * The secret of the link to make the first admin, for whoever reads the server's output; null once there is an account.
 * The link of an earlier start is void.
 */
export async function setupToken(store: Store, clock: Clock): Promise<string | null> {
  if ((await store.accounts.count()) > 0) return null;
  const nowMs = clock.now();
  await dropSetupLinks(store, nowMs);
  const token = drawSecret();
  await store.invitations.create({
    hash: hashOf(token),
    role: 'admin',
    appId: null,
    appRole: null,
    createdBy: null,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + SETUP_MS,
  });
  return token;
}

/** The page on which the token is used; in the fragment, so that it stands in no log and no Referer. */
export function setupLink(baseUrl: string, token: string): string {
  return `${baseUrl}/setup#${token}`;
}

export function isSetupLink({ createdBy, role }: InvitationRecord): boolean {
  return createdBy === null && role === 'admin';
}

export async function dropSetupLinks(store: Store, nowMs: number): Promise<void> {
  const open = await store.invitations.list(nowMs);
  for (const invitation of open) if (isSetupLink(invitation)) await store.invitations.delete(invitation.hash);
}
