import { describe, expect, test } from 'bun:test';
import { asked, Browser, deviceStage, LaravelInstaller } from './device-stage.ts';

describe('the page', () => {
  test('[RFC-8628] without the session’s CSRF token nothing is decided', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    expect((await browser.send(page, { csrf: 'x', action: 'allow', app: 'new' })).status).toBe(403);
    expect((await browser.send(page, { action: 'allow', app: 'new' }, {})).status).toBe(401);
    expect(await installer.poll()).toMatchObject({ error: 'authorization_pending' });
  });

  test('[RFC-8628] a page of another site cannot send the form, nor log somebody in', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const { browser, page } = await asked(stage, new LaravelInstaller(stage), 'ann@example.com');
    for (const action of ['allow', 'login']) {
      const answer = await browser.send(page, { action, app: 'new' }, { 'sec-fetch-site': 'cross-site' });
      expect(answer.status).toBe(403);
    }
  });

  test('[RFC-8628] a token is no login', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const { browser, page } = await asked(stage, installer, 'ann@example.com');
    await browser.send(page, { action: 'allow', app: 'new' });
    const { access_token } = await installer.poll();
    const answer = await stage.request('/device', { headers: { authorization: `Bearer ${access_token}` } });
    expect(await answer.text()).toContain('Log in');
  });

  test('[RFC-8628] wrong passwords and wrong codes are slowed down', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    await stage.account('bob@example.com');
    const browser = new Browser(stage);
    const login = await browser.open('/device');
    for (const status of [401, 401, 401, 429]) {
      expect((await browser.logIn(login, 'ann@example.com', 'wrong')).status).toBe(status);
    }
    await browser.logIn(login, 'bob@example.com');
    const statuses: number[] = [];
    for (let count = 0; count < 31; count++) statuses.push((await browser.open('/device?user_code=BBBB-BBBB')).status);
    expect(statuses.slice(-2)).toEqual([404, 429]);
  });

  test('[RFC-8628] other methods and paths are refused', async () => {
    await using stage = await deviceStage();
    expect((await stage.request('/device', { method: 'PUT' })).status).toBe(405);
    expect((await stage.request('/oauth/token')).status).toBe(405);
    expect((await stage.request('/oauth/authorize')).status).toBe(404);
  });

  test('[RFC-8628] what a device is called cannot become part of the page', async () => {
    await using stage = await deviceStage();
    await stage.account('ann@example.com');
    const installer = new LaravelInstaller(stage);
    const { user_code } = await installer.begin('"><script>alert(1)</script>\u202e');
    const browser = new Browser(stage);
    const page = await browser.logIn(await browser.open(`/device?user_code=${user_code}`), 'ann@example.com');
    expect(page.text).toContain('&quot;&gt;&lt;script&gt;alert(1)');
    expect(page.text).not.toContain('<script');
    expect(page.text).not.toContain('\u202e');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });
});
