import { describe, expect, test } from 'bun:test';
import { noteEndpointDisabled } from '../../src/admin/audit.ts';
import { hashOf } from '../../src/admin/credentials.ts';
import { apiStage, PASSWORD } from './api-stage.ts';

describe('accounts', () => {
  test('[A-2.7] an admin takes no rights from the own account, and two take none from each other', async () => {
    await using stage = await apiStage();
    const [ann, bob] = [await stage.account('a@example.com', 'admin'), await stage.account('b@example.com', 'admin')];
    const [byAnn, byBob] = [await stage.session(ann), await stage.session(bob)];
    const demote = (id: string, session: Readonly<Record<string, string>>, body: unknown = { role: 'member' }) =>
      stage.ask('PATCH', `/accounts/${id}`, session, { body, headers: { 'if-match': '*' } });
    expect((await demote(ann.id, byAnn)).status).toBe(409);
    expect((await demote(ann.id, byAnn, { enabled: false })).status).toBe(409);
    expect((await stage.ask('DELETE', `/accounts/${ann.id}`, byAnn)).status).toBe(409);
    const both = await Promise.all([demote(bob.id, byAnn), demote(ann.id, byBob)]);
    expect(both.map(({ status }) => status)).toEqual([200, 403]);
    // The one who lost is logged out.
    expect((await stage.ask('GET', '/session', byBob)).status).toBe(401);
  });

  test('[A-1.4] a change names the version that it was made from', async () => {
    await using stage = await apiStage();
    const session = await stage.session(await stage.account('root@example.com', 'admin'));
    const body = { email: 'New@Example.com', password: PASSWORD, role: 'member' };
    const made = await stage.ask('POST', '/accounts', session, { body });
    expect(made.json).toMatchObject({ email: 'new@example.com', role: 'member', version: 1 });
    expect((await stage.ask('POST', '/accounts', session, { body })).status).toBe(409);
    const path = `/accounts/${made.json['id']}`;
    const shown = await stage.ask('GET', path, session);
    expect([made.headers.get('etag'), shown.headers.get('etag')]).toEqual(['"v1"', '"v1"']);
    const quotas = { connections: 100, broadcastsPerMonth: 500_000 };
    const change = (tag: string | null) =>
      stage.ask('PATCH', path, session, { body: { quotas }, headers: tag === null ? {} : { 'if-match': tag } });
    expect((await change(null)).status).toBe(428);
    for (const tag of ['"v2"', 'v1', 'W/"v1"', '']) expect((await change(tag)).status).toBe(412);
    const changed = await change('"v1"');
    expect(changed.json).toMatchObject({ quotas, version: 2 });
    expect((await change('"v1"')).status).toBe(412);
    // Every app of theirs is held to the new quotas at once.
    expect(stage.refreshed).toEqual(['all']);
    expect((await stage.ask('DELETE', path, session)).status).toBe(204);
    expect((await stage.ask('GET', path, session)).status).toBe(404);
  });

  test('[A-2.7] disabling ends sessions, and an owner of apps is not deleted', async () => {
    await using stage = await apiStage();
    const session = await stage.session(await stage.account('root@example.com', 'admin'));
    const ann = await stage.account('ann@example.com');
    await stage.app(ann, '1001');
    const hers = await stage.session(ann);
    const change = (body: unknown) =>
      stage.ask('PATCH', `/accounts/${ann.id}`, session, { body, headers: { 'if-match': '*' } });
    expect((await change({ enabled: false })).json).toMatchObject({ enabled: false });
    await change({ enabled: true });
    expect((await stage.ask('GET', '/session', hers)).status).toBe(401);
    expect((await stage.ask('DELETE', `/accounts/${ann.id}`, session)).status).toBe(409);
    expect((await change({ password: 'given by an admin' })).status).toBe(200);
    const body = { email: 'ann@example.com', password: 'given by an admin' };
    expect((await stage.ask('POST', '/session', {}, { body })).status).toBe(200);
  });
});

describe('personal access tokens', () => {
  test('[A-2.8] are shown once, kept as a hash, and deleted', async () => {
    await using stage = await apiStage();
    const ann = await stage.account('ann@example.com');
    const session = await stage.session(ann);
    const body = { name: 'ci', scopes: ['apps:read', 'apps:read'] };
    const made = await stage.ask('POST', '/tokens', session, { body });
    const { secret, token } = made.json as unknown as { secret: string; token: { id: string } };
    expect(secret).toMatch(/^vask_pat_[-\w]{43}$/);
    expect(token).toMatchObject({ name: 'ci', scopes: ['apps:read'], lastUsedAtMs: null });
    const bearer = { authorization: `Bearer ${secret}` };
    expect((await stage.ask('GET', '/apps', bearer)).status).toBe(200);
    const list = await stage.ask('GET', '/tokens', session);
    expect(list.json['items']).toEqual([{ ...token, lastUsedAtMs: stage.clock.now() }] as never);
    expect(list.text).not.toContain(secret);
    const [kept] = await stage.store.tokens.list(ann.id);
    expect(kept?.hash).toBe(hashOf(secret));
    expect((await stage.ask('GET', '/apps', { authorization: `Bearer ${hashOf(secret)}` })).status).toBe(401);
    expect((await stage.ask('DELETE', `/tokens/${token.id}`, session)).status).toBe(204);
    expect((await stage.ask('GET', '/apps', bearer)).status).toBe(401);
  });

  test('[A-2.8] are nobody else to delete, and give no rights that the account lacks', async () => {
    await using stage = await apiStage();
    const ann = await stage.account('ann@example.com');
    const session = await stage.session(ann);
    const root = await stage.account('root@example.com', 'admin');
    await stage.token(root, ['apps:read']);
    const [token] = await stage.store.tokens.list(root.id);
    expect((await stage.ask('DELETE', `/tokens/${token?.id}`, session)).status).toBe(404);
    const admin = { name: 'x', scopes: ['accounts:admin'] };
    expect((await stage.ask('POST', '/tokens', session, { body: admin })).status).toBe(400);
    const over = { name: 'x', scopes: ['apps:read'], expiresAtMs: stage.clock.now() };
    expect((await stage.ask('POST', '/tokens', session, { body: over })).status).toBe(400);
    expect((await stage.ask('GET', '/accounts', await stage.token(ann, ['accounts:admin']))).status).toBe(403);
  });
});

test('[A-2.9] a connected device is listed, and loses its token when it is revoked', async () => {
  await using stage = await apiStage();
  const ann = await stage.account('ann@example.com');
  const session = await stage.session(ann);
  const bearer = await stage.token(ann, ['apps:read']);
  const [token] = await stage.store.tokens.list(ann.id);
  const device = {
    id: 'd1',
    deviceCodeHash: 'x',
    userCode: 'ABCDEFGH',
    clientId: 'laravel',
    name: 'laptop',
    status: 'redeemed',
    accountId: ann.id,
    appId: null,
    tokenId: token?.id ?? null,
    createdAtMs: 1,
    expiresAtMs: stage.clock.now() + 1_000,
    polledAtMs: null,
    intervalSeconds: 5,
  } as const;
  await stage.store.devices.create(device);
  const expected = { id: 'd1', name: 'laptop', client: 'laravel', app: null, createdAtMs: 1 };
  expect((await stage.ask('GET', '/devices', session)).json).toMatchObject({ items: [expected] } as never);
  const others = await stage.session(await stage.account('bob@example.com'));
  expect((await stage.ask('DELETE', '/devices/d1', others)).status).toBe(404);
  expect((await stage.ask('DELETE', '/devices/d1', session)).status).toBe(204);
  expect((await stage.ask('GET', '/apps', bearer)).status).toBe(401);
  expect((await stage.ask('DELETE', '/devices/d1', session)).status).toBe(404);
});

test('[A-4.7] changes are in the audit log, newest first, without secrets', async () => {
  await using stage = await apiStage();
  const root = await stage.account('root@example.com', 'admin');
  const session = await stage.session(root);
  const body = { email: 'new@example.com', password: PASSWORD, role: 'member' };
  const made = await stage.ask('POST', '/accounts', session, { body });
  await stage.ask('PATCH', `/accounts/${made.json['id']}`, session, {
    body: { role: 'admin', password: 'another password' },
    headers: { 'if-match': '*' },
  });
  const page = await stage.ask('GET', '/audit?limit=1', session);
  expect(page.json['items']).toMatchObject([
    {
      account: root.id,
      origin: 'api',
      action: 'account.update',
      subject: `account:${made.json['id']}`,
      details: { role: { before: 'member', after: 'admin' }, password: 'changed' },
    },
  ] as never);
  const next = await stage.ask('GET', `/audit?limit=1&cursor=${page.json['next']}`, session);
  expect(next.json).toMatchObject({ items: [{ action: 'account.create' }], next: null } as never);
  const about = await stage.ask('GET', '/audit?subject=app:1', session);
  expect(about.json['items']).toEqual([] as never);
  expect((await stage.ask('GET', `/audit?cursor=${btoa('abc')}`, session)).status).toBe(400);
  const everything = JSON.stringify(await stage.store.audit.list({ limit: 100 }));
  expect(everything).not.toMatch(/password"?:"(?!changed)|argon2/);
});

test('[A-4.7] a webhook that the server has switched off is in the audit log of its app, with the reason', async () => {
  await using stage = await apiStage();
  const ann = await stage.account('ann@example.com');
  const session = await stage.session(ann);
  const app = await stage.app(ann, '1001');
  stage.clock.advance(1);
  await noteEndpointDisabled(stage.store, stage.clock, { app: app.id, endpoint: 'e', reason: 'It has failed.' });
  const told = await stage.ask('GET', '/apps/1001/audit', session);
  const about = { origin: 'server', action: 'webhook.disable', account: null, atMs: stage.clock.now() };
  expect(told.json['items']).toMatchObject([{ ...about, details: { id: 'e', reason: 'It has failed.' } }] as never);
});
