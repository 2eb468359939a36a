// The store's contract on apps and their key pairs.

import { describe, expect, test } from 'bun:test';
import { NO_USAGE } from '../../src/core/usage.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { ENDPOINT, FIELDS, NOW, newAccount, newApp, newName, type Stage, there } from './store-stage.ts';

const NOBODY = 'nobody' as AppId;

export function appsContract({ one, other }: Stage): void {
  describe('apps', () => {
    test('an app comes back as it was put in, from every node', async () => {
      const app = await newApp(one());
      const kept = { ...FIELDS, id: app.id, ownerId: app.ownerId, version: 1, createdAtMs: NOW, updatedAtMs: NOW };
      expect(app).toEqual(kept);
      expect(await other().apps.get(app.id)).toEqual(kept);
      expect(await other().apps.get(NOBODY)).toBeNull();
    });

    test('a taken id or key makes no app and no key', async () => {
      const app = await newApp(one());
      const [key, secret] = [newName('key'), 's'];
      const twin = { id: app.id, ownerId: app.ownerId, ...FIELDS };
      expect(await one().apps.create(twin, { key, secret }, NOW)).toBe('taken');
      const newcomer = { ...twin, id: newName('app') as AppId };
      expect(await one().apps.create(newcomer, { key: `${app.id}-key`, secret }, NOW)).toBe('taken');
      expect(await one().apps.get(newcomer.id)).toBeNull();
      expect((await one().keys.list()).some((pair) => pair.key === key)).toBe(false);
    });

    test('a change keeps the rest, and counts the version up', async () => {
      const app = await newApp(one());
      const changed = await one().apps.update(app.id, 1, { enabled: false, allowedOrigins: [] }, NOW + 1);
      expect(changed).toEqual({ ...app, enabled: false, allowedOrigins: [], version: 2, updatedAtMs: NOW + 1 });
      expect(await other().apps.get(app.id)).toEqual(there(changed));
    });

    test('a change of an old version is refused, and of no app is nothing', async () => {
      const app = await newApp(one());
      await one().apps.update(app.id, 1, { name: 'First' }, NOW);
      expect(await other().apps.update(app.id, 1, { name: 'Second' }, NOW)).toBe('stale');
      expect(there(await one().apps.get(app.id)).name).toBe('First');
      expect(await one().apps.update(NOBODY, 1, { name: 'x' }, NOW)).toBeNull();
    });

    test('of many who change the same version at once, one does', async () => {
      const app = await newApp(one());
      const attempts = Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one() : other()).apps.update(app.id, 1, { name: `n${index}` }, NOW),
      );
      const answers = await Promise.all(attempts);
      expect(answers.filter((answer) => answer === 'stale')).toHaveLength(19);
      expect(there(await one().apps.get(app.id)).version).toBe(2);
    });

    test('deleting an app takes all that is its own with it', async () => {
      const app = await newApp(one());
      await one().endpoints.create(app.id, 'e', ENDPOINT, NOW);
      await one().members.set(app.id, (await newAccount(one())).id, 'view');
      const counts = { ...NO_USAGE, broadcasts: 1, peakConnections: 0 };
      await one().usage.add([{ appId: app.id, span: 'day', startMs: 0, ...counts }]);
      expect(await one().apps.delete(app.id)).toBe(true);
      expect(await one().apps.delete(app.id)).toBe(false);
      expect(await other().keys.list(app.id)).toEqual([]);
      expect(await other().endpoints.list(app.id)).toEqual([]);
      expect(await other().members.list(app.id)).toEqual([]);
      expect(await other().usage.read(app.id, 'day', 0, NOW)).toEqual([]);
    });

    test('pages follow each other in the order of ids, of all apps or of those that an account may see', async () => {
      const owner = await newAccount(one());
      const own = [await newApp(one(), owner.id), await newApp(one(), owner.id)];
      const guest = await newAccount(one());
      const foreign = await newApp(one());
      await one().members.set(own[1]?.id ?? NOBODY, guest.id, 'view');
      await one().members.set(foreign.id, guest.id, 'manage');
      const idsOf = async (limit: number, after?: string, member?: string) =>
        (await other().apps.list({ limit, after }, member)).map(({ id }) => id);
      expect(await idsOf(10, undefined, owner.id)).toEqual(own.map(({ id }) => id));
      expect(await idsOf(1, own[0]?.id, owner.id)).toEqual(own.slice(1).map(({ id }) => id));
      expect(await idsOf(10, undefined, guest.id)).toEqual([own[1]?.id ?? NOBODY, foreign.id]);
      const all = await idsOf(10_000);
      expect(all).toEqual([...all].sort());
      expect(await idsOf(2, own[0]?.id)).toEqual([own[1]?.id ?? NOBODY, foreign.id]);
    });
  });

  describe('keys', () => {
    test('they are listed oldest first, with their secrets, and others may be added', async () => {
      const app = await newApp(one());
      const key = newName('key');
      const added = await one().keys.create(app.id, { key, secret: 'second' }, NOW + 1);
      const times = { retiresAtMs: null, lastUsedAtMs: null };
      expect(added).toEqual({ appId: app.id, key, secret: 'second', createdAtMs: NOW + 1, ...times });
      const first = { appId: app.id, key: `${app.id}-key`, secret: 'hush', createdAtMs: NOW, ...times };
      expect(await other().keys.list(app.id)).toEqual([first, there(added)]);
      expect(await other().keys.list()).toContainEqual(first);
    });

    test('a key is unique among all apps', async () => {
      const [app, neighbour] = [await newApp(one()), await newApp(one())];
      expect(await one().keys.create(neighbour.id, { key: `${app.id}-key`, secret: 's' }, NOW)).toBe('taken');
    });

    test('retiring sets a time and takes it back; deleting is once', async () => {
      const app = await newApp(one());
      const key = `${app.id}-key`;
      expect(there(await one().keys.retire(app.id, key, NOW + 5)).retiresAtMs).toBe(NOW + 5);
      expect(there(await other().keys.retire(app.id, key, null)).retiresAtMs).toBeNull();
      expect(await one().keys.retire((await newApp(one())).id, key, NOW)).toBeNull();
      expect(await one().keys.delete(NOBODY, key)).toBe(false);
      expect(await one().keys.delete(app.id, key)).toBe(true);
      expect(await one().keys.delete(app.id, key)).toBe(false);
    });

    test('the last use of many keys is noted at once, and never goes back', async () => {
      const apps = await Promise.all(Array.from({ length: 23 }, () => newApp(one())));
      const uses = (timeMs: number) => new Map([...apps.map(({ id }) => [`${id}-key`, timeMs] as const), ['no', 1]]);
      await Promise.all([one().keys.used(uses(NOW + 9)), other().keys.used(uses(NOW + 4))]);
      await one().keys.used(uses(NOW));
      for (const { id } of apps) expect((await one().keys.list(id))[0]?.lastUsedAtMs).toBe(NOW + 9);
    });
  });
}
