// The routes of apps: settings and limits, members, keys, usage, changes.
import {
  appId,
  appRole,
  email,
  id,
  keyText,
  limits,
  line,
  origins,
  pageOf,
  pageQuery,
  secretText,
  someLimits,
  timeMs,
  userAuthentication,
} from './fields.ts';
import { route } from './route.ts';
import { auditEntry, madeInvitation } from './routes-accounts.ts';
import { listOf, nullable, object, oneOf, optional, whole, wholeInQuery, yesOrNo } from './schema.ts';

const SETTINGS = {
  enabled: yesOrNo,
  allowedOrigins: origins,
  clientEvents: yesOrNo,
  subscriptionCount: yesOrNo,
  subscriptionErrors: yesOrNo,
  tlsOnly: yesOrNo,
} as const;

const APP = {
  id: appId,
  name: line(200),
  ...SETTINGS,
  userAuthentication,
  limits,
  /** Null for an app of the configuration, which nobody owns. */
  owner: nullable(id),
  /** Those of the configuration are for admins to see, and cannot be changed here. */
  origin: oneOf(['database', 'configuration']),
  version: whole(1, Number.MAX_SAFE_INTEGER),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
} as const;

const app = object(APP);

const pair = object({ key: keyText, secret: secretText });

const SOME_SETTINGS = {
  enabled: optional(yesOrNo),
  allowedOrigins: optional(origins),
  clientEvents: optional(yesOrNo),
  subscriptionCount: optional(yesOrNo),
  subscriptionErrors: optional(yesOrNo),
  tlsOnly: optional(yesOrNo),
  userAuthentication: optional(userAuthentication),
  limits: optional(someLimits),
} as const;

const key = object({
  key: keyText,
  createdAtMs: timeMs,
  retiresAtMs: nullable(timeMs),
  lastUsedAtMs: nullable(timeMs),
});

const member = object({ account: id, email, role: appRole, isOwner: yesOrNo });

const count = whole(0, Number.MAX_SAFE_INTEGER);

export const appRoutes = {
  listApps: route({
    method: 'GET',
    path: '/apps',
    summary: 'Lists the apps that the caller may see',
    needs: 'account',
    scope: 'apps:read',
    query: pageQuery,
    answer: pageOf(app),
  }),
  createApp: route({
    method: 'POST',
    path: '/apps',
    summary: 'Makes an app, with credentials of another server if they are given; the secret is shown this once',
    needs: 'account',
    scope: 'apps:write',
    body: object({
      name: line(200),
      id: optional(appId),
      keyPair: optional(pair),
      owner: optional(id),
      ...SOME_SETTINGS,
    }),
    answer: object({ app, keyPair: pair }),
    status: 201,
    tagged: true,
  }),
  showApp: route({
    method: 'GET',
    path: '/apps/{app}',
    summary: 'Shows an app',
    needs: 'view',
    scope: 'apps:read',
    answer: app,
    tagged: true,
  }),
  updateApp: route({
    method: 'PATCH',
    path: '/apps/{app}',
    summary: 'Changes settings and limits of an app; what is left out stays as it is',
    needs: 'manage',
    scope: 'apps:write',
    body: object({ name: optional(line(200)), ...SOME_SETTINGS }),
    answer: app,
    tagged: true,
    conditional: true,
  }),
  deleteApp: route({
    method: 'DELETE',
    path: '/apps/{app}',
    summary: 'Deletes an app with all that belongs to it; its connections are closed with 4001',
    needs: 'manage',
    scope: 'apps:write',
  }),
  listAppAudit: route({
    method: 'GET',
    path: '/apps/{app}/audit',
    summary: 'Lists the changes of an app, newest first',
    needs: 'manage',
    scope: 'apps:read',
    query: pageQuery,
    answer: pageOf(auditEntry),
  }),
  showUsage: route({
    method: 'GET',
    path: '/apps/{app}/usage',
    summary: 'Shows what an app has used, per minute, hour or day',
    needs: 'view',
    scope: 'usage:read',
    query: object({
      span: optional(oneOf(['minute', 'hour', 'day'])),
      fromMs: optional(wholeInQuery(0, 8_640_000_000_000_000)),
      toMs: optional(wholeInQuery(0, 8_640_000_000_000_000)),
    }),
    answer: object({
      span: oneOf(['minute', 'hour', 'day']),
      items: listOf(
        object({
          startMs: timeMs,
          broadcasts: count,
          clientEvents: count,
          requests: count,
          peakConnections: count,
          messagesIn: count,
          messagesOut: count,
          bytesIn: count,
          bytesOut: count,
          errors: count,
        }),
        2_000,
      ),
    }),
  }),
} as const;

export const keyRoutes = {
  listKeys: route({
    method: 'GET',
    path: '/apps/{app}/keys',
    summary: 'Lists the keys of an app, oldest first, without their secrets',
    needs: 'view',
    scope: 'apps:read',
    answer: object({ items: listOf(key, 1_000) }),
  }),
  showSecret: route({
    method: 'GET',
    path: '/apps/{app}/keys/{key}/secret',
    summary: 'Shows the secret of a key; that it was shown is noted',
    needs: 'manage',
    scope: 'session',
    answer: object({ secret: secretText }),
  }),
  createKey: route({
    method: 'POST',
    path: '/apps/{app}/keys',
    summary: 'Makes another key pair; the secret is shown this once',
    needs: 'manage',
    scope: 'keys:write',
    body: object({ keyPair: optional(pair) }),
    answer: object({ key, keyPair: pair }),
    status: 201,
  }),
  retireKey: route({
    method: 'PATCH',
    path: '/apps/{app}/keys/{key}',
    summary: 'Lets a key count no more from a moment on; null takes it back',
    needs: 'manage',
    scope: 'keys:write',
    body: object({ retiresAtMs: nullable(timeMs) }),
    answer: key,
  }),
  deleteKey: route({
    method: 'DELETE',
    path: '/apps/{app}/keys/{key}',
    summary: 'Deletes a key at once',
    needs: 'manage',
    scope: 'keys:write',
  }),
} as const;

export const memberRoutes = {
  listMembers: route({
    method: 'GET',
    path: '/apps/{app}/members',
    summary: 'Lists the members of an app',
    needs: 'view',
    scope: 'apps:read',
    answer: object({ items: listOf(member, 10_000) }),
  }),
  addMember: route({
    method: 'POST',
    path: '/apps/{app}/members',
    summary: 'Makes the account with that e-mail address a member',
    needs: 'manage',
    scope: 'apps:write',
    body: object({ email, role: appRole }),
    answer: member,
    status: 201,
  }),
  changeMember: route({
    method: 'PUT',
    path: '/apps/{app}/members/{account}',
    summary: 'Changes the role of a member',
    needs: 'manage',
    scope: 'apps:write',
    body: object({ role: appRole }),
    answer: member,
  }),
  removeMember: route({
    method: 'DELETE',
    path: '/apps/{app}/members/{account}',
    summary: 'Ends a membership',
    needs: 'manage',
    scope: 'apps:write',
  }),
  inviteMember: route({
    method: 'POST',
    path: '/apps/{app}/invitations',
    summary: 'Invites somebody without an account to an app by a link; it is shown this once',
    needs: 'manage',
    scope: 'apps:write',
    body: object({ role: appRole }),
    answer: madeInvitation,
    status: 201,
  }),
} as const;
