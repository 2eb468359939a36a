// Invitations: a link with which somebody makes an account, and becomes a member of an app.
import type { AppId } from '../protocol/ids.ts';
import type { AppRole, InvitationRecord, Role } from '../storage/records.ts';
import { note } from './audit.ts';
import type { Caller } from './authenticate.ts';
import { INVITATION_MS, MOST } from './bounds.ts';
import { drawSecret, hashOf } from './credentials.ts';
import { type Problem, refuse } from './problems.ts';
import { isSetupLink } from './setup.ts';
import type { Site } from './site.ts';

export function invitationView({ hash, role, appId, appRole, createdAtMs, expiresAtMs }: InvitationRecord) {
  return { id: hash, role, app: appId, appRole, createdAtMs, expiresAtMs };
}

interface Wanted {
  readonly role: Role;
  readonly appId: AppId | null;
  readonly appRole: AppRole | null;
}

export async function invite(site: Site, caller: Caller, wanted: Wanted) {
  const { store, clock, baseUrl } = site;
  const nowMs = clock.now();
  if ((await store.invitations.list(nowMs)).length >= MOST.invitations) return refuse('tooMany');
  const token = drawSecret();
  const invitation = {
    ...wanted,
    hash: hashOf(token),
    createdBy: caller.account.id,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + INVITATION_MS,
  };
  await store.invitations.create(invitation);
  const subject = wanted.appId === null ? 'invitations' : `app:${wanted.appId}`;
  await note(site, caller, 'invitation.create', subject, { role: wanted.role, appRole: wanted.appRole });
  return { body: { invitation: invitationView(invitation), token, url: `${baseUrl}/join#${token}` } };
}

/** The invitation, taken so that nobody else can use it, when who has sent it may still do so. */
export async function redeem(site: Site, token: string): Promise<InvitationRecord | Problem> {
  const { store, clock } = site;
  const invitation = await store.invitations.redeem(hashOf(token), clock.now());
  if (invitation === null) return refuse('badLink');
  if (isSetupLink(invitation)) {
    // It waits for the one route that it is for.
    await store.invitations.create(invitation);
    return refuse('badLink');
  }
  return (await isSenderEntitled(site, invitation)) ? invitation : refuse('badLink');
}

async function isSenderEntitled({ store }: Site, { createdBy, appId, role }: InvitationRecord): Promise<boolean> {
  const sender = createdBy === null ? null : await store.accounts.get(createdBy);
  if (!sender?.enabled) return false;
  if (sender.role === 'admin') return true;
  return role === 'member' && appId !== null && (await store.members.roleOf(appId, sender.id)) === 'manage';
}
