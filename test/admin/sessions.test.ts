import { describe, expect, test } from 'bun:test';
import { hashOf } from '../../src/admin/credentials.ts';
import { setupToken } from '../../src/admin/setup.ts';
import { type ApiStage, apiStage, NOBODY, PASSWORD, type Told } from './api-stage.ts';

const cookieOf = ({ headers }: Told): string => headers.get('set-cookie')?.split(';')[0] ?? '';
const logIn = (stage: ApiStage, email: string, password = PASSWORD, address = '192.0.2.1', cookie = '') =>
  stage.ask('POST', '/session', cookie === '' ? NOBODY : { cookie }, { body: { email, password }, address });

describe('the first admin', () => {
  test('[A-2.1] is made with the link of the first start, once', async () => {
    await using stage = await apiStage();
    const first = await setupToken(stage.store, stage.clock);
    const token = await setupToken(stage.store, stage.clock);
    const body = { token, email: 'Root@Example.com', password: PASSWORD };
    // A later start has made another link.
    expect((await stage.ask('POST', '/setup', NOBODY, { body: { ...body, token: first } })).status).toBe(400);
    // The link is for this route alone.
    expect((await stage.ask('POST', '/invitations/accept', NOBODY, { body })).status).toBe(400);
    const all = await Promise.all([1, 2, 3].map(() => stage.ask('POST', '/setup', NOBODY, { body })));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
    expect(await stage.store.accounts.count()).toBe(1);
    const made = all.find(({ status }) => status === 201);
    expect(made?.json['account']).toMatchObject({ email: 'root@example.com', role: 'admin', enabled: true });
    expect(await setupToken(stage.store, stage.clock)).toBeNull();
    expect((await stage.ask('GET', '/accounts', { cookie: cookieOf(made as Told) })).status).toBe(200);
  });

  test('[A-2.1] is not made after a day, nor when there is an account', async () => {
    await using stage = await apiStage();
    const token = await setupToken(stage.store, stage.clock);
    const body = { token, email: 'root@example.com', password: PASSWORD };
    stage.clock.advance(24 * 3_600_000);
    expect((await stage.ask('POST', '/setup', NOBODY, { body })).status).toBe(400);
    const another = await setupToken(stage.store, stage.clock);
    await stage.account('cli@example.com', 'admin');
    expect((await stage.ask('POST', '/setup', NOBODY, { body: { ...body, token: another } })).status).toBe(400);
    expect(await stage.store.accounts.count()).toBe(1);
  });
});

describe('logging in', () => {
  test('[A-2.2] answers the same to a wrong password, an unknown address and a disabled account', async () => {
    await using stage = await apiStage();
    await stage.account('ann@example.com');
    await stage.account('off@example.com', 'member', false);
    const refused = [
      await logIn(stage, 'ann@example.com', 'wrong'),
      await logIn(stage, 'nobody@example.com'),
      await logIn(stage, 'off@example.com'),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(refused.map(({ text }) => text)).size).toBe(1);
    expect(refused.every(({ headers }) => headers.get('set-cookie') === null)).toBeTrue();
  });

  test('[A-2.4] begins a session with a fresh secret, and ends the one that was sent', async () => {
    await using stage = await apiStage();
    await stage.account('ann@example.com');
    const first = await logIn(stage, 'Ann@example.com');
    expect(first.headers.get('set-cookie')).toMatch(
      /^__Host-vask_session=[-\w]{43}; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax; Secure$/,
    );
    const second = await logIn(stage, 'ann@example.com', PASSWORD, '192.0.2.1', cookieOf(first));
    expect(cookieOf(second)).not.toBe(cookieOf(first));
    expect((await stage.ask('GET', '/session', { cookie: cookieOf(first) })).status).toBe(401);
    const shown = await stage.ask('GET', '/session', { cookie: cookieOf(second) });
    expect(shown.json).toEqual(second.json);
    const credentials = { cookie: cookieOf(second), 'x-csrf-token': second.json['csrf'] ?? '' };
    const out = await stage.ask('DELETE', '/session', credentials);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await stage.ask('GET', '/session', credentials)).status).toBe(401);
  });

  test('[A-2.4] gives a plain cookie by plain http, which https does not take', async () => {
    await using stage = await apiStage('http://vask.example');
    await stage.account('ann@example.com');
    const body = { email: 'ann@example.com', password: PASSWORD };
    const told = await stage.ask('POST', '/session', NOBODY, { body, base: 'http://vask.example' });
    expect(told.headers.get('set-cookie')).toMatch(/^vask_session=[-\w]+; .*SameSite=Lax$/);
    const cookie = cookieOf(told);
    expect((await stage.ask('GET', '/session', { cookie }, { base: 'http://vask.example' })).status).toBe(200);
    expect((await stage.ask('GET', '/session', { cookie })).status).toBe(401);
    const proxied = { base: 'http://vask.example', headers: { 'x-forwarded-proto': 'https' }, body };
    expect((await stage.ask('POST', '/session', NOBODY, proxied)).headers.get('set-cookie')).toContain('; Secure');
  });

  test('[A-2.3] is throttled per address of mail, wherever the guesses come from', async () => {
    await using stage = await apiStage();
    await stage.account('ann@example.com');
    const guess = (at: number, email = 'ann@example.com') => logIn(stage, email, 'wrong', `192.0.2.${at}`);
    for (let at = 0; at < 10; at++) expect((await guess(at)).status).toBe(401);
    const told = await guess(10);
    expect(told.status).toBe(429);
    expect(told.headers.get('retry-after')).toBe('30');
    // Not even the right password tells more now.
    expect((await logIn(stage, 'ann@example.com')).status).toBe(429);
    expect((await guess(11, 'eve@example.com')).status).toBe(401);
    stage.clock.advance(30_000);
    expect((await logIn(stage, 'ann@example.com')).status).toBe(200);
    expect((await guess(12)).status).toBe(401);
  });

  test('[A-2.3] is throttled per network, whatever addresses are tried', async () => {
    await using stage = await apiStage();
    const guess = (at: number, address: string) =>
      stage.ask('POST', '/setup', NOBODY, {
        body: { token: `guess${at}`, email: 'a@example.com', password: PASSWORD },
        address,
      });
    for (let at = 0; at < 40; at++) expect((await guess(at, `2001:db8:0:1::${at}`)).status).toBe(400);
    expect((await guess(40, '2001:db8:0:1:ffff::1')).status).toBe(429);
    expect((await guess(41, '2001:db8:0:2::1')).status).toBe(400);
  });
});

test('[A-2.5] a new password ends all other sessions, and needs the old one', async () => {
  await using stage = await apiStage();
  const ann = await stage.account('ann@example.com');
  const [here, elsewhere] = [await stage.session(ann), await stage.session(ann)];
  const change = (current: string) =>
    stage.ask('PUT', '/account/password', here, { body: { current, password: 'a new password' } });
  expect((await change('wrong')).status).toBe(401);
  const told = await change(PASSWORD);
  expect(told.status).toBe(200);
  for (const old of [here, elsewhere]) expect((await stage.ask('GET', '/session', old)).status).toBe(401);
  expect((await stage.ask('GET', '/session', { cookie: cookieOf(told) })).status).toBe(200);
  expect((await logIn(stage, 'ann@example.com')).status).toBe(401);
  expect((await logIn(stage, 'ann@example.com', 'a new password')).status).toBe(200);
});

test('[A-2.4] what a database holds of sessions does not log anybody in', async () => {
  await using stage = await apiStage();
  const session = await stage.session(await stage.account('ann@example.com'));
  const hash = hashOf(session['cookie']?.split('=')[1] ?? '');
  expect((await stage.store.sessions.get(hash, stage.clock.now()))?.hash).toBe(hash);
  expect((await stage.ask('GET', '/session', { cookie: `__Host-vask_session=${hash}` })).status).toBe(401);
});

describe('invitations', () => {
  test('[A-2.6] make one account each, a member of the app', async () => {
    await using stage = await apiStage();
    const ann = await stage.account('ann@example.com');
    const session = await stage.session(ann);
    await stage.app(ann, '1001');
    const invited = await stage.ask('POST', '/apps/1001/invitations', session, { body: { role: 'view' } });
    const { token, url } = invited.json as Record<string, string>;
    expect(url).toBe(`https://vask.example/join#${token}`);
    const accept = (email: string) =>
      stage.ask('POST', '/invitations/accept', NOBODY, { body: { token, email, password: PASSWORD } });
    // An address that is taken costs the link nothing.
    expect((await accept('ann@example.com')).status).toBe(409);
    const all = await Promise.all([accept('bob@example.com'), accept('eve@example.com')]);
    expect(all.map(({ status }) => status).sort()).toEqual([201, 400]);
    const joined = all.find(({ status }) => status === 201) as Told;
    expect(joined.json['account']).toMatchObject({ role: 'member' });
    const bob = { cookie: cookieOf(joined), 'x-csrf-token': joined.json['csrf'] ?? '' };
    expect((await stage.ask('GET', '/apps/1001', bob)).status).toBe(200);
    expect((await stage.ask('DELETE', '/apps/1001', bob)).status).toBe(403);
  });

  test('[A-4.7] tell in the audit log of the app who has joined, and by whom they were invited', async () => {
    await using stage = await apiStage();
    const ann = await stage.account('ann@example.com');
    const session = await stage.session(ann);
    await stage.app(ann, '1001');
    const invited = await stage.ask('POST', '/apps/1001/invitations', session, { body: { role: 'view' } });
    const body = { token: invited.json['token'], email: 'bob@example.com', password: PASSWORD };
    await stage.ask('POST', '/invitations/accept', NOBODY, { body });
    const bob = await stage.store.accounts.byEmail('bob@example.com');
    const [latest] = (await stage.ask('GET', '/apps/1001/audit', session)).json['items'] as unknown as object[];
    const details = { account: bob?.id, role: 'view', invitedBy: ann.id };
    expect(latest).toMatchObject({ action: 'member.add', subject: 'app:1001', account: null, details });
  });

  test('[A-2.6] are void after a week, when taken back, and when who has sent them may no more', async () => {
    await using stage = await apiStage();
    const root = await stage.account('root@example.com', 'admin');
    const other = await stage.account('other@example.com', 'admin');
    const session = await stage.session(root);
    const invite = async () => {
      const told = await stage.ask('POST', '/invitations', session, { body: { role: 'admin' } });
      return told.json as unknown as { token: string; invitation: { id: string } };
    };
    const accept = async ({ token }: { token: string }) => {
      const body = { token, email: 'new@example.com', password: PASSWORD };
      return (await stage.ask('POST', '/invitations/accept', NOBODY, { body })).status;
    };
    const [late, back, orphan] = [await invite(), await invite(), await invite()];
    const listed = (await stage.ask('GET', '/invitations', session)).json['items'] as unknown as { id: string }[];
    expect(listed.map(({ id }) => id)).toContain(late.invitation.id);
    expect((await stage.ask('DELETE', `/invitations/${back.invitation.id}`, session)).status).toBe(204);
    expect(await accept(back)).toBe(400);
    const body = { role: 'member' };
    const headers = { 'if-match': '*' };
    await stage.ask('PATCH', `/accounts/${root.id}`, await stage.session(other), { body, headers });
    expect(await accept(orphan)).toBe(400);
    stage.clock.advance(7 * 24 * 3_600_000);
    expect(await accept(late)).toBe(400);
    expect(await stage.store.accounts.count()).toBe(2);
  });
});
