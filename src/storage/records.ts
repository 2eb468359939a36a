// What is kept in SQL, as the rest of the program sees it, and the store that keeps it. Times are Unix milliseconds, ids
// are text. Secrets are open here and sealed in the database (seal.ts).
import type { UserAuthentication } from '../core/app.ts';
import type { WebhookSettings } from '../core/facts.ts';
import type { AppLimits } from '../core/limits.ts';
import type { AppId } from '../protocol/ids.ts';

/** What may be changed of an app. */
export interface AppFields {
  readonly name: string;
  readonly enabled: boolean;
  readonly allowedOrigins: readonly string[];
  readonly clientEvents: boolean;
  readonly subscriptionCount: boolean;
  readonly subscriptionErrors: boolean;
  readonly tlsOnly: boolean;
  readonly userAuthentication: UserAuthentication;
  readonly limits: AppLimits;
}

export interface AppRecord extends AppFields {
  readonly id: AppId;
  /** The account whose quotas it counts for. */
  readonly ownerId: string;
  /** Grows with every change; a change names the version it was made from. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface KeyRecord {
  readonly appId: AppId;
  readonly key: string;
  readonly secret: string;
  readonly createdAtMs: number;
  /** From then on it counts no more; null for a key that stays. */
  readonly retiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

/** What may be changed of an endpoint. */
export type EndpointFields = WebhookSettings;

export interface EndpointRecord extends EndpointFields {
  readonly id: string;
  readonly appId: AppId;
  readonly version: number;
  readonly createdAtMs: number;
  /** Why the server itself has switched it off; null when it has not. */
  readonly disabledReason: string | null;
}

export type Role = 'admin' | 'member';
export type AppRole = 'manage' | 'view';

export interface AccountQuotas {
  /** Concurrent connections of all apps together, broadcasts a calendar month (UTC); 0 is no quota. */
  readonly connections: number;
  readonly broadcastsPerMonth: number;
}

export interface AccountRecord {
  readonly id: string;
  /** In lower case; unique. */
  readonly email: string;
  readonly passwordHash: string;
  readonly role: Role;
  readonly enabled: boolean;
  readonly quotas: AccountQuotas;
  readonly version: number;
  readonly createdAtMs: number;
}

export interface SessionRecord {
  /** SHA-256 of the cookie's value; the value itself is nowhere. */
  readonly hash: string;
  readonly accountId: string;
  readonly csrf: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface TokenRecord {
  readonly id: string;
  /** SHA-256 of the token. */
  readonly hash: string;
  readonly accountId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

export interface InvitationRecord {
  readonly hash: string;
  readonly role: Role;
  /** An app that the new account becomes a member of. */
  readonly appId: AppId | null;
  readonly appRole: AppRole | null;
  readonly createdBy: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface DeviceRecord {
  readonly id: string;
  readonly deviceCodeHash: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly name: string;
  readonly status: 'pending' | 'approved' | 'denied' | 'redeemed' | 'revoked';
  readonly accountId: string | null;
  readonly appId: AppId | null;
  readonly tokenId: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly polledAtMs: number | null;
  readonly intervalSeconds: number;
}

export interface AuditRecord {
  readonly id: number;
  readonly atMs: number;
  readonly accountId: string | null;
  /** Where it came from: `api`, `cli`, `server`. */
  readonly origin: string;
  /** `app.create`, `key.retire`, `account.disable`, … */
  readonly action: string;
  readonly subject: string;
  /** What changed, without secrets. */
  readonly details: Readonly<Record<string, unknown>>;
}
