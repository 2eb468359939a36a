// A server that is killed without warning: what was granted by the admin API is kept, and of the usage at most the last
// few seconds are gone.
import { expect, setDefaultTimeout, test } from 'bun:test';
import Backend from 'pusher';
import { emptyDirectory } from '../cli/vask.ts';
import { RawClient } from '../support/client.ts';
import { ApiClient, eventually, type KeyPair, type MadeApp, PASSWORD, socketUrl } from '../support/managed.ts';
import { PrintingVask } from '../support/printing-vask.ts';

// Several lives of a server, and usage is kept every few seconds.
setDefaultTimeout(60_000);

const SCOPES = ['apps:read', 'apps:write', 'keys:write', 'usage:read'];

/** What the operator does with the link, up to a token for programs. */
async function setUp({ url, setupToken }: PrintingVask): Promise<string> {
  const account = { token: setupToken ?? '', email: 'ann@example.com', password: PASSWORD };
  const made = await new ApiClient(url, {}).ask('POST', '/setup', account);
  expect(made.status).toBe(201);
  const [cookie = ''] = (made.headers.get('set-cookie') ?? '').split(';');
  const browser = new ApiClient(url, { cookie, 'x-csrf-token': String(made.body['csrf']) });
  return String((await browser.done('POST', '/tokens', { name: 'deploy', scopes: SCOPES }))['secret']);
}

function backendOf(url: string, { id: appId, key, secret }: MadeApp): Backend {
  return new Backend({ appId, key, secret, host: '127.0.0.1', port: new URL(url).port, useTLS: false });
}

async function publish(url: string, app: MadeApp, count: number): Promise<void> {
  for (let published = 0; published < count; published++) await backendOf(url, app).trigger('news', 'a', { published });
}

async function broadcastsOf(asker: ApiClient, { id }: MadeApp): Promise<number> {
  const days = await asker.items(`/apps/${id}/usage?span=day`);
  return days.reduce((total, { broadcasts }) => total + Number(broadcasts), 0);
}

const until = (asker: ApiClient, app: MadeApp, least: number) =>
  eventually(
    () => broadcastsOf(asker, app),
    (broadcasts) => broadcasts >= least,
  );

test('[A-4.2][H-9.8] kill -9 takes no app, no key and no change, and of the usage only the last moments', async () => {
  using directory = emptyDirectory();
  const first = await PrintingVask.start(directory.path);
  const token = await setUp(first);
  const ann = ApiClient.withToken(first.url, token);
  const app = await ann.createApp('Shop', { limits: { broadcastsPerMonth: 14 } });
  await publish(first.url, app, 7);
  expect(await until(ann, app, 7)).toBe(7);
  const { keyPair } = await ann.done<{ keyPair: KeyPair }>('POST', `/apps/${app.id}/keys`, {});
  await ann.change(`/apps/${app.id}`, { name: 'Store' });
  await publish(first.url, app, 3);
  // At once after the last answer.
  await first.kill();

  await using second = await PrintingVask.start(directory.path);
  expect(second.setupToken).toBeNull();
  const again = ApiClient.withToken(second.url, token);
  expect(await again.done('GET', `/apps/${app.id}`)).toMatchObject({ name: 'Store', enabled: true });
  expect((await again.items(`/apps/${app.id}/keys`)).map(({ key }) => key)).toEqual([app.key, keyPair.key]);
  const kept = await broadcastsOf(again, app);
  expect(kept).toBeWithin(7, 11);
  for (const pair of [app, { ...app, ...keyPair }]) {
    await (await new RawClient(socketUrl(second.url, pair.key)).opened()).greeted();
    await publish(second.url, pair, 1);
  }
  expect(await until(again, app, kept + 2)).toBe(kept + 2);

  // The month goes on where it was.
  await publish(second.url, app, 14 - kept - 2);
  await expect(publish(second.url, app, 1)).rejects.toMatchObject({ status: 403 });
});

test('[A-2.1] each start without an account prints another link, and the one before is void', async () => {
  using directory = emptyDirectory();
  const first = await PrintingVask.start(directory.path);
  await first.kill();
  await using second = await PrintingVask.start(directory.path);
  expect(first.setupToken).not.toBe(second.setupToken);
  const account = { token: first.setupToken ?? '', email: 'ann@example.com', password: PASSWORD };
  expect((await new ApiClient(second.url, {}).ask('POST', '/setup', account)).status).toBe(400);
  await setUp(second);
});
