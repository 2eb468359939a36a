// What the admin API answers, as far as pages look at it (docs/admin-api.md).
import type { AppLimits } from '../../../core/limits.ts';

export type { AppLimits };

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the next page; null on the last one. */
  readonly next: string | null;
}

export interface List<Item> {
  readonly items: readonly Item[];
}

export type AccountRole = 'admin' | 'member';
export type AppRole = 'manage' | 'view';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly role: AccountRole;
  readonly enabled: boolean;
  readonly quotas: { readonly connections: number; readonly broadcastsPerMonth: number };
  readonly version: number;
  readonly createdAtMs: number;
}

export interface Session {
  readonly account: Account;
  readonly csrf: string;
  readonly expiresAtMs: number;
}

export interface AppSwitches {
  readonly enabled: boolean;
  readonly clientEvents: boolean;
  readonly subscriptionCount: boolean;
  readonly subscriptionErrors: boolean;
  readonly tlsOnly: boolean;
}

export interface App extends AppSwitches {
  readonly id: string;
  readonly name: string;
  readonly allowedOrigins: readonly string[];
  readonly userAuthentication: {
    readonly enabled: boolean;
    readonly required: boolean;
    readonly timeoutSeconds: number;
  };
  readonly limits: AppLimits;
  readonly origin: 'database' | 'configuration';
  readonly owner: string | null;
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface Key {
  readonly key: string;
  readonly createdAtMs: number;
  readonly retiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

export interface KeyPair {
  readonly key: string;
  readonly secret: string;
}

export interface Member {
  readonly account: string;
  readonly email: string;
  readonly role: AppRole;
  readonly isOwner: boolean;
}

export interface Invitation {
  readonly id: string;
  readonly role: AccountRole;
  readonly app: string | null;
  readonly appRole: AppRole | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface MadeInvitation {
  readonly invitation: Invitation;
  readonly url: string;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  readonly app: string | null;
  readonly createdAtMs: number;
}

export interface AuditEntry {
  readonly id: number;
  readonly atMs: number;
  readonly account: string | null;
  readonly origin: string;
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type UsageSpan = 'minute' | 'hour' | 'day';

export interface UsageItem {
  readonly startMs: number;
  readonly broadcasts: number;
  readonly clientEvents: number;
  readonly requests: number;
  readonly peakConnections: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly errors: number;
}

export interface Usage {
  readonly span: UsageSpan;
  readonly items: readonly UsageItem[];
}

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly events: readonly string[];
  readonly channelPrefixes: readonly string[];
  readonly headerNames: readonly string[];
  readonly version: number;
  readonly createdAtMs: number;
  readonly disabledReason: string | null;
}

/** How an endpoint has answered once. */
export interface Attempt {
  readonly atMs: number;
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: string | null;
  readonly answer: string | null;
}

export interface DeliveryAttempt extends Attempt {
  readonly id: number;
  readonly delivery: string;
  readonly endpoint: string;
  readonly attempt: number;
  readonly isTest: boolean;
  readonly body: string;
}

export interface DeadLetter {
  readonly id: string;
  readonly endpoint: string;
  readonly events: number;
  readonly sinceMs: number;
  readonly deadAtMs: number | null;
  readonly body: string;
}
