// The store's contract on webhook endpoints, and on the revision by which other nodes learn of changes.
import { describe, expect, test } from 'bun:test';
import { ENDPOINT, NOW, newAccount, newApp, newName, type Stage, there } from './store-stage.ts';

export function endpointsContract({ one, other }: Stage): void {
  describe('endpoints', () => {
    test('an endpoint comes back as it was put in', async () => {
      const app = await newApp(one());
      const made = await one().endpoints.create(app.id, 'e1', ENDPOINT, NOW);
      const kept = { ...ENDPOINT, id: 'e1', appId: app.id, version: 1, createdAtMs: NOW, disabledReason: null };
      expect(made).toEqual(kept);
      expect(await other().endpoints.get(app.id, 'e1')).toEqual(kept);
      expect(await other().endpoints.get((await newApp(one())).id, 'e1')).toBeNull();
      expect(await other().endpoints.list()).toContainEqual(kept);
    });

    test('a change keeps the rest; one of an old version is refused', async () => {
      const app = await newApp(one());
      const made = await one().endpoints.create(app.id, 'e', ENDPOINT, NOW);
      const url = 'https://new.example/';
      expect(await one().endpoints.update(app.id, 'e', 1, { url })).toEqual({ ...made, url, version: 2 });
      expect(await other().endpoints.update(app.id, 'e', 1, { headers: {} })).toBe('stale');
      expect(await one().endpoints.update(app.id, 'no', 1, { url })).toBeNull();
    });

    test('what the server switched off says why until somebody switches it on', async () => {
      const app = await newApp(one());
      await one().endpoints.create(app.id, 'e', ENDPOINT, NOW);
      const answers = await Promise.all([one(), other()].map((store) => store.endpoints.disable(app.id, 'e', 'dead')));
      expect(answers.sort()).toEqual([false, true]);
      const disabled = there(await other().endpoints.get(app.id, 'e'));
      expect(disabled).toMatchObject({ enabled: false, disabledReason: 'dead', version: 2 });
      const renamed = there(await one().endpoints.update(app.id, 'e', 2, { channelPrefixes: [] }));
      expect(renamed.disabledReason).toBe('dead');
      const enabled = there(await one().endpoints.update(app.id, 'e', 3, { enabled: true }));
      expect(enabled).toMatchObject({ enabled: true, disabledReason: null });
      expect(await one().endpoints.delete(app.id, 'e')).toBe(true);
      expect(await one().endpoints.delete(app.id, 'e')).toBe(false);
    });
  });

  test('the revision grows with each change that other nodes must see, and with no other', async () => {
    const account = await newAccount(one());
    const app = await newApp(one(), account.id);
    const key = newName('key');
    const quotas = { connections: 5, broadcastsPerMonth: 0 };
    const changes: readonly (() => Promise<unknown>)[] = [
      () => one().apps.update(app.id, 1, { name: 'x' }, NOW),
      () => one().keys.create(app.id, { key, secret: 's' }, NOW),
      () => one().keys.retire(app.id, key, NOW),
      () => one().keys.delete(app.id, key),
      () => one().endpoints.create(app.id, 'e', ENDPOINT, NOW),
      () => one().endpoints.update(app.id, 'e', 1, { url: 'https://x.example/' }),
      () => one().endpoints.disable(app.id, 'e', 'dead'),
      () => one().endpoints.delete(app.id, 'e'),
      () => one().accounts.update(account.id, 1, { quotas }),
      () => one().apps.delete(app.id),
      () => newApp(one(), account.id),
    ];
    for (const [index, change] of changes.entries()) {
      const before = await other().revision();
      await change();
      expect(await other().revision()).toBe(before + 1);
      const { apps, quotas: areQuotas } = await other().changes(before);
      const isOfQuotas = index === 8;
      expect([apps.length, areQuotas]).toEqual([isOfQuotas ? 0 : 1, isOfQuotas]);
      if (!isOfQuotas && index < 10) expect(apps).toEqual([app.id]);
    }
    const before = await other().revision();
    await one().keys.used(new Map([[key, NOW]]));
    await one().apps.update(app.id, 1, { name: 'y' }, NOW);
    await one().apps.delete(app.id);
    expect(await other().revision()).toBe(before);
    expect(await other().changes(before)).toEqual({ apps: [], quotas: false });
    expect((await other().changes(0)).apps).toContain(app.id);
  });
}
