// Setting up, accepting an invitation, logging in and out.
import type { AccountRecord, Role } from '../storage/records.ts';
import { accountView, NO_QUOTAS } from './account-verbs.ts';
import { accountSubject, appSubject, note } from './audit.ts';
import { sessionCookieHeader } from './authenticate.ts';
import { drawId, hashOf } from './credentials.ts';
import { redeem } from './invite.ts';
import { type Problem, refuse } from './problems.ts';
import type { sessionRoutes } from './routes-accounts.ts';
import { type Begun, beginSession, checkLogin, takeNetworkAttempt } from './sessions.ts';
import { dropSetupLinks, isSetupLink } from './setup.ts';
import type { Site } from './site.ts';
import { isProblem, type Verbs } from './verb.ts';

export function sessionVerbs(site: Site): Verbs<typeof sessionRoutes> {
  const { store, clock } = site;

  async function begin(account: AccountRecord, { cookie, isSecure }: { cookie: string | null; isSecure: boolean }) {
    const begun = await beginSession(site, account, cookie, isSecure);
    return sessionAnswer(account, begun);
  }

  return {
    setUp: (call) =>
      // One after the other, so that of two who have the link one becomes the first admin.
      site.turns.take('accounts', async () => {
        const refused = takeNetworkAttempt(site, call.remoteAddress);
        if (refused !== null) return refused;
        const invitation = await store.invitations.redeem(hashOf(call.body.token), clock.now());
        if (invitation === null) return refuse('badLink');
        if (!isSetupLink(invitation)) {
          await store.invitations.create(invitation);
          return refuse('badLink');
        }
        if ((await store.accounts.count()) > 0) return refuse('badLink');
        const account = await register(site, call.body, 'admin');
        if (isProblem(account)) {
          await store.invitations.create(invitation);
          return account;
        }
        await dropSetupLinks(store, clock.now());
        return begin(account, call);
      }),

    async acceptInvitation(call) {
      const refused = takeNetworkAttempt(site, call.remoteAddress);
      if (refused !== null) return refused;
      const invitation = await redeem(site, call.body.token);
      if (isProblem(invitation)) return invitation;
      const account = await register(site, call.body, invitation.role);
      if (isProblem(account)) {
        await store.invitations.create(invitation);
        return account;
      }
      const { appId, appRole, createdBy } = invitation;
      if (appId !== null && appRole !== null && (await store.apps.get(appId)) !== null) {
        await store.members.set(appId, account.id, appRole);
        const joined = { account: account.id, role: appRole, invitedBy: createdBy };
        await note(site, null, 'member.add', appSubject(appId), joined);
      }
      return begin(account, call);
    },

    async logIn(call) {
      const { email, password } = call.body;
      const account = await checkLogin(site, email, password, call.remoteAddress);
      return isProblem(account) ? account : begin(account, call);
    },

    async showSession({ caller }) {
      return caller.kind === 'session' ? sessionAnswer(caller.account, caller) : refuse('sessionNeeded');
    },

    async logOut({ caller, isSecure }) {
      if (caller.kind === 'session') {
        await store.sessions.delete(caller.session.hash);
        site.streams.endOf(caller.session.hash);
      }
      return { body: null, setCookie: sessionCookieHeader('', 0, isSecure) };
    },
  };
}

export function sessionAnswer(account: AccountRecord, { session, cookie }: Pick<Begun, 'session'> & Partial<Begun>) {
  const body = { account: accountView(account), csrf: session.csrf, expiresAtMs: session.expiresAtMs };
  return cookie === undefined ? { body } : { body, setCookie: cookie };
}

interface Registration {
  readonly email: string;
  readonly password: string;
}

/** A new account of whoever has followed a link. */
async function register(site: Site, { email, password }: Registration, role: Role): Promise<AccountRecord | Problem> {
  const passwordHash = await site.passwords.hash(password);
  if (passwordHash === null) return { problem: 'tooOften', headers: { 'retry-after': '5' } };
  const fields = { id: drawId(), email, passwordHash, role, enabled: true, quotas: NO_QUOTAS };
  const account = await site.store.accounts.create(fields, site.clock.now());
  if (account === 'taken') return refuse('taken', 'There is an account with this e-mail address.');
  await note(site, null, 'account.join', accountSubject(account.id), { role });
  return account;
}
