import { describe, expect, test } from 'bun:test';
import { authenticate } from '../../src/admin/authenticate.ts';
import { hashOf } from '../../src/admin/credentials.ts';
import { DEVICE_FAULTS } from '../../src/admin/device-faults.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { asked, BASE, Browser, deviceStage, LaravelInstaller } from './device-stage.ts';

const ERRORS = new Set<string>();

async function errorOf(response: Promise<Response>): Promise<string> {
  const { error } = (await (await response).json()) as { error: string };
  ERRORS.add(error);
  return error;
}

const bearer = (token: string) => new Request(BASE, { headers: { authorization: `Bearer ${token}` } });

describe('the way that ends well', () => {
  test('[RFC-8628] the installer gets the credentials of a new app, and a token that works', async () => {
    await using stage = await deviceStage();
    const ann = await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const codes = await installer.begin();
    expect(codes.user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    expect(codes).toMatchObject({
      verification_uri: `${BASE}/device`,
      verification_uri_complete: `${BASE}/device?user_code=${codes.user_code}`,
      expires_in: 900,
      interval: 5,
    });
    expect(await installer.poll()).toMatchObject({ error: 'authorization_pending' });

    const browser = new Browser(stage);
    const login = await browser.open(`/device?user_code=${codes.user_code}`);
    expect(login.text).toContain('Log in');
    const question = await browser.logIn(login, 'Ann@Example.com');
    expect(question.text).toContain('shop on laptop');
    expect(question.text).toContain(codes.user_code);
    const end = await browser.send(question, { action: 'allow', app: 'new' });
    expect(end.text).toContain('Connected');

    const answer = await installer.poll();
    expect(Object.keys(answer)).toEqual(['access_token', 'token_type', 'app_key', 'app_secret', 'app_id']);
    const app = await stage.store.apps.get(answer['app_id'] as AppId);
    expect(app).toMatchObject({ name: 'shop on laptop', ownerId: ann.id, enabled: true });
    const [pair] = await stage.store.keys.list(answer['app_id'] as AppId);
    expect(pair).toMatchObject({ key: answer['app_key'], secret: answer['app_secret'] });
    expect(stage.refreshed).toEqual([String(answer['app_id'])]);
    const caller = await authenticate(stage.store, stage.clock, bearer(answer['access_token'] ?? ''), true);
    expect(caller?.account.id).toBe(ann.id);
  });

  test('[RFC-8628] an app that the person manages can be chosen, and gives its oldest key that stays', async () => {
    await using stage = await deviceStage();
    const ann = await stage.account('ann@example.com');
    await stage.app(ann, '1001');
    const app = '1001' as AppId;
    await stage.store.keys.create(app, { key: 'key-b', secret: 'secret-b' }, stage.clock.now() + 1);
    await stage.store.keys.create(app, { key: 'key-c', secret: 'secret-c' }, stage.clock.now() + 2);
    await stage.store.keys.retire(app, 'key-1001', stage.clock.now() + 60_000);
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    expect(page.text).toContain('App 1001 (1001)');
    await browser.send(page, { action: 'allow', app: 'app:1001' });
    expect(await installer.poll()).toMatchObject({ app_id: '1001', app_key: 'key-b', app_secret: 'secret-b' });
  });

  test('[RFC-8628] a code that was typed in small letters and with blanks is found', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const { browser } = await asked(stage, new LaravelInstaller(stage), 'ann@example.com');
    const { user_code } = await new LaravelInstaller(stage).begin('other');
    const typed = user_code.toLowerCase().replace('-', ' ');
    expect((await browser.open(`/device?user_code=${encodeURIComponent(typed)}`)).text).toContain(user_code);
  });
});

describe('devices that are connected', () => {
  test('[RFC-8628] one is listed to its owner, and revoking it makes its token worthless at once', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    await stage.account('bob@example.com');
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    await browser.send(page, { action: 'allow', app: 'new' });
    const { access_token = '' } = await installer.poll();
    const { items } = (await (await browser.api('GET', '/devices')).json()) as { items: { id: string }[] };
    expect(items).toMatchObject([{ name: 'shop on laptop', client: 'vask-laravel' }]);
    const path = `/devices/${items[0]?.id}`;
    const stranger = new Browser(stage);
    await stranger.logIn(await stranger.open('/device'), 'bob@example.com');
    expect((await stranger.api('DELETE', path)).status).toBe(404);
    expect(await authenticate(stage.store, stage.clock, bearer(access_token), true)).not.toBeNull();
    expect((await browser.api('DELETE', path)).status).toBe(204);
    expect((await browser.api('DELETE', path)).status).toBe(404);
    expect(await authenticate(stage.store, stage.clock, bearer(access_token), true)).toBeNull();
    const actions = (await stage.store.audit.list({ limit: 10 })).map(({ action }) => action);
    expect(actions).toEqual(['device.revoke', 'device.connect', 'device.approve', 'app.create']);
  });

  test('[RFC-8628] one that is revoked before it has fetched its credentials gets none', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    await browser.send(page, { action: 'allow', app: 'new' });
    const { items } = (await (await browser.api('GET', '/devices')).json()) as { items: { id: string }[] };
    await browser.api('DELETE', `/devices/${items[0]?.id}`);
    expect(await installer.poll()).toMatchObject({ error: 'invalid_grant' });
  });

  test('[RFC-8628] no code and no token is kept as it is', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const { device_code } = await installer.begin();
    expect(await stage.store.devices.byDeviceCode(device_code)).toBeNull();
    expect(await stage.store.devices.byDeviceCode(hashOf(device_code))).not.toBeNull();
  });
});

describe('the refusals', () => {
  test('[RFC-8628] whoever asks too soon is told to slow down, and longer each time', async () => {
    await using stage = await deviceStage();
    const installer = new LaravelInstaller(stage);
    await installer.begin();
    expect(await installer.pollAtOnce()).toMatchObject({ error: 'authorization_pending' });
    expect(await installer.pollAtOnce()).toMatchObject({ error: 'slow_down' });
    stage.clock.advance(6_000);
    expect(await installer.pollAtOnce()).toMatchObject({ error: 'slow_down' });
    expect(installer.intervalSeconds).toBe(15);
    expect(await installer.poll()).toMatchObject({ error: 'authorization_pending' });
    ERRORS.add('slow_down').add('authorization_pending');
  });

  test('[RFC-8628] a denied device is told so, and its code is used up', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    expect((await browser.send(page, { action: 'deny', app: 'new' })).text).toContain('Denied');
    expect(await installer.poll()).toMatchObject({ error: 'access_denied' });
    expect((await browser.send(page, { action: 'allow', app: 'new' })).status).toBe(404);
    expect(await stage.store.apps.list({ limit: 10 })).toEqual([]);
    ERRORS.add('access_denied');
  });

  test('[RFC-8628] a code expires after 900 seconds, for the tool and for the page', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    stage.clock.advance(900_000);
    expect((await browser.send(page, { action: 'allow', app: 'new' })).status).toBe(404);
    expect(await installer.pollAtOnce()).toMatchObject({ error: 'expired_token' });
    await new LaravelInstaller(stage).begin();
    expect(await installer.poll()).toMatchObject({ error: 'expired_token' });
    stage.clock.advance(3_600_000);
    await new LaravelInstaller(stage).begin();
    expect(await installer.poll()).toMatchObject({ error: 'invalid_grant' });
    ERRORS.add('expired_token');
  });

  test('[RFC-8628] the credentials are handed out once, also to two who ask at the same moment', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    await browser.send(page, { action: 'allow', app: 'new' });
    const answers = await Promise.all(Array.from({ length: 5 }, () => installer.pollAtOnce()));
    expect(answers.filter((answer) => 'access_token' in answer)).toHaveLength(1);
    expect(answers.filter(({ error }) => error === 'invalid_grant')).toHaveLength(4);
  });

  test('[RFC-8628] a form that is sent several times at once makes one app', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const { browser, page } = await asked(stage, new LaravelInstaller(stage), 'ann@example.com');
    await Promise.all(Array.from({ length: 4 }, () => browser.send(page, { action: 'allow', app: 'new' })));
    expect(await stage.store.apps.list({ limit: 10 })).toHaveLength(1);
  });

  test('[RFC-8628] what an account may no longer hand on is not handed out', async () => {
    await using stage = await deviceStage();
    const ann = await stage.account('ann@example.com');
    const bob = await stage.account('bob@example.com');
    await stage.app(bob, '1001');
    await stage.store.members.set('1001' as AppId, ann.id, 'manage');
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    await browser.send(page, { action: 'allow', app: 'app:1001' });
    await stage.store.members.set('1001' as AppId, ann.id, 'view');
    expect(await installer.poll()).toMatchObject({ error: 'access_denied' });
  });

  test.each(['app:1001', 'app:9999', 'app:../x', '', 'nonsense'])(
    '[RFC-8628] the choice %p of somebody who only views app 1001 is refused, and nothing is made',
    async (app) => {
      await using stage = await deviceStage();
      const ann = await stage.account('ann@example.com');
      await stage.app(await stage.account('bob@example.com'), '1001');
      await stage.store.members.set('1001' as AppId, ann.id, 'view');
      const installer = new LaravelInstaller(stage);
      const { browser, page } = await asked(stage, installer, 'ann@example.com');
      expect(page.text).not.toContain('App 1001');
      expect((await browser.send(page, { action: 'allow', app })).status).toBeOneOf([400, 404]);
      expect(await installer.poll()).toMatchObject({ error: 'authorization_pending' });
      expect(await stage.store.apps.list({ limit: 10 })).toHaveLength(1);
    },
  );

  const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
  test.each([
    ['invalid_request', { client_id: 'a', device_code: 'b' }],
    ['invalid_request', { client_id: '', device_code: 'b', grant_type: GRANT }],
    ['invalid_request', { client_id: 'a', grant_type: GRANT }],
    ['unsupported_grant_type', { client_id: 'a', device_code: 'b', grant_type: 'password' }],
    ['invalid_client', { client_id: 'a b', device_code: 'b', grant_type: GRANT }],
    ['invalid_grant', { client_id: 'a', device_code: 'b', grant_type: GRANT }],
  ])('[RFC-8628] asking for a token badly is %s', async (error, form) => {
    await using stage = await deviceStage();
    expect(await errorOf(stage.post('/oauth/token', form))).toBe(error);
  });

  test('[RFC-8628] the code of one client is worth nothing to another', async () => {
    await using stage = await deviceStage();
    const { device_code } = await new LaravelInstaller(stage).begin();
    const form = { client_id: 'other', device_code, grant_type: GRANT };
    expect(await errorOf(stage.post('/oauth/token', form))).toBe('invalid_grant');
  });

  test.each([
    ['no form', { method: 'POST', body: '{"client_id":"a"}', headers: { 'content-type': 'application/json' } }],
    ['a name given twice', { method: 'POST', body: new URLSearchParams('client_id=a&client_id=b') }],
    ['a huge body', { method: 'POST', body: new URLSearchParams({ client_id: 'a'.repeat(100_000) }) }],
    ['nothing', { method: 'POST', body: new URLSearchParams() }],
    ['a NUL', { method: 'POST', body: new URLSearchParams({ client_id: 'a', device_name: 'a\0b' }) }],
  ])('[RFC-8628] %s instead of parameters is invalid_request', async (_, init) => {
    await using stage = await deviceStage();
    expect(await errorOf(stage.request('/oauth/device/code', init))).toBe('invalid_request');
  });

  test('[RFC-8628] one network gets only so many codes, and others are not concerned', async () => {
    await using stage = await deviceStage();
    const init = { method: 'POST', body: new URLSearchParams({ client_id: 'a' }) };
    let last = await stage.request('/oauth/device/code', init);
    for (let count = 0; count < 60; count++) last = await stage.request('/oauth/device/code', init);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    ERRORS.add('temporarily_unavailable');
    expect((await stage.request('/oauth/device/code', init, '198.51.100.7')).status).toBe(200);
  });

  test('[RFC-8628] the tests above have provoked every error there is', () => {
    expect([...ERRORS].sort()).toEqual(Object.keys(DEVICE_FAULTS).sort());
  });
});
