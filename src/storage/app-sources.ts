// What the database holds of apps, brought together and turned into apps as the server knows them.
import type { AppSettings } from '../core/app.ts';
import type { AppId } from '../protocol/ids.ts';
import type { AccountQuotas, AppRecord, EndpointRecord, KeyRecord } from './records.ts';
import type { Store } from './store.ts';

const PAGE = 500;

/** All records of one app. */
export interface AppSource {
  readonly record: AppRecord;
  /** Oldest first, retired ones included. */
  readonly keys: readonly KeyRecord[];
  readonly endpoints: readonly EndpointRecord[];
}

/** The settings as they are now: with the keys that are not retired, of which there may be none. */
export function settingsFrom({ record, keys, endpoints }: AppSource, nowMs: number): AppSettings {
  const { ownerId, version, createdAtMs, updatedAtMs, ...fields } = record;
  const active = keys.filter(({ retiresAtMs }) => retiresAtMs === null || retiresAtMs > nowMs);
  return { ...fields, keys: active.map(({ key, secret }) => ({ key, secret })), webhooks: endpoints };
}

/** When the first of its keys retires after that time; Infinity when none will. */
export function nextRetirement({ keys }: AppSource, afterMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { retiresAtMs } of keys) {
    if (retiresAtMs !== null && retiresAtMs > afterMs && retiresAtMs < next) next = retiresAtMs;
  }
  return next;
}

export async function readApp(store: Store, id: AppId): Promise<AppSource | null> {
  const record = await store.apps.get(id);
  if (record === null) return null;
  return { record, keys: await store.keys.list(id), endpoints: await store.endpoints.list(id) };
}

/** All apps; page by page, so that the server does other things in between. */
export async function readApps(store: Store): Promise<ReadonlyMap<AppId, AppSource>> {
  const records = await everyPage((after) => store.apps.list({ limit: PAGE, after }));
  // After the apps: an app comes with its first key, so that none is seen without.
  const keys = Map.groupBy(await store.keys.list(), ({ appId }) => appId);
  const endpoints = Map.groupBy(await store.endpoints.list(), ({ appId }) => appId);
  const sources = records.map((record) => {
    return { record, keys: keys.get(record.id) ?? [], endpoints: endpoints.get(record.id) ?? [] };
  });
  return new Map(sources.map((source) => [source.record.id, source]));
}

/** The quotas of those accounts that have any. */
export async function readQuotas(store: Store): Promise<ReadonlyMap<string, AccountQuotas>> {
  const accounts = await everyPage((after) => store.accounts.list({ limit: PAGE, after }));
  const limited = accounts.filter(({ quotas }) => quotas.connections > 0 || quotas.broadcastsPerMonth > 0);
  return new Map(limited.map(({ id, quotas }) => [id, quotas]));
}

async function everyPage<Item extends { readonly id: string }>(
  read: (after: string | undefined) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (;;) {
    const page = await read(items.at(-1)?.id);
    items.push(...page);
    if (page.length < PAGE) return items;
  }
}
