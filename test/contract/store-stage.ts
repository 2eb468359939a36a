// What the chapters of the store's contract share: two stores on one database, as two nodes have them, and records to put
// into them. The chapters use the same database, so each test makes names of its own.

import { DEFAULT_APP_LIMITS } from '../../src/core/limits.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import type { AccountRecord, AppFields, AppRecord, DeviceRecord, EndpointFields } from '../../src/storage/records.ts';
import type { Full, Stale, Store, Taken } from '../../src/storage/store.ts';

export interface Stage {
  one(): Store;
  /** Another node's. */
  other(): Store;
}

/** A moment that does not fit into 32 bits. */
export const NOW = 1_764_000_000_123;

export const FIELDS: AppFields = {
  name: 'Chat',
  enabled: true,
  allowedOrigins: ['https://a.example'],
  clientEvents: true,
  subscriptionCount: false,
  subscriptionErrors: false,
  tlsOnly: false,
  userAuthentication: { enabled: true, required: false, timeoutSeconds: 30 },
  limits: { ...DEFAULT_APP_LIMITS, connections: 7 },
};

export const ENDPOINT: EndpointFields = {
  url: 'https://hooks.example/vask?token=hush',
  enabled: true,
  events: ['channel_occupied', 'cache_miss'],
  channelPrefixes: ['private-'],
  headers: { authorization: 'hush' },
};

let made = 0;

export function newName(kind: string): string {
  made += 1;
  return `${kind}-${String(made).padStart(6, '0')}`;
}

export async function newAccount(store: Store, fields: Partial<AccountRecord> = {}): Promise<AccountRecord> {
  const id = newName('account');
  const quotas = { connections: 0, broadcastsPerMonth: 0 };
  const account = { id, email: `${id}@example.org`, passwordHash: 'h', role: 'member', enabled: true, quotas } as const;
  return there(await store.accounts.create({ ...account, ...fields }, NOW));
}

export async function newApp(store: Store, ownerId?: string): Promise<AppRecord> {
  const id = newName('app') as AppId;
  const owner = ownerId ?? (await newAccount(store)).id;
  return there(await store.apps.create({ id, ownerId: owner, ...FIELDS }, { key: `${id}-key`, secret: 'hush' }, NOW));
}

export function newDevice(fields: Partial<DeviceRecord> = {}): DeviceRecord {
  const id = newName('device');
  return {
    id,
    deviceCodeHash: `${id}-hash`,
    userCode: `${id}-code`,
    clientId: 'vask-laravel',
    name: 'A laptop',
    status: 'pending',
    accountId: null,
    appId: null,
    tokenId: null,
    createdAtMs: NOW,
    expiresAtMs: NOW + 900_000,
    polledAtMs: null,
    intervalSeconds: 5,
    ...fields,
  };
}

/** The record itself; a test that gets none of it cannot go on. */
export function there<Kept extends object>(answer: Kept | Taken | Stale | Full | null | undefined): Kept {
  if (typeof answer === 'object' && answer !== null) return answer;
  throw new Error(`there is no record, but ${answer}`);
}
