// The port of everything that is kept in SQL. SQLite and PostgreSQL make it real with the same statements, and one
// contract suite holds both to it.
import type { UsageRecord, UsageSpan } from '../core/usage.ts';
import type { AppId } from '../protocol/ids.ts';
import type {
  AccountQuotas,
  AccountRecord,
  AppFields,
  AppRecord,
  AppRole,
  AuditRecord,
  DeviceRecord,
  EndpointFields,
  EndpointRecord,
  InvitationRecord,
  KeyRecord,
  Role,
  SessionRecord,
  TokenRecord,
} from './records.ts';

/** The record has changed since the version that the change was made from. */
export type Stale = 'stale';
/** An id, key or e-mail address that is taken. */
export type Taken = 'taken';
/** There are as many as there may be. */
export type Full = 'full';

/** One page: at most `limit` rows after the row with that id. */
export interface Page {
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface Changes {
  /** Apps that are changed or gone, or whose keys or endpoints are. */
  readonly apps: readonly AppId[];
  readonly quotas: boolean;
}

export interface Store {
  readonly apps: AppTable;
  readonly keys: KeyTable;
  readonly endpoints: EndpointTable;
  readonly accounts: AccountTable;
  readonly members: MemberTable;
  readonly sessions: SessionTable;
  readonly tokens: TokenTable;
  readonly invitations: InvitationTable;
  readonly devices: DeviceTable;
  readonly audit: AuditTable;
  readonly usage: UsageTable;
  /**
   * Grows with every change of an app, key, endpoint or quota, whoever makes it; another node asks for it to learn that
   * something has changed.
   */
  revision(): Promise<number>;
  /** What has changed, or is gone, since that revision. */
  changes(since: number): Promise<Changes>;
  close(): Promise<void>;
}

export interface AppTable {
  /** In the order of ids. @param member only apps that this account owns or is a member of. */
  list(page: Page, member?: string): Promise<readonly AppRecord[]>;
  get(id: AppId): Promise<AppRecord | null>;
  /** With its first key pair, in one step. One beyond what a server keeps in memory is not stored. */
  create(
    app: { readonly id: AppId; readonly ownerId: string } & AppFields,
    pair: { readonly key: string; readonly secret: string },
    nowMs: number,
  ): Promise<AppRecord | Taken | Full>;
  update(id: AppId, version: number, fields: Partial<AppFields>, nowMs: number): Promise<AppRecord | Stale | null>;
  /** With its keys, endpoints, members and usage; false when there was none. */
  delete(id: AppId): Promise<boolean>;
}

export interface KeyTable {
  /** Of one app, or of all apps. Oldest first, retired ones included. */
  list(app?: AppId): Promise<readonly KeyRecord[]>;
  create(
    app: AppId,
    pair: { readonly key: string; readonly secret: string },
    nowMs: number,
  ): Promise<KeyRecord | Taken>;
  /** @param retiresAtMs null takes it back. */
  retire(app: AppId, key: string, retiresAtMs: number | null): Promise<KeyRecord | null>;
  delete(app: AppId, key: string): Promise<boolean>;
  /** Notes the last uses, of many keys in one step. */
  used(uses: ReadonlyMap<string, number>): Promise<void>;
}

export interface EndpointTable {
  /** Of one app, or of all apps. */
  list(app?: AppId): Promise<readonly EndpointRecord[]>;
  get(app: AppId, id: string): Promise<EndpointRecord | null>;
  create(app: AppId, id: string, fields: EndpointFields, nowMs: number): Promise<EndpointRecord>;
  /** An update that enables it clears `disabledReason`. */
  update(
    app: AppId,
    id: string,
    version: number,
    fields: Partial<EndpointFields>,
  ): Promise<EndpointRecord | Stale | null>;
  /** The server itself switches it off. */
  disable(app: AppId, id: string, reason: string): Promise<boolean>;
  delete(app: AppId, id: string): Promise<boolean>;
}

export interface AccountTable {
  list(page: Page): Promise<readonly AccountRecord[]>;
  get(id: string): Promise<AccountRecord | null>;
  byEmail(email: string): Promise<AccountRecord | null>;
  count(): Promise<number>;
  create(account: Omit<AccountRecord, 'version' | 'createdAtMs'>, nowMs: number): Promise<AccountRecord | Taken>;
  update(
    id: string,
    version: number,
    fields: Partial<{ email: string; passwordHash: string; role: Role; enabled: boolean; quotas: AccountQuotas }>,
  ): Promise<AccountRecord | Stale | Taken | null>;
  /** Fails with 'taken' while it owns apps. */
  delete(id: string): Promise<boolean | Taken>;
}

export interface MemberTable {
  list(app: AppId): Promise<readonly { readonly accountId: string; readonly email: string; readonly role: AppRole }[]>;
  /** Of one account in one app; the owner manages. */
  roleOf(app: AppId, accountId: string): Promise<AppRole | null>;
  set(app: AppId, accountId: string, role: AppRole): Promise<void>;
  remove(app: AppId, accountId: string): Promise<boolean>;
}

export interface SessionTable {
  create(session: SessionRecord): Promise<void>;
  /** Null when unknown or over. */
  get(hash: string, nowMs: number): Promise<SessionRecord | null>;
  delete(hash: string): Promise<boolean>;
  deleteOf(accountId: string): Promise<number>;
  deleteExpired(nowMs: number): Promise<number>;
}

export interface TokenTable {
  list(accountId: string): Promise<readonly TokenRecord[]>;
  create(token: TokenRecord): Promise<void>;
  byHash(hash: string, nowMs: number): Promise<TokenRecord | null>;
  used(id: string, nowMs: number): Promise<void>;
  delete(accountId: string, id: string): Promise<boolean>;
}

export interface InvitationTable {
  create(invitation: InvitationRecord): Promise<void>;
  list(nowMs: number): Promise<readonly InvitationRecord[]>;
  /** Takes it, so that it can be used once; null when unknown, used or over. */
  redeem(hash: string, nowMs: number): Promise<InvitationRecord | null>;
  delete(hash: string): Promise<boolean>;
  deleteExpired(nowMs: number): Promise<number>;
}

export interface DeviceTable {
  /** False when the user code is taken. */
  create(device: DeviceRecord): Promise<boolean>;
  byUserCode(userCode: string, nowMs: number): Promise<DeviceRecord | null>;
  byDeviceCode(hash: string): Promise<DeviceRecord | null>;
  /** Changes the record only while it has that status, so that of two who decide one does. */
  change(id: string, from: DeviceRecord['status'], fields: Partial<Omit<DeviceRecord, 'id'>>): Promise<boolean>;
  list(accountId: string): Promise<readonly DeviceRecord[]>;
  deleteExpired(nowMs: number): Promise<number>;
}

export interface AuditTable {
  add(entry: Omit<AuditRecord, 'id'>): Promise<void>;
  /** Newest first. @param subject only entries about it. */
  list(page: Page, subject?: string): Promise<readonly AuditRecord[]>;
  deleteBefore(beforeMs: number): Promise<number>;
}

export interface UsageTable {
  /** Adds counts, and raises peaks, of many spans in one step; the sum of repeated calls, never a loss. */
  add(records: readonly UsageRecord[]): Promise<void>;
  read(app: AppId, span: UsageSpan, fromMs: number, toMs: number): Promise<readonly UsageRecord[]>;
  /** Broadcasts of each app since then, from the days. */
  broadcastsSince(startMs: number): Promise<ReadonlyMap<AppId, number>>;
  deleteBefore(span: UsageSpan, beforeMs: number): Promise<number>;
}
