// What a sweep takes out of the database, and what it leaves.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_USAGE, type UsageSpan } from '../../src/core/usage.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { sweepStore } from '../../src/storage/sweep.ts';
import { NOW, newAccount, newDevice } from '../contract/store-stage.ts';

const DAY_MS = 86_400_000;
const APP = 'app' as AppId;

let directory = '';
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'vask-sweep-'));
  store = await openStore({ url: null, dataDirectory: directory, secretKey: null });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

for (const [span, days] of [
  ['minute', 7],
  ['hour', 90],
  ['day', 3 * 365],
] as const satisfies readonly (readonly [UsageSpan, number])[]) {
  test(`[A-4.9] usage of each ${span} is kept for ${days} days, also when it is swept again`, async () => {
    const counts = { ...NO_USAGE, broadcasts: 1, peakConnections: 1 };
    const oldestMs = NOW - days * DAY_MS;
    const kept = [oldestMs, NOW].map((startMs) => ({ appId: APP, span, startMs, ...counts }));
    await store.usage.add([...kept, { appId: APP, span, startMs: oldestMs - 1, ...counts }]);
    for (let times = 0; times < 2; times++) {
      await sweepStore(store, NOW);
      expect(await store.usage.read(APP, span, 0, NOW + 1)).toEqual(kept);
    }
  });
}

test('[A-4.9] the audit log is kept for three years', async () => {
  const entry = { accountId: null, origin: 'api', action: 'app.update', subject: 'app:1', details: {} };
  const oldestMs = NOW - 3 * 365 * DAY_MS;
  for (const atMs of [oldestMs - 1, oldestMs, NOW]) await store.audit.add({ ...entry, atMs });
  await sweepStore(store, NOW);
  expect((await store.audit.list({ limit: 10 })).map(({ atMs }) => atMs)).toEqual([NOW, oldestMs]);
});

test('sessions, invitations and codes of devices go when they are over; connected devices and tokens stay', async () => {
  const { id: accountId } = await newAccount(store);
  for (const [hash, expiresAtMs] of [['over', NOW] as const, ['open', NOW + 1] as const]) {
    await store.sessions.create({ hash, accountId, csrf: 'c', createdAtMs: 0, expiresAtMs });
    const invitation = { role: 'member', appId: null, appRole: null, createdBy: null, createdAtMs: 0 } as const;
    await store.invitations.create({ ...invitation, hash, expiresAtMs });
  }
  const expiresAtMs = NOW - DAY_MS;
  const [late, open] = [newDevice({ expiresAtMs }), newDevice({ expiresAtMs: expiresAtMs + 1 })];
  const connected = newDevice({ expiresAtMs, status: 'redeemed', accountId });
  for (const device of [late, open, connected]) await store.devices.create(device);
  const token = { id: 't', hash: 't', accountId, name: 'CI', scopes: [], createdAtMs: 0, lastUsedAtMs: null };
  await store.tokens.create({ ...token, expiresAtMs: null });
  await sweepStore(store, NOW);
  expect(await store.sessions.get('over', 0)).toBeNull();
  expect(await store.sessions.get('open', NOW)).not.toBeNull();
  expect((await store.invitations.list(0)).map(({ hash }) => hash)).toEqual(['open']);
  expect(await store.devices.byDeviceCode(late.deviceCodeHash)).toBeNull();
  expect(await store.devices.byDeviceCode(open.deviceCodeHash)).toEqual(open);
  expect(await store.devices.list(accountId)).toEqual([connected]);
  expect(await store.tokens.list(accountId)).toHaveLength(1);
});
