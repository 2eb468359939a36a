// Tools that administrate a running server from outside: the device flow of an installer, and the command line.
import { expect, setDefaultTimeout, test } from 'bun:test';
import Backend from 'pusher';
import { vask as cli } from '../cli/vask.ts';
import { RawClient } from '../support/client.ts';
import { ApiClient, eventually, PASSWORD, type Plain, personOn, socketUrl } from '../support/managed.ts';
import { Receiver } from '../support/receiver.ts';
import { startVask } from '../support/server.ts';

// Each command is a process of its own.
setDefaultTimeout(30_000);

const CLIENT = { client_id: 'vask-laravel' };
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';

async function post(url: string, form: Readonly<Record<string, string>>, cookie = ''): Promise<Response> {
  const body = new URLSearchParams(form);
  return await fetch(url, { method: 'POST', body, redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
}

const answerTo = async (url: string, form: Readonly<Record<string, string>>) =>
  (await (await post(url, form)).json()) as Readonly<Record<string, string>>;

/** What the person at the page does: logs in, sees the question and allows a new app. */
async function allowNewApp(url: string, codes: Readonly<Record<string, string>>): Promise<void> {
  const code = codes['user_code'] ?? '';
  const login = { action: 'login', user_code: code, email: 'ann@example.com', password: PASSWORD };
  const entered = await post(`${url}/device`, login);
  expect(entered.status).toBe(303);
  const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';');
  const page = await (await fetch(codes['verification_uri_complete'] ?? '', { headers: { cookie } })).text();
  expect(page).toContain('shop on laptop');
  const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
  const decided = await post(`${url}/device`, { action: 'allow', app: 'new', user_code: code, csrf }, cookie);
  expect(await decided.text()).toContain('Connected');
}

test('[RFC-8628] an installer gets an app of its own, with which it publishes, and is revoked', async () => {
  const vask = await startVask();
  try {
    const { url } = vask;
    await personOn(vask);
    const codes = await answerTo(`${url}/oauth/device/code`, { ...CLIENT, device_name: 'shop on laptop' });
    expect(codes).toMatchObject({ verification_uri: `${url}/device`, expires_in: 900, interval: 5 });
    const asking = { ...CLIENT, device_code: codes['device_code'] ?? '', grant_type: GRANT_TYPE };
    expect(await answerTo(`${url}/oauth/token`, asking)).toMatchObject({ error: 'authorization_pending' });
    expect(await answerTo(`${url}/oauth/token`, asking)).toMatchObject({ error: 'slow_down' });
    await allowNewApp(url, codes);
    const got = await answerTo(`${url}/oauth/token`, asking);
    const { app_id: appId = '', app_key: key = '', app_secret: secret = '', access_token: token = '' } = got;
    expect(await answerTo(`${url}/oauth/token`, asking)).toMatchObject({ error: 'invalid_grant' });

    const client = await (await new RawClient(socketUrl(url, key)).opened()).greeted();
    await client.subscribe('news');
    const backend = new Backend({ appId, key, secret, host: '127.0.0.1', port: String(vask.port), useTLS: false });
    expect((await backend.trigger('news', 'a', { b: 1 })).status).toBe(200);
    expect(await client.next()).toMatchObject({ event: 'a', channel: 'news' });

    const device = ApiClient.withToken(url, token);
    // An admin's device sees the app of the configuration as well.
    expect(await device.items('/apps')).toMatchObject([
      { origin: 'configuration' },
      { id: appId, name: 'shop on laptop' },
    ]);
    expect((await device.ask('DELETE', `/apps/${appId}`)).status).toBe(403);
    const session = await post(`${url}/device`, { action: 'login', email: 'ann@example.com', password: PASSWORD });
    const browser = new ApiClient(url, { cookie: (session.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
    const csrf = { 'x-csrf-token': String((await browser.done('GET', '/session'))['csrf']) };
    const [listed] = await browser.items('/devices');
    expect(listed).toMatchObject({ client: 'vask-laravel', app: appId });
    await browser.done('DELETE', `/devices/${listed?.['id']}`, undefined, csrf);
    expect((await device.ask('GET', '/apps')).status).toBe(401);
    expect((await backend.trigger('news', 'a', {})).status).toBe(200);
  } finally {
    await vask.stop();
  }
});

test('[CLI] an app, its keys and its webhooks are managed on a running server', async () => {
  await using receiver = new Receiver();
  const vask = await startVask({ webhookAllowedHosts: [receiver.host] });
  try {
    const { token } = await personOn(vask);
    const env = { VASK_TOKEN: token };
    const run = async (line: string, options: object = { env }) =>
      await cli([...line.split(' '), '--url', vask.url], options);
    const json = async (line: string): Promise<Plain> => {
      const { code, out, err } = await run(`${line} --json`);
      expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
      return JSON.parse(out) as Plain;
    };
    await json('apps create Shop --id 4711 --key shop-key --secret shop-secret');
    const client = await (await new RawClient(socketUrl(vask.url, 'shop-key')).opened()).greeted();
    expect((await run('apps list')).out).toContain('4711');
    const { id } = await json(`webhooks create 4711 ${receiver.url} --events channel_occupied`);
    expect((await run(`webhooks test 4711 ${id}`)).out).toContain('It arrived: 204');
    await client.subscribe('news');
    await receiver.until(() => receiver.names.includes('channel_occupied news'));
    const log = await eventually(
      async () => (await run('webhooks log 4711')).out,
      (out) => out.trim().split('\n').length === 3,
    );
    expect(log).toContain('(test)');

    await json('apps keys create 4711');
    expect((await run('apps keys retire 4711 shop-key')).code).toBe(0);
    expect((await (await new RawClient(socketUrl(vask.url, 'shop-key')).opened()).closed).code).toBe(4001);
    expect((await run('apps disable 4711')).code).toBe(0);
    expect((await client.closed).code).toBe(4003);
    expect((await run('apps delete 4711 --yes')).code).toBe(0);
    const left = await cli(['apps', 'list', '--url', vask.url, '--token', token, '--json']);
    expect(JSON.parse(left.out)).toMatchObject([{ origin: 'configuration' }]);
    const wrong = await cli(['apps', 'list', '--url', vask.url, '--token', 'vask_pat_wrong']);
    expect(wrong).toMatchObject({ code: 1 });
  } finally {
    await vask.stop();
  }
});
