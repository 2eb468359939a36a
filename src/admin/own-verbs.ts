// What each account does with itself: password, personal access tokens, connected devices.
import type { DeviceRecord, TokenRecord } from '../storage/records.ts';
import { accountView } from './account-verbs.ts';
import { accountSubject, note } from './audit.ts';
import { MOST } from './bounds.ts';
import { drawId, drawToken, hashOf } from './credentials.ts';
import { refuse } from './problems.ts';
import { SCOPES } from './route.ts';
import type { ownRoutes } from './routes-accounts.ts';
import { sessionAnswer } from './session-verbs.ts';
import { beginSession, checkLogin } from './sessions.ts';
import type { Site } from './site.ts';
import { type Call, DONE, isProblem, type Verbs } from './verb.ts';

export function ownVerbs(site: Site): Verbs<typeof ownRoutes> {
  const { store, clock } = site;
  return {
    async showOwnAccount({ caller }) {
      return { body: accountView(caller.account) };
    },

    changePassword: (call) => changePassword(site, call),

    async listTokens({ caller }) {
      const tokens = await store.tokens.list(caller.account.id);
      return { body: { items: tokens.map(tokenView) } };
    },

    async createToken({ body: { name, scopes, expiresAtMs = null }, caller }) {
      const { account } = caller;
      const nowMs = clock.now();
      if (expiresAtMs !== null && expiresAtMs <= nowMs) return refuse('badRequest', 'expiresAtMs is over already.');
      if (scopes.includes('accounts:admin') && account.role !== 'admin') {
        return refuse('badRequest', 'Only admins can give the scope accounts:admin.');
      }
      const tokens = await store.tokens.list(account.id);
      if (tokens.length >= MOST.tokensOfAccount) return refuse('tooMany');
      const secret = drawToken();
      const token = {
        id: drawId(),
        hash: hashOf(secret),
        accountId: account.id,
        name,
        scopes: [...new Set(scopes)],
        createdAtMs: nowMs,
        expiresAtMs,
        lastUsedAtMs: null,
      };
      await store.tokens.create(token);
      const details = { id: token.id, name, scopes: token.scopes };
      await note(site, caller, 'token.create', accountSubject(account.id), details);
      return { body: { token: tokenView(token), secret } };
    },

    async deleteToken({ params, caller }) {
      const { account } = caller;
      if (!(await store.tokens.delete(account.id, params.token))) return refuse('notFound');
      await note(site, caller, 'token.delete', accountSubject(account.id), { id: params.token });
      return DONE;
    },

    async listDevices({ caller }) {
      const devices = await store.devices.list(caller.account.id);
      return { body: { items: devices.filter(isConnected).map(deviceView) } };
    },

    async revokeDevice({ params, caller }) {
      const { account } = caller;
      const device = (await store.devices.list(account.id)).find(({ id }) => id === params.device);
      if (device === undefined || !isConnected(device)) return refuse('notFound');
      // Of two who revoke, or of one who revokes while the device fetches its token, one comes first.
      if (!(await store.devices.change(device.id, device.status, { status: 'revoked' }))) {
        return refuse('conflict', 'The device has changed in the meantime; try again.');
      }
      if (device.tokenId !== null) await store.tokens.delete(account.id, device.tokenId);
      await note(site, caller, 'device.revoke', accountSubject(account.id), { id: device.id, name: device.name });
      return DONE;
    },
  };
}

function tokenView({ id, name, createdAtMs, expiresAtMs, lastUsedAtMs, ...token }: TokenRecord) {
  // One that a later version has given is not known here.
  const scopes = SCOPES.filter((scope) => token.scopes.includes(scope));
  return { id, name, scopes, createdAtMs, expiresAtMs, lastUsedAtMs };
}

function isConnected({ status }: DeviceRecord): boolean {
  return status === 'approved' || status === 'redeemed';
}

function deviceView({ id, name, clientId, appId, createdAtMs }: DeviceRecord) {
  return { id, name, client: clientId, app: appId, createdAtMs };
}

/** Ends all sessions, this one included, and begins a new one for whoever knew the old password. */
async function changePassword(site: Site, { caller, body, ...call }: Call<typeof ownRoutes.changePassword>) {
  const { store } = site;
  const account = await checkLogin(site, caller.account.email, body.current, call.remoteAddress);
  if (isProblem(account)) return account;
  const passwordHash = await site.passwords.hash(body.password);
  if (passwordHash === null) return refuse('unavailable');
  const changed = await store.accounts.update(account.id, account.version, { passwordHash });
  if (changed === 'stale' || changed === 'taken') return refuse('conflict', 'The account has changed; try again.');
  if (changed === null) return refuse('notLoggedIn');
  await store.sessions.deleteOf(changed.id);
  const begun = await beginSession(site, changed, call.cookie, call.isSecure);
  await note(site, caller, 'account.password', accountSubject(changed.id));
  return sessionAnswer(changed, begun);
}
