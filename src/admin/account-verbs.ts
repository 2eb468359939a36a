// What an admin does to accounts and invitations, and reads of all changes.
import type { AccountRecord, AuditRecord } from '../storage/records.ts';
import { accountSubject, appSubject, changesOf, note } from './audit.ts';
import type { Caller } from './authenticate.ts';
import { drawId } from './credentials.ts';
import { invitationView, invite } from './invite.ts';
import { isNumberCursor, OTHER_LIST, readPage } from './pages.ts';
import { type Problem, refuse } from './problems.ts';
import type { accountRoutes } from './routes-accounts.ts';
import type { Site } from './site.ts';
import { appIdOf, type Call, DONE, type Verbs, versionOf } from './verb.ts';

export const NO_QUOTAS = { connections: 0, broadcastsPerMonth: 0 } as const;

export function accountView({ id, email, role, enabled, quotas, version, createdAtMs }: AccountRecord) {
  return { id, email, role, enabled, quotas, version, createdAtMs };
}

export function auditView({ accountId, ...entry }: AuditRecord) {
  const { id, atMs, origin, action, subject, details } = entry;
  return { id, atMs, account: accountId, origin, action, subject, details };
}

export function accountVerbs(site: Site): Verbs<typeof accountRoutes> {
  const { store, clock } = site;
  return {
    async listAccounts({ query }) {
      const read = store.accounts.list.bind(store.accounts);
      return { body: await readPage(query, read, ({ id }) => id, accountView) };
    },

    async createAccount({ body: { email, password, role, quotas = NO_QUOTAS }, caller }) {
      const passwordHash = await site.passwords.hash(password);
      if (passwordHash === null) return busy();
      const fields = { id: drawId(), email, passwordHash, role, enabled: true, quotas };
      const made = await store.accounts.create(fields, clock.now());
      if (made === 'taken') return refuse('taken', 'There is an account with this e-mail address.');
      if (quotas !== NO_QUOTAS) await site.live.refresh();
      await note(site, caller, 'account.create', accountSubject(made.id), { role });
      return { body: accountView(made), version: made.version };
    },

    async showAccount({ params }) {
      const account = await store.accounts.get(params.account);
      return account === null ? refuse('notFound') : { body: accountView(account), version: account.version };
    },

    updateAccount: (call) => site.turns.take('accounts', () => updateAccount(site, call)),

    deleteAccount: ({ params, caller }) =>
      site.turns.take('accounts', async () => {
        const refused = await refuseToActOn(site, caller, params.account);
        if (refused !== null) return refused;
        const deleted = await store.accounts.delete(params.account);
        if (deleted === 'taken') return refuse('conflict', 'The account owns apps; delete them first.');
        if (!deleted) return refuse('notFound');
        await note(site, caller, 'account.delete', accountSubject(params.account));
        return DONE;
      }),

    async listInvitations() {
      const open = await store.invitations.list(clock.now());
      return { body: { items: open.map(invitationView) } };
    },

    async createInvitation({ body: { role, app = null, appRole = null }, caller }) {
      if ((app === null) !== (appRole === null)) return refuse('badRequest', 'app and appRole go together.');
      const appId = app === null ? null : appIdOf(app);
      if (appId !== null && (await store.apps.get(appId)) === null) return refuse('notFound', 'There is no such app.');
      return invite(site, caller, { role, appId, appRole });
    },

    async deleteInvitation({ params, caller }) {
      const open = await store.invitations.list(clock.now());
      const invitation = open.find(({ hash }) => hash === params.invitation);
      if (invitation === undefined || !(await store.invitations.delete(invitation.hash))) return refuse('notFound');
      const { appId } = invitation;
      await note(site, caller, 'invitation.delete', appId === null ? 'invitations' : appSubject(appId));
      return DONE;
    },

    async listAudit({ query: { subject, ...query } }) {
      if (!isNumberCursor(query.cursor)) return refuse('badRequest', OTHER_LIST);
      const page = await readPage(
        query,
        (each) => store.audit.list(each, subject),
        ({ id }) => String(id),
        auditView,
      );
      return { body: page };
    },
  };
}

function busy(): Problem {
  return { problem: 'tooOften', headers: { 'retry-after': '5' } };
}

async function updateAccount(site: Site, { params, body, caller, expected }: Call<typeof accountRoutes.updateAccount>) {
  const { store } = site;
  const { password, ...fields } = body;
  const before = await store.accounts.get(params.account);
  if (before === null) return refuse('notFound');
  const takesRights = fields.enabled === false || fields.role === 'member';
  const refused = takesRights ? await refuseToActOn(site, caller, before.id) : null;
  if (refused !== null) return refused;
  const passwordHash = password === undefined ? undefined : await site.passwords.hash(password);
  if (passwordHash === null) return busy();
  const update = passwordHash === undefined ? fields : { ...fields, passwordHash };
  const after = await store.accounts.update(before.id, versionOf(expected, before.version), update);
  if (after === null) return refuse('notFound');
  if (after === 'stale') return refuse('stale');
  if (after === 'taken') return refuse('taken', 'There is an account with this e-mail address.');
  // Whoever was logged in with the old rights or the old password logs in again.
  if (takesRights || password !== undefined) await store.sessions.deleteOf(after.id);
  if (fields.quotas !== undefined) await site.live.refresh();
  const passwordChange = password === undefined ? {} : { password: 'changed' };
  await note(site, caller, 'account.update', accountSubject(after.id), {
    ...changesOf(before, fields),
    ...passwordChange,
  });
  return { body: accountView(after), version: after.version };
}

/**
 * Admins take no rights from themselves, so one always remains. Two who do it to each other at the same moment come here
 * one after the other, and the second is no admin any more.
 */
async function refuseToActOn({ store }: Site, caller: Caller, account: string): Promise<Problem | null> {
  if (account === caller.account.id) {
    return refuse('conflict', 'Nobody can disable, delete or demote the own account; let another admin do it.');
  }
  const own = await store.accounts.get(caller.account.id);
  return own?.enabled && own.role === 'admin' ? null : refuse('adminNeeded');
}
