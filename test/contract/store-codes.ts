// The store's contract on what can be used once: invitations and device codes.
import { describe, expect, test } from 'bun:test';
import { NOW, newAccount, newApp, newDevice, newName, type Stage } from './store-stage.ts';

export function codesContract({ one, other }: Stage): void {
  describe('invitations', () => {
    const invitation = (fields: object = {}) => ({
      hash: newName('invitation'),
      role: 'member' as const,
      appId: null,
      appRole: null,
      createdBy: null,
      createdAtMs: NOW,
      expiresAtMs: NOW + 10,
      ...fields,
    });

    test('of many who redeem one at once, one gets it', async () => {
      const [app, account] = [await newApp(one()), await newAccount(one())];
      const made = invitation({ appId: app.id, appRole: 'view', createdBy: account.id });
      await one().invitations.create(made);
      expect(await other().invitations.list(NOW)).toContainEqual(made);
      const stores = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one() : other()));
      const answers = await Promise.all(stores.map((store) => store.invitations.redeem(made.hash, NOW)));
      expect(answers.filter((answer) => answer !== null)).toEqual([made]);
    });

    test('one whose time is over, or that was deleted, is redeemed by nobody', async () => {
      const [late, deleted] = [invitation(), invitation()];
      await one().invitations.create(late);
      await one().invitations.create(deleted);
      expect(await one().invitations.delete(deleted.hash)).toBe(true);
      expect(await one().invitations.redeem(deleted.hash, NOW)).toBeNull();
      expect(await one().invitations.redeem(late.hash, NOW + 10)).toBeNull();
      expect(await one().invitations.list(NOW + 10)).not.toContainEqual(late);
    });

    test('those whose time is over are swept, and no others', async () => {
      const [late, open] = [invitation({ expiresAtMs: NOW - 5 }), invitation({ expiresAtMs: NOW - 4 })];
      await one().invitations.create(late);
      await one().invitations.create(open);
      expect(await other().invitations.deleteExpired(NOW - 5)).toBeGreaterThanOrEqual(1);
      const left = await one().invitations.list(0);
      expect(left).toContainEqual(open);
      expect(left).not.toContainEqual(late);
      expect(await one().invitations.deleteExpired(NOW - 5)).toBe(0);
    });
  });

  describe('devices', () => {
    test('a device is found by both of its codes', async () => {
      const device = newDevice();
      expect(await one().devices.create(device)).toBe(true);
      expect(await other().devices.byUserCode(device.userCode, NOW)).toEqual(device);
      expect(await other().devices.byUserCode(device.userCode, device.expiresAtMs)).toBeNull();
      expect(await other().devices.byDeviceCode(device.deviceCodeHash)).toEqual(device);
      expect(await other().devices.byDeviceCode('nothing')).toBeNull();
    });

    test('a user code is taken while somebody may still type it', async () => {
      const device = newDevice();
      await one().devices.create(device);
      const later = newDevice({ userCode: device.userCode, createdAtMs: NOW + 1 });
      expect(await other().devices.create(later)).toBe(false);
      await one().devices.change(device.id, 'pending', { status: 'denied' });
      expect(await other().devices.create(later)).toBe(true);
      expect(await one().devices.byUserCode(device.userCode, NOW)).toEqual(later);
    });

    test('of many who decide at once, one does', async () => {
      const [device, account, app] = [newDevice(), await newAccount(one()), await newApp(one())];
      await one().devices.create(device);
      const approved = { status: 'approved', accountId: account.id, appId: app.id } as const;
      const decisions = [approved, { status: 'denied' }, approved, { status: 'denied' }, approved] as const;
      const answers = await Promise.all(
        decisions.map((fields, index) =>
          (index % 2 === 0 ? one() : other()).devices.change(device.id, 'pending', fields),
        ),
      );
      expect(answers.filter((answer) => answer)).toHaveLength(1);
    });

    test('what was redeemed stays for its account, what ran out is swept', async () => {
      const account = await newAccount(one());
      const [kept, left] = [newDevice({ status: 'redeemed', accountId: account.id }), newDevice()];
      await one().devices.create(kept);
      await one().devices.create(left);
      expect(await one().devices.deleteExpired(left.expiresAtMs)).toBeGreaterThanOrEqual(1);
      expect(await other().devices.list(account.id)).toEqual([kept]);
      expect(await other().devices.byDeviceCode(left.deviceCodeHash)).toBeNull();
      expect(await one().devices.change(kept.id, 'redeemed', { status: 'revoked', tokenId: null })).toBe(true);
      expect(await one().devices.change(kept.id, 'revoked', {})).toBe(false);
    });
  });
}
