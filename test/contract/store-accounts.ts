// The store's contract on accounts, members of apps, sessions and tokens.
import { describe, expect, test } from 'bun:test';
import { NOW, newAccount, newApp, newName, type Stage, there } from './store-stage.ts';

export function accountsContract({ one, other }: Stage): void {
  describe('accounts', () => {
    test('an account is found by its id and its address, in whatever case', async () => {
      const account = await newAccount(one(), { email: 'Ada.Lovelace@Example.org', role: 'admin' });
      expect(account).toMatchObject({ email: 'ada.lovelace@example.org', version: 1, createdAtMs: NOW, role: 'admin' });
      expect(await other().accounts.get(account.id)).toEqual(account);
      expect(await other().accounts.byEmail('ADA.lovelace@example.ORG')).toEqual(account);
      expect(await other().accounts.byEmail('nobody@example.org')).toBeNull();
    });

    test('of many who take an address at once, one gets it, and they are counted', async () => {
      const before = await one().accounts.count();
      const email = `${newName('race')}@example.org`;
      const { version, createdAtMs, ...template } = await newAccount(one());
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? one() : other()).accounts.create({ ...template, id: newName('id'), email }, NOW),
        ),
      );
      expect(answers.filter((answer) => answer === 'taken')).toHaveLength(9);
      expect(await other().accounts.count()).toBe(before + 2);
    });

    test('a change keeps the rest; an old version and a taken address are refused', async () => {
      const [account, neighbour] = [await newAccount(one()), await newAccount(one())];
      const quotas = { connections: 10, broadcastsPerMonth: 3_000_000_000 };
      const changed = await one().accounts.update(account.id, 1, { quotas, enabled: false });
      expect(changed).toEqual({ ...account, quotas, enabled: false, version: 2 });
      expect(await other().accounts.update(account.id, 1, { role: 'admin' })).toBe('stale');
      expect(await one().accounts.update(account.id, 2, { email: neighbour.email.toUpperCase() })).toBe('taken');
      expect(await one().accounts.update('nobody', 1, { enabled: true })).toBeNull();
      expect(await one().accounts.get(account.id)).toEqual(there(changed));
    });

    test('one that owns apps stays; deleting one takes its sessions, tokens and memberships', async () => {
      const [owner, guest] = [await newAccount(one()), await newAccount(one())];
      const app = await newApp(one(), owner.id);
      await one().members.set(app.id, guest.id, 'view');
      const times = { createdAtMs: NOW, expiresAtMs: NOW + 5 };
      await one().sessions.create({ hash: `${guest.id}-s`, accountId: guest.id, csrf: 'c', ...times });
      expect(await one().accounts.delete(owner.id)).toBe('taken');
      expect(await one().accounts.delete(guest.id)).toBe(true);
      expect(await one().accounts.delete(guest.id)).toBe(false);
      expect(await other().sessions.get(`${guest.id}-s`, NOW)).toBeNull();
      expect(await other().members.list(app.id)).toEqual([]);
    });

    test('pages follow each other', async () => {
      const [first, second] = [await newAccount(one()), await newAccount(one())];
      const page = await other().accounts.list({ limit: 1, after: first.id });
      expect(page).toEqual([second]);
    });
  });

  test('the owner manages an app, a member has the role last given, and others have none', async () => {
    const [app, guest] = [await newApp(one()), await newAccount(one())];
    expect(await one().members.roleOf(app.id, app.ownerId)).toBe('manage');
    expect(await one().members.roleOf(app.id, guest.id)).toBeNull();
    await one().members.set(app.id, guest.id, 'manage');
    await other().members.set(app.id, guest.id, 'view');
    expect(await one().members.roleOf(app.id, guest.id)).toBe('view');
    expect(await one().members.list(app.id)).toEqual([{ accountId: guest.id, email: guest.email, role: 'view' }]);
    expect(await one().members.remove(app.id, guest.id)).toBe(true);
    expect(await one().members.remove(app.id, guest.id)).toBe(false);
  });

  test('a session is there until its time is over or it is deleted', async () => {
    const account = await newAccount(one());
    const sessions = ['a', 'b', 'c'].map((name, index) => {
      const times = { createdAtMs: NOW, expiresAtMs: NOW + 10 * (index + 1) };
      return { hash: `${account.id}-${name}`, accountId: account.id, csrf: name, ...times };
    });
    for (const session of sessions) await one().sessions.create(session);
    const [first, second] = sessions.map(({ hash }) => hash);
    expect(await other().sessions.get(first ?? '', NOW + 9)).toEqual(there(sessions[0]));
    expect(await other().sessions.get(first ?? '', NOW + 10)).toBeNull();
    expect(await one().sessions.deleteExpired(NOW + 10)).toBeGreaterThanOrEqual(1);
    expect(await one().sessions.delete(second ?? '')).toBe(true);
    expect(await one().sessions.delete(second ?? '')).toBe(false);
    expect(await one().sessions.deleteOf(account.id)).toBe(1);
  });

  test('a token is found by its hash until it is over; its last use never goes back', async () => {
    const account = await newAccount(one());
    const token = {
      id: newName('token'),
      hash: newName('hash'),
      accountId: account.id,
      name: 'CI',
      scopes: ['apps:read', 'apps:write'],
      createdAtMs: NOW,
      expiresAtMs: NOW + 10,
      lastUsedAtMs: null,
    };
    await one().tokens.create(token);
    await one().tokens.used(token.id, NOW + 5);
    await other().tokens.used(token.id, NOW + 2);
    expect(await other().tokens.byHash(token.hash, NOW + 9)).toEqual({ ...token, lastUsedAtMs: NOW + 5 });
    expect(await other().tokens.byHash(token.hash, NOW + 10)).toBeNull();
    expect(await one().tokens.list(account.id)).toHaveLength(1);
    expect(await one().tokens.delete('somebody', token.id)).toBe(false);
    expect(await one().tokens.delete(account.id, token.id)).toBe(true);
    const endless = { ...token, id: newName('token'), expiresAtMs: null };
    await one().tokens.create(endless);
    expect(await one().tokens.byHash(token.hash, Number.MAX_SAFE_INTEGER)).toEqual(endless);
  });
}
