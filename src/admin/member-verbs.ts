// The members of an app: accounts that manage or view it. The owner manages it always.
import type { AppRole } from '../storage/records.ts';
import { appSubject, note } from './audit.ts';
import { MOST } from './bounds.ts';
import { invite } from './invite.ts';
import { refuse } from './problems.ts';
import type { memberRoutes } from './routes-apps.ts';
import type { SeenApp } from './seen-app.ts';
import type { Site } from './site.ts';
import { type Call, DONE, type Verbs } from './verb.ts';

export function memberVerbs(site: Site): Verbs<typeof memberRoutes> {
  const { store } = site;
  return {
    async listMembers({ app }) {
      return { body: { items: await membersOf(site, app) } };
    },

    addMember: (call) => site.turns.take(`members of ${call.app.id}`, () => addMember(site, call)),

    async changeMember({ app, params, body: { role }, caller }) {
      if (params.account === app.ownerId) return refuse('conflict', 'The owner manages the app.');
      const member = (await store.members.list(app.id)).find(({ accountId }) => accountId === params.account);
      if (member === undefined) return refuse('notFound');
      await store.members.set(app.id, member.accountId, role);
      await note(site, caller, 'member.change', appSubject(app.id), { account: member.accountId, role });
      return { body: { account: member.accountId, email: member.email, role, isOwner: false } };
    },

    async removeMember({ app, params, caller }) {
      if (params.account === app.ownerId) return refuse('conflict', 'The owner stays a member.');
      if (!(await store.members.remove(app.id, params.account))) return refuse('notFound');
      await note(site, caller, 'member.remove', appSubject(app.id), { account: params.account });
      return DONE;
    },

    inviteMember: ({ app, body, caller }) =>
      invite(site, caller, { role: 'member', appId: app.id, appRole: body.role }),
  };
}

interface MemberView {
  readonly account: string;
  readonly email: string;
  readonly role: AppRole;
  readonly isOwner: boolean;
}

async function membersOf({ store }: Site, { id, ownerId }: SeenApp): Promise<readonly MemberView[]> {
  const members = (await store.members.list(id)).filter(({ accountId }) => accountId !== ownerId);
  const others = members.map(({ accountId, email, role }) => ({ account: accountId, email, role, isOwner: false }));
  const owner = ownerId === null ? null : await store.accounts.get(ownerId);
  if (owner === null) return others;
  return [{ account: owner.id, email: owner.email, role: 'manage', isOwner: true }, ...others];
}

async function addMember(site: Site, { app, body, caller }: Call<typeof memberRoutes.addMember>) {
  const { store } = site;
  const account = await store.accounts.byEmail(body.email);
  if (account === null) return refuse('notFound', 'There is no account with this e-mail address; send an invitation.');
  if (account.id === app.ownerId) return refuse('conflict', 'The owner manages the app.');
  const members = await store.members.list(app.id);
  if (members.length >= MOST.membersOfApp) return refuse('tooMany');
  await store.members.set(app.id, account.id, body.role);
  await note(site, caller, 'member.add', appSubject(app.id), { account: account.id, role: body.role });
  return { body: { account: account.id, email: account.email, role: body.role, isOwner: false } };
}
