// The routes of accounts: the first admin, logging in, tokens, devices, invitations, and what an admin does to others.
import {
  appId,
  appRole,
  email,
  id,
  line,
  linkToken,
  newPassword,
  PAGE_MEMBERS,
  pageOf,
  pageQuery,
  quotas,
  role,
  scopes,
  timeMs,
  triedPassword,
} from './fields.ts';
import { route } from './route.ts';
import { listOf, nullable, object, optional, recordOf, type Schema, text, whole, yesOrNo } from './schema.ts';

export const account = object({
  id,
  email,
  role,
  enabled: yesOrNo,
  quotas,
  version: whole(1, Number.MAX_SAFE_INTEGER),
  createdAtMs: timeMs,
});

/** What a browser needs besides its cookie. */
const session = object({ account, csrf: id, expiresAtMs: timeMs });

const token = object({
  id,
  name: line(100),
  scopes,
  createdAtMs: timeMs,
  expiresAtMs: nullable(timeMs),
  lastUsedAtMs: nullable(timeMs),
});

const invitation = object({
  id,
  role,
  app: nullable(appId),
  appRole: nullable(appRole),
  createdAtMs: timeMs,
  expiresAtMs: timeMs,
});
/** The token is the secret part of the link, shown once. */
export const madeInvitation = object({ invitation, token: linkToken, url: text({ max: 2_000 }) });

const device = object({
  id,
  name: line(200),
  client: line(200),
  app: nullable(appId),
  createdAtMs: timeMs,
});

const anything: Schema<unknown> = { json: {}, decode: (value) => value };

export const auditEntry = object({
  id: whole(0, Number.MAX_SAFE_INTEGER),
  atMs: timeMs,
  account: nullable(id),
  origin: text({ max: 100 }),
  action: text({ max: 100 }),
  subject: text({ max: 300 }),
  details: recordOf(text({ min: 0, max: 200 }), anything, 100),
});

export const sessionRoutes = {
  setUp: route({
    method: 'POST',
    path: '/setup',
    summary: 'Makes the first admin, with the token of the link that the first start has printed',
    needs: 'nobody',
    scope: 'any',
    body: object({ token: linkToken, email, password: newPassword }),
    answer: session,
    status: 201,
  }),
  acceptInvitation: route({
    method: 'POST',
    path: '/invitations/accept',
    summary: 'Makes an account, with the token of an invitation',
    needs: 'nobody',
    scope: 'any',
    body: object({ token: linkToken, email, password: newPassword }),
    answer: session,
    status: 201,
  }),
  logIn: route({
    method: 'POST',
    path: '/session',
    summary: 'Logs in; the session is in a cookie',
    needs: 'nobody',
    scope: 'any',
    body: object({ email, password: triedPassword }),
    answer: session,
  }),
  showSession: route({
    method: 'GET',
    path: '/session',
    summary: 'Shows the session, with the CSRF token that writes need',
    needs: 'account',
    scope: 'session',
    answer: session,
  }),
  logOut: route({
    method: 'DELETE',
    path: '/session',
    summary: 'Logs out',
    needs: 'account',
    scope: 'session',
  }),
} as const;

export const ownRoutes = {
  showOwnAccount: route({
    method: 'GET',
    path: '/account',
    summary: 'Shows the account of the caller',
    needs: 'account',
    scope: 'any',
    answer: account,
  }),
  changePassword: route({
    method: 'PUT',
    path: '/account/password',
    summary: 'Changes the password, and ends all other sessions',
    needs: 'account',
    scope: 'session',
    body: object({ current: triedPassword, password: newPassword }),
    answer: session,
  }),
  listTokens: route({
    method: 'GET',
    path: '/tokens',
    summary: "Lists the caller's personal access tokens",
    needs: 'account',
    scope: 'session',
    answer: object({ items: listOf(token, 1_000) }),
  }),
  createToken: route({
    method: 'POST',
    path: '/tokens',
    summary: 'Makes a personal access token; it is shown this once',
    needs: 'account',
    scope: 'session',
    body: object({ name: line(100), scopes, expiresAtMs: optional(nullable(timeMs)) }),
    answer: object({ token, secret: id }),
    status: 201,
  }),
  deleteToken: route({
    method: 'DELETE',
    path: '/tokens/{token}',
    summary: 'Deletes a personal access token; it is worth nothing from then on',
    needs: 'account',
    scope: 'session',
  }),
  listDevices: route({
    method: 'GET',
    path: '/devices',
    summary: "Lists the caller's connected devices",
    needs: 'account',
    scope: 'session',
    answer: object({ items: listOf(device, 1_000) }),
  }),
  revokeDevice: route({
    method: 'DELETE',
    path: '/devices/{device}',
    summary: 'Takes its access from a connected device',
    needs: 'account',
    scope: 'session',
  }),
} as const;

export const accountRoutes = {
  listAccounts: route({
    method: 'GET',
    path: '/accounts',
    summary: 'Lists all accounts',
    needs: 'admin',
    scope: 'accounts:admin',
    query: pageQuery,
    answer: pageOf(account),
  }),
  createAccount: route({
    method: 'POST',
    path: '/accounts',
    summary: 'Makes an account with a password',
    needs: 'admin',
    scope: 'accounts:admin',
    body: object({ email, password: newPassword, role, quotas: optional(quotas) }),
    answer: account,
    status: 201,
    tagged: true,
  }),
  showAccount: route({
    method: 'GET',
    path: '/accounts/{account}',
    summary: 'Shows an account',
    needs: 'admin',
    scope: 'accounts:admin',
    answer: account,
    tagged: true,
  }),
  updateAccount: route({
    method: 'PATCH',
    path: '/accounts/{account}',
    summary: 'Changes role, quotas or e-mail of an account, or disables it, which ends its sessions and tokens',
    needs: 'admin',
    scope: 'accounts:admin',
    body: object({
      email: optional(email),
      role: optional(role),
      enabled: optional(yesOrNo),
      quotas: optional(quotas),
      password: optional(newPassword),
    }),
    answer: account,
    tagged: true,
    conditional: true,
  }),
  deleteAccount: route({
    method: 'DELETE',
    path: '/accounts/{account}',
    summary: 'Deletes an account that owns no app',
    needs: 'admin',
    scope: 'accounts:admin',
  }),
  listInvitations: route({
    method: 'GET',
    path: '/invitations',
    summary: 'Lists the invitations that are open',
    needs: 'admin',
    scope: 'accounts:admin',
    answer: object({ items: listOf(invitation, 10_000) }),
  }),
  createInvitation: route({
    method: 'POST',
    path: '/invitations',
    summary: 'Invites somebody by a link; it is shown this once',
    needs: 'admin',
    scope: 'accounts:admin',
    body: object({ role, app: optional(nullable(appId)), appRole: optional(nullable(appRole)) }),
    answer: madeInvitation,
    status: 201,
  }),
  deleteInvitation: route({
    method: 'DELETE',
    path: '/invitations/{invitation}',
    summary: 'Takes an invitation back',
    needs: 'admin',
    scope: 'accounts:admin',
  }),
  listAudit: route({
    method: 'GET',
    path: '/audit',
    summary: 'Lists the changes that were made, newest first',
    needs: 'admin',
    scope: 'accounts:admin',
    query: object({ ...PAGE_MEMBERS, subject: optional(text({ max: 300 })) }),
    answer: pageOf(auditEntry),
  }),
} as const;
