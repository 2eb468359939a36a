// The apps of the database in memory: what is found, who wins, and when a change is seen.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../../src/core/app.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { AppRecord } from '../../src/storage/records.ts';
import { type AppChange, type RememberedApps, rememberApps } from '../../src/storage/remembered.ts';
import type { Store } from '../../src/storage/store.ts';
import { ENDPOINT, FIELDS, NOW, newAccount, newApp } from '../contract/store-stage.ts';
import { FakeClock } from '../support/clock.ts';

let directory = '';
let store: Store;
let changes: AppChange[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vask-remembered-'));
  store = await openStore({ url: null, dataDirectory: directory, secretKey: null });
  changes = [];
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function remember(fixed: readonly App[] = [], from: Store = store): Promise<RememberedApps> {
  return rememberApps(
    from,
    fixed,
    (change) => changes.push(change),
    () => NOW,
  );
}

function fixedApp(id: string, key: string): App {
  return createApp({ ...FIELDS, id: id as AppId, keys: [{ key, secret: 'fixed' }], webhooks: [] });
}

const keyOf = ({ id }: AppRecord): string => `${id}-key`;

/** Resolves when whatever the clock has begun is done: reads happen one after the other. */
const settled = (remembered: RememberedApps): Promise<void> => remembered.refresh('nobody' as AppId);

test('an app of the database is found by its id and key, with its owner and endpoints', async () => {
  const record = await newApp(store);
  const endpoint = await store.endpoints.create(record.id, 'e', ENDPOINT, NOW);
  const remembered = await remember();
  const app = remembered.apps.byKey(keyOf(record));
  expect(app).toMatchObject({ id: record.id, ownerId: record.ownerId, limits: FIELDS.limits });
  expect(app?.settings.keys).toEqual([{ key: keyOf(record), secret: 'hush' }]);
  expect(remembered.apps.byIdOrKey(record.id)).toBe(app);
  expect(remembered.apps.all()).toEqual(app === null ? [] : [app]);
  expect(remembered.endpoints(record.id)).toEqual([endpoint]);
  expect(remembered.apps.byKey('other')).toBeNull();
});

test('an app of the configuration wins over one of the database with its id or key, which is reported', async () => {
  const [sameId, sameKey, own] = [await newApp(store), await newApp(store), await newApp(store)];
  const fixed = [fixedApp(sameId.id, 'k'), fixedApp('1', keyOf(sameKey))];
  const remembered = await remember(fixed);
  expect(remembered.shadowed()).toEqual([sameId.id, sameKey.id]);
  expect(remembered.apps.byIdOrKey(sameId.id)).toBe(fixed[0] ?? null);
  expect(remembered.apps.byKey(keyOf(sameId))).toBeNull();
  expect(remembered.apps.byKey(keyOf(sameKey))).toBe(fixed[1] ?? null);
  expect(remembered.apps.byIdOrKey(sameKey.id)).toBeNull();
  expect(remembered.apps.all().map(({ id }) => id)).toEqual([sameId.id, '1' as AppId, own.id]);
});

test('a change is told in the turn in which it is seen, and only what has changed', async () => {
  const [record, neighbour] = [await newApp(store), await newApp(store)];
  const seen: (App | null)[] = [];
  const remembered: RememberedApps = await rememberApps(store, [], (change) => {
    changes.push(change);
    if (changes.length > 2) seen.push(remembered.apps.byIdOrKey(record.id));
  });
  const before = remembered.apps.byIdOrKey(neighbour.id);
  await store.apps.update(record.id, 1, { enabled: false }, NOW);
  await remembered.refresh(record.id);
  const app = remembered.apps.byIdOrKey(record.id);
  expect(app?.settings.enabled).toBe(false);
  expect(changes.slice(2)).toEqual(app === null ? [] : [{ kind: 'changed', app }]);
  await store.apps.delete(record.id);
  await remembered.refresh();
  expect(changes.slice(3)).toEqual([{ kind: 'removed', id: record.id }]);
  expect(seen).toEqual([app, null]);
  expect(remembered.apps.byIdOrKey(neighbour.id)).toBe(before);
  await remembered.refresh();
  await remembered.refresh(neighbour.id);
  expect(changes).toHaveLength(4);
});

test('an added key counts from the refresh on, a deleted one no longer', async () => {
  const record = await newApp(store);
  const remembered = await remember();
  await store.keys.create(record.id, { key: 'second', secret: 's' }, NOW + 1);
  await remembered.refresh(record.id);
  expect(remembered.apps.byKey('second')?.settings.keys.map(({ key }) => key)).toEqual([keyOf(record), 'second']);
  await store.keys.delete(record.id, keyOf(record));
  await remembered.refresh(record.id);
  expect(remembered.apps.byKey(keyOf(record))).toBeNull();
  expect(remembered.apps.byKey('second')?.signers.has(keyOf(record))).toBe(false);
});

test('refreshes at the same time end with what is in the database', async () => {
  const record = await newApp(store);
  const remembered = await remember();
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const { version } = (await store.apps.get(record.id)) ?? { version: 0 };
      await store.apps.update(record.id, version, { name: `n${index}` }, NOW);
      await remembered.refresh(index % 3 === 0 ? undefined : record.id);
    }),
  );
  const kept = await store.apps.get(record.id);
  expect(remembered.apps.byIdOrKey(record.id)?.settings.name).toBe(kept?.name ?? '');
});

test('a key that retires counts until then and no longer, without a look into the database', async () => {
  const record = await newApp(store);
  const clock = new FakeClock();
  await store.keys.create(record.id, { key: 'new', secret: 's' }, NOW);
  const remembered = await rememberApps(
    store,
    [],
    (change) => changes.push(change),
    () => clock.now(),
  );
  const stop = remembered.poll(clock);
  await store.keys.retire(record.id, keyOf(record), clock.now() + 2_500);
  await remembered.refresh(record.id);
  clock.advance(2_499);
  expect(remembered.apps.byKey(keyOf(record))).not.toBeNull();
  const before = changes.length;
  clock.advance(1);
  expect(remembered.apps.byKey(keyOf(record))).toBeNull();
  expect(remembered.apps.byKey('new')?.settings.keys).toEqual([{ key: 'new', secret: 's' }]);
  expect(changes).toHaveLength(before + 1);
  await settled(remembered);
  stop();
});

test('what another node changes is seen at the next poll', async () => {
  const account = await newAccount(store);
  const record = await newApp(store, account.id);
  const clock = new FakeClock();
  const remembered = await remember();
  const stop = remembered.poll(clock);
  const other = await openStore({ url: null, dataDirectory: directory, secretKey: null });
  await other.apps.update(record.id, 1, { name: 'Elsewhere' }, NOW);
  const quotas = { connections: 3, broadcastsPerMonth: 0 };
  await other.accounts.update(account.id, 1, { quotas });
  await other.close();
  expect([remembered.apps.byIdOrKey(record.id)?.settings.name, remembered.quotas(account.id)]).toEqual(['Chat', null]);
  clock.advance(1_000);
  await settled(remembered);
  expect(remembered.apps.byIdOrKey(record.id)?.settings.name).toBe('Elsewhere');
  expect(remembered.quotas(account.id)).toEqual(quotas);
  stop();
});

test('an app that another node deletes is gone at the next poll, and so are many at once', async () => {
  const owner = await newAccount(store);
  const records: AppRecord[] = [];
  for (let made = 0; made < 60; made += 1) records.push(await newApp(store, owner.id));
  const clock = new FakeClock();
  const remembered = await remember();
  const stop = remembered.poll(clock);
  const last = records.pop();
  await store.apps.delete(last?.id ?? ('' as AppId));
  changes = [];
  clock.advance(1_000);
  await settled(remembered);
  expect(changes).toEqual([{ kind: 'removed', id: last?.id ?? ('' as AppId) }]);
  for (const { id } of records) await store.apps.delete(id);
  clock.advance(1_000);
  await settled(remembered);
  expect(remembered.apps.all()).toEqual([]);
  expect(changes).toHaveLength(60);
  stop();
});

test('used keys are written every few polls, and kept while SQL does not answer', async () => {
  const record = await newApp(store);
  let isAway = true;
  let isWritten = false;
  const used = async (uses: ReadonlyMap<string, number>): Promise<void> => {
    if (isAway) throw new Error('away');
    await store.keys.used(uses);
    isWritten = true;
  };
  const clock = new FakeClock();
  const remembered = await remember([], { ...store, keys: { ...store.keys, used } });
  remembered.keyUsed(keyOf(record));
  await expect(remembered.flush()).rejects.toThrow('away');
  isAway = false;
  const stop = remembered.poll(clock);
  const startMs = clock.now();
  while (!isWritten) {
    clock.advance(1_000);
    await settled(remembered);
  }
  const lastUsedAtMs = (await store.keys.list(record.id))[0]?.lastUsedAtMs;
  expect(lastUsedAtMs).toBeGreaterThanOrEqual(startMs + 5_000);
  stop();
});

test('a poll that fails is told, the apps stay, and the next poll makes up for it', async () => {
  const record = await newApp(store);
  let isAway = false;
  const revision = (): Promise<number> => (isAway ? Promise.reject(new Error('away')) : store.revision());
  const clock = new FakeClock();
  const remembered = await remember([], { ...store, revision });
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  const stop = remembered.poll(clock, resolve);
  isAway = true;
  await store.apps.update(record.id, 1, { name: 'Later' }, NOW);
  clock.advance(1_000);
  expect(await told).toEqual(new Error('away'));
  await settled(remembered);
  expect(remembered.apps.byIdOrKey(record.id)?.settings.name).toBe('Chat');
  isAway = false;
  clock.advance(1_000);
  await settled(remembered);
  expect(remembered.apps.byIdOrKey(record.id)?.settings.name).toBe('Later');
  stop();
});

test('other apps of the configuration are taken up at once, and only what has changed is told', async () => {
  const [shadowed, own] = [await newApp(store), await newApp(store)];
  const [one, two] = [fixedApp('1', 'k1'), fixedApp(shadowed.id, 'k2')];
  const remembered = await remember([one, two]);
  changes.splice(0);
  const three = fixedApp('3', 'k3');
  remembered.fix([fixedApp('1', 'k1'), three]);
  // The app of the database counts again; the same settings as before are the same app.
  const free = remembered.apps.byIdOrKey(shadowed.id);
  expect(free?.ownerId).toBe(shadowed.ownerId);
  expect(remembered.apps.byKey('k1')).toBe(one);
  expect(remembered.apps.byKey('k2')).toBeNull();
  expect(changes).toEqual([
    { kind: 'changed', app: three },
    { kind: 'changed', app: free as App },
  ]);
  changes.splice(0);
  remembered.fix([fixedApp('1', 'other'), fixedApp(own.id, 'k4')]);
  const [changed, winner] = [remembered.apps.byKey('other'), remembered.apps.byKey('k4')];
  expect(remembered.apps.byKey('k1')).toBeNull();
  expect(changes).toEqual([
    { kind: 'changed', app: changed as App },
    { kind: 'changed', app: winner as App },
    { kind: 'removed', id: '3' as AppId },
  ]);
  // What is read later does not bring back what the configuration has taken.
  await remembered.refresh();
  expect(remembered.apps.byIdOrKey(own.id)).toBe(winner);
});
