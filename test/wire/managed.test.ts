// From the link that the first start prints to an app that is deleted: the admin API changes what clients and backends of
// a running server get, at once.
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import Backend from 'pusher';
import { setupToken } from '../../src/admin/setup.ts';
import { systemClock } from '../../src/system/clock.ts';
import { RawClient } from '../support/client.ts';
import {
  ApiClient,
  eventually,
  type KeyPair,
  type MadeApp,
  PASSWORD,
  personOn,
  socketUrl,
} from '../support/managed.ts';
import { Receiver } from '../support/receiver.ts';
import { startVask, type TestServer } from '../support/server.ts';

// Usage is kept every few seconds, and an endpoint is asked again after a while.
setDefaultTimeout(20_000);

const EVENT = { name: 'a', channel: 'news', data: 'bb' };

const knock = (vask: TestServer, { key }: KeyPair) => new RawClient(socketUrl(vask.url, key)).opened();

const connect = async (vask: TestServer, pair: KeyPair) => await (await knock(vask, pair)).greeted();

const publish = (vask: TestServer, { id, key, secret }: MadeApp, event: object = EVENT) =>
  vask.request('POST', `/apps/${id}/events`, { body: event, key, secret });

async function subscribed(vask: TestServer, pair: KeyPair): Promise<RawClient> {
  const client = await connect(vask, pair);
  expect(await client.subscribe('news')).toMatchObject({ event: 'pusher_internal:subscription_succeeded' });
  return client;
}

async function withVask(play: (vask: TestServer) => Promise<void>, options?: Parameters<typeof startVask>[0]) {
  const vask = await startVask(options);
  try {
    await play(vask);
  } finally {
    await vask.stop();
  }
}

describe('accounts', () => {
  test('[A-2.1][A-2.8][A-3.2] the link makes the first admin, whose session makes a token, which makes an app', () =>
    withVask(async (vask) => {
      const token = await setupToken(vask.store, systemClock);
      const nobody = new ApiClient(vask.url, {});
      const setup = { token: token ?? '', email: 'ann@example.com', password: PASSWORD };
      const made = await nobody.ask('POST', '/setup', setup);
      expect(made).toMatchObject({ status: 201, body: { account: { role: 'admin' } } });
      expect((await nobody.ask('POST', '/setup', { ...setup, email: 'eve@example.com' })).status).toBe(400);
      expect(await setupToken(vask.store, systemClock)).toBeNull();

      const [cookie = ''] = (made.headers.get('set-cookie') ?? '').split(';');
      const browser = new ApiClient(vask.url, { cookie });
      const wanted = { name: 'laptop', scopes: ['apps:read', 'apps:write'] };
      expect((await browser.ask('POST', '/tokens', wanted)).status).toBe(403);
      const csrf = String((await browser.done('GET', '/session'))['csrf']);
      const { secret } = await browser.done('POST', '/tokens', wanted, { 'x-csrf-token': csrf });

      const laptop = ApiClient.withToken(vask.url, String(secret));
      const app = await laptop.createApp('Shop');
      const client = await subscribed(vask, app);
      expect((await publish(vask, app)).status).toBe(200);
      expect(await client.next()).toMatchObject({ event: 'a', channel: 'news', data: 'bb' });
      expect((await laptop.ask('POST', `/apps/${app.id}/keys`, {})).status).toBe(403);
    }));

  test('[A-3.3] a member sees the own apps, and those of others are not found', () =>
    withVask(async (vask) => {
      const [ann, bob] = [await personOn(vask), await personOn(vask, 'bob@example.com', 'member')];
      const [hers, his] = [await ann.createApp('Hers'), await bob.createApp('His')];
      expect((await bob.items('/apps')).map(({ id }) => id)).toEqual([his.id]);
      expect((await bob.ask('DELETE', `/apps/${hers.id}`)).status).toBe(404);
      const all = [hers.id, his.id, vask.app.id].toSorted();
      expect((await ann.items('/apps')).map(({ id }) => id).toSorted()).toEqual(all);
      expect((await publish(vask, hers)).status).toBe(200);
    }));
});

describe('an app', () => {
  test('[A-4.2][P-2.18] is changed, and the next message is judged by it', () =>
    withVask(async (vask) => {
      const ann = await personOn(vask);
      const app = await ann.createApp('Shop');
      const client = await subscribed(vask, app);
      await ann.change(`/apps/${app.id}`, { limits: { eventBytes: 1, channelsPerConnection: 1 } });
      expect((await publish(vask, app)).status).toBe(413);
      expect(await client.subscribe('other')).toMatchObject({ event: 'pusher:error' });
      await ann.change(`/apps/${app.id}`, { limits: { eventBytes: 2, channelsPerConnection: 2 } });
      expect((await publish(vask, app)).status).toBe(200);
      expect(await client.next()).toMatchObject({ event: 'a' });
      expect(await client.subscribe('other')).toMatchObject({ event: 'pusher_internal:subscription_succeeded' });
      await ann.change(`/apps/${app.id}`, { limits: { connections: 1 } });
      expect((await (await knock(vask, app)).closed).code).toBe(4004);
      const stale = { 'if-match': '"v1"' };
      expect((await ann.ask('PATCH', `/apps/${app.id}`, { name: 'Late' }, stale)).status).toBe(412);
    }));

  test('[A-4.2][P-2.18][H-4.3] is disabled, enabled again, and deleted', () =>
    withVask(async (vask) => {
      const ann = await personOn(vask);
      const app = await ann.createApp('Shop');
      const bystander = await connect(vask, vask.app);
      const first = await subscribed(vask, app);
      await ann.change(`/apps/${app.id}`, { enabled: false });
      expect((await first.closed).code).toBe(4003);
      expect((await (await knock(vask, app)).closed).code).toBe(4003);
      expect((await publish(vask, app)).status).toBe(403);

      await ann.change(`/apps/${app.id}`, { enabled: true });
      const second = await subscribed(vask, app);
      expect((await publish(vask, app)).status).toBe(200);
      expect(await second.next()).toMatchObject({ event: 'a' });

      await ann.done('DELETE', `/apps/${app.id}`);
      expect((await second.closed).code).toBe(4001);
      expect((await (await knock(vask, app)).closed).code).toBe(4001);
      expect((await publish(vask, app)).status).toBe(404);
      expect((await ann.ask('GET', `/apps/${app.id}`)).status).toBe(404);
      expect(await bystander.heardNothing()).toBe(true);
    }));

  test('[A-4.1] may keep id, key and secret of another server, and no two have the same', () =>
    withVask(async (vask) => {
      const ann = await personOn(vask);
      const keyPair = { key: 'old-key', secret: 'old-secret' };
      const app = await ann.createApp('Shop', { id: '4711', keyPair });
      expect(app).toEqual({ id: '4711', ...keyPair });
      await subscribed(vask, app);
      for (const taken of [{ id: '4711' }, { keyPair }, { id: vask.app.id }, { keyPair: vask.app }]) {
        const pair = 'keyPair' in taken ? { key: taken.keyPair.key, secret: 'x' } : undefined;
        const body = { name: 'Twin', ...taken, ...(pair === undefined ? {} : { keyPair: pair }) };
        expect((await ann.ask('POST', '/apps', body)).status).toBe(409);
      }
    }));
});

describe('keys', () => {
  test('[A-4.3][W-1.2] are exchanged: both count, then the old one no more, and webhooks are signed with the oldest', async () => {
    await using receiver = new Receiver();
    await withVask(
      async (vask) => {
        const ann = await personOn(vask);
        const app = await ann.createApp('Shop');
        const { keyPair } = await ann.done<{ keyPair: KeyPair }>('POST', `/apps/${app.id}/keys`, {});
        const renewed = { ...app, ...keyPair };
        const [before, after] = [await subscribed(vask, app), await subscribed(vask, renewed)];
        for (const pair of [app, renewed]) {
          expect((await publish(vask, pair)).status).toBe(200);
          for (const client of [before, after]) expect(await client.next()).toMatchObject({ event: 'a' });
        }
        const webhook = await ann.createWebhook(app.id, receiver.url);
        const sendTest = () => ann.done('POST', `/apps/${app.id}/webhooks/${webhook}/test`);
        await sendTest();

        const retired = await ann.done('PATCH', `/apps/${app.id}/keys/${app.key}`, { retiresAtMs: Date.now() });
        expect(retired).toMatchObject({ key: app.key });
        expect((await publish(vask, app)).status).toBe(401);
        expect((await publish(vask, renewed)).status).toBe(200);
        expect((await (await knock(vask, app)).closed).code).toBe(4001);
        await subscribed(vask, renewed);
        // Whoever is connected stays.
        expect(await before.next()).toMatchObject({ event: 'a' });
        await sendTest();
        expect(receiver.posts.map(({ headers }) => headers.get('x-pusher-key'))).toEqual([app.key, renewed.key]);
        const official = new Backend({ appId: app.id, host: '127.0.0.1', ...keyPair });
        const validity = receiver.posts.map(({ headers, body }) =>
          official.webhook({ headers: Object.fromEntries(headers), rawBody: body }).isValid([app]),
        );
        expect(validity).toEqual([true, true]);

        expect((await ann.ask('DELETE', `/apps/${app.id}/keys/${renewed.key}`)).status).toBe(409);
        await ann.done('DELETE', `/apps/${app.id}/keys/${app.key}`);
        expect(JSON.stringify(await ann.items(`/apps/${app.id}/keys`))).not.toContain(renewed.secret);
      },
      { webhookAllowedHosts: [receiver.host] },
    );
  });

  test('[A-4.3] retire at the time that was told, and their last use is shown', () =>
    withVask(async (vask) => {
      const ann = await personOn(vask);
      const app = await ann.createApp('Shop');
      const { keyPair } = await ann.done<{ keyPair: KeyPair }>('POST', `/apps/${app.id}/keys`, {});
      await ann.done('PATCH', `/apps/${app.id}/keys/${app.key}`, { retiresAtMs: Date.now() + 1_000 });
      expect((await publish(vask, app)).status).toBe(200);
      await eventually(
        async () => (await publish(vask, app)).status,
        (status) => status === 401,
      );
      expect((await publish(vask, { ...app, ...keyPair })).status).toBe(200);
      const used = await eventually(
        () => ann.items(`/apps/${app.id}/keys`),
        (keys) => keys.every(({ lastUsedAtMs }) => lastUsedAtMs !== null),
      );
      expect(used.map(({ key }) => key)).toEqual([app.key, keyPair.key]);
    }));
});

describe('beside the admin API', () => {
  test('[H-4.3][H-4.2][H-9.1] the HTTP API answers as ever', () =>
    withVask(async (vask) => {
      const published = await vask.request('POST', `/apps/${vask.app.id}/events`, { body: EVENT });
      expect([published.status, await published.text()]).toEqual([200, '{}']);
      expect((await vask.request('GET', `/apps/${vask.app.key}/channels`)).status).toBe(200);
      const unknown = await vask.request('GET', '/apps/9999/channels');
      expect([unknown.status, unknown.headers.get('content-type')?.split(';')[0]]).toEqual([404, 'text/plain']);
      expect((await vask.request('DELETE', `/apps/${vask.app.id}/events`)).status).toBe(405);
      expect((await fetch(`${vask.url}/apps/${vask.app.id}/events`, { method: 'POST', body: '{}' })).status).toBe(401);
      expect((await fetch(`${vask.url}/up`)).status).toBe(200);
      expect((await fetch(`${vask.url}/app/${vask.app.key}`)).status).toBe(426);
      expect((await fetch(`${vask.url}/nothing`)).headers.get('content-type')).toStartWith('text/plain');
    }));

  test('[A-1.3] an unknown route is a problem document, and a known one names its methods', () =>
    withVask(async (vask) => {
      const nobody = new ApiClient(vask.url, {});
      const unknown = await nobody.ask('GET', '/unknown');
      expect(unknown.status).toBe(404);
      expect(unknown.headers.get('content-type')).toBe('application/problem+json');
      expect(unknown.body).toMatchObject({ type: 'urn:vask:problem:not-found', status: 404 });
      expect((await nobody.ask('GET', '/apps')).status).toBe(401);
      const wrongMethod = await nobody.ask('PUT', '/apps', {});
      expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, expect.stringContaining('POST')]);
      expect((await nobody.done('GET', '/openapi.json'))['openapi']).toStartWith('3.1');
    }));

  test('[H-1.2][A-1.2] it is found with the prefix and without, and a huge body is refused', () =>
    withVask(
      async (vask) => {
        for (const url of [`${vask.url}/realtime`, vask.url]) {
          const ann = await personOn({ store: vask.store, url }, `${url.length}@example.com`);
          const app = await ann.createApp('Shop');
          expect((await publish(vask, app)).status).toBe(200);
          expect((await ann.ask('POST', '/apps', { name: 'x'.repeat(100_000) })).status).toBe(413);
          const codes = await fetch(`${url}/oauth/device/code`, {
            method: 'POST',
            body: new URLSearchParams('client_id=a'),
          });
          expect(await codes.json()).toMatchObject({ verification_uri: `${vask.url}/realtime/device` });
          expect(await (await fetch(`${url}/setup`)).text()).toContain('Make the first admin');
        }
      },
      { pathPrefix: '/realtime' },
    ));
});
