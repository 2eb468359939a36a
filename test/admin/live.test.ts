// What the admin API tells of a server that runs, and what it lets people do there.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { createApp } from '../../src/core/app.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { KEY, SECRET } from '../support/credentials.ts';
import { type ApiStage, apiStage, type Credentials, type Told } from './api-stage.ts';

let stage: ApiStage;
let admin: Credentials;
let viewer: Credentials;
let stranger: Credentials;
const APP = '/apps/9009';

beforeEach(async () => {
  stage = await apiStage();
  stage.running.push(stage.world.app);
  admin = await stage.session(await stage.account('admin@example.com', 'admin'));
  stranger = await stage.session(await stage.account('stranger@example.com'));
  const owner = await stage.account('owner@example.com');
  const { id } = await stage.app(owner, '2002');
  const keys = [{ key: 'key-2002', secret: 'secret-2002' }];
  stage.running.push(createApp({ ...stage.world.app.settings, id, keys }, owner.id));
  const account = await stage.account('viewer@example.com');
  await stage.store.members.set(id, account.id, 'view');
  viewer = await stage.session(account);
});
afterEach(() => stage[Symbol.asyncDispose]());

const get = (path: string, who = admin): Promise<Told> => stage.ask('GET', path, who);
const post = (path: string, body?: unknown, who = admin): Promise<Told> =>
  stage.ask('POST', path, who, body === undefined ? {} : { body });
/** What was answered, whatever it is: each test says what it looks for. */
const open = <Body>({ text }: Told): Body => JSON.parse(text);
const audited = async (action: string) =>
  (await stage.store.audit.list({ limit: 200 })).filter((entry) => entry.action === action);

describe('[A-5.1] an app of the configuration', () => {
  test('is seen by admins among the others, and by nobody else', async () => {
    const items = (told: Told) =>
      open<{ items: readonly { id: string; origin: string; owner: unknown }[] }>(told).items;
    expect(items(await get('/apps')).map(({ id, origin }) => `${id} ${origin}`)).toEqual([
      '2002 database',
      '9009 configuration',
    ]);
    const first = await get('/apps?limit=1');
    const second = await get(`/apps?limit=1&cursor=${String(first.json['next'])}`);
    expect(items(second).map(({ id, owner }) => [id, owner])).toEqual([['9009', null]]);
    expect(second.json['next']).toBeNull();
    expect(items(await get('/apps', viewer)).map(({ id }) => id)).toEqual(['2002']);
    for (const path of ['', '/keys', '/channels', '/live', '/usage']) {
      expect((await get(`${APP}${path}`, viewer)).status).toBe(404);
      expect((await get(`${APP}${path}`)).status).toBe(200);
    }
  });

  test('cannot be changed here', async () => {
    const changes: readonly (readonly [string, string, unknown?])[] = [
      ['PATCH', '', { name: 'Other' }],
      ['DELETE', ''],
      ['POST', '/keys', {}],
      ['DELETE', `/keys/${KEY}`],
      ['POST', '/members', { email: 'viewer@example.com', role: 'view' }],
      ['POST', '/webhooks', { url: 'https://example.com' }],
    ];
    for (const [method, path, body] of changes) {
      const asked = { headers: { 'if-match': '*' }, ...(body === undefined ? {} : { body }) };
      const told = await stage.ask(method, `${APP}${path}`, admin, asked);
      expect([method, path, told.status]).toEqual([method, path, 409]);
      expect(told.json['type']).toBe('urn:vask:problem:app-of-configuration' as never);
    }
    expect(await stage.store.apps.get('9009' as AppId)).toBeNull();
  });

  test('hides one of the database that has its id, with all that it does', async () => {
    const squatter = await stage.account('squatter@example.com');
    await stage.app(squatter, '9009');
    const session = await stage.session(squatter);
    expect((await get('/apps', session)).json['items']).toEqual([] as never);
    for (const path of ['', '/keys', '/live', '/channels']) {
      expect((await get(`${APP}${path}`, session)).status).toBe(404);
    }
  });
});

describe('[A-5.2] the secret of a key', () => {
  test('is shown to who manages the app, and that is noted', async () => {
    expect((await get(`${APP}/keys/${KEY}/secret`)).json).toEqual({ secret: SECRET } as never);
    expect((await get('/apps/2002/keys/key-2002/secret')).json).toEqual({ secret: 'secret-2002' } as never);
    expect((await audited('key.revealed')).map(({ subject, details }) => [subject, details])).toEqual([
      ['app:2002', { key: 'key-2002' }],
      ['app:9009', { key: KEY }],
    ]);
    expect((await get('/apps/2002/keys/key-9009/secret')).status).toBe(404);
  });

  test('is shown to no viewer, by no token, and by no other route', async () => {
    expect((await get('/apps/2002/keys/key-2002/secret', viewer)).status).toBe(403);
    const account = await stage.account('token@example.com', 'admin');
    const token = await stage.token(account, ['apps:read', 'apps:write', 'keys:write']);
    expect((await get('/apps/2002/keys/key-2002/secret', token)).status).toBe(403);
    for (const path of ['', '/keys', '/channels', '/users', '/members', '/audit']) {
      expect((await get(`${APP}${path}`)).text).not.toContain(SECRET);
    }
    expect(await audited('key.revealed')).toEqual([]);
  });
});

describe('[A-5.9] channels', () => {
  test('are listed by name or by their subscribers, a page at a time', async () => {
    for (const [name, readers] of [
      ['news', 1],
      ['presence-a', 3],
      ['presence-b', 2],
    ] as const) {
      for (let reader = 0; reader < readers; reader++) {
        stage.world.client().subscribe(name, { user_id: `${reader % 2}` });
      }
    }
    const listed = await get(`${APP}/channels`);
    expect(listed.json as unknown).toEqual({
      items: [
        { name: 'news', kind: 'public', subscribers: 1, users: 0 },
        { name: 'presence-a', kind: 'presence', subscribers: 3, users: 2 },
        { name: 'presence-b', kind: 'presence', subscribers: 2, users: 2 },
      ],
      next: null,
    });
    const names = (told: Told) => open<{ items: readonly { name: string }[] }>(told).items.map(({ name }) => name);
    const first = await get(`${APP}/channels?sort=subscribers&limit=2`);
    expect(names(first)).toEqual(['presence-a', 'presence-b']);
    const second = await get(`${APP}/channels?sort=subscribers&limit=2&cursor=${String(first.json['next'])}`);
    expect(names(second)).toEqual(['news']);
    expect(names(await get(`${APP}/channels?prefix=presence-`))).toEqual(['presence-a', 'presence-b']);
    expect((await get(`${APP}/channels?sort=size`)).status).toBe(400);
    expect((await get(`${APP}/channels?cursor=bmV3cw`)).status).toBe(400);
  });

  test('one is shown with what it remembers and the first 200 of its members', async () => {
    stage.running[0] = stage.world.change({ limits: { presenceMembers: 300 } });
    for (let user = 0; user < 203; user++) {
      stage.world.client().subscribe('presence-cache-room', { user_id: `u${user}`, user_info: { at: user } });
    }
    stage.world.publish('presence-cache-room', 'hello', '"kept"');
    stage.clock.advance(1_000);
    const shown = await get(`${APP}/channels/presence-cache-room`);
    const { json } = shown;
    expect(json as unknown).toMatchObject({ kind: 'presence-cache', isOccupied: true, subscribers: 203, users: 203 });
    expect(json['cached'] as unknown).toEqual({ event: 'hello', data: '"kept"', leftMs: 1_799_000 });
    const { members } = open<{ members: readonly { id: string; info: string }[] }>(shown);
    expect([members.length, json['moreMembers']] as unknown[]).toEqual([200, 3]);
    expect(members[0]).toEqual({ id: 'u0', info: '{"at":0}' });
    const empty = { isOccupied: false, subscribers: 0, cached: null, members: [], moreMembers: 0 };
    expect((await get(`${APP}/channels/${encodeURIComponent('a=b;c,d@e')}`)).json as unknown).toMatchObject(empty);
    expect((await get(`${APP}/channels/no%20name`)).status).toBe(404);
  });
});

describe('users', () => {
  test('[A-5.9] are listed with their connections and watchlists', async () => {
    const [alice] = [stage.world.client(), stage.world.client()];
    alice?.signIn({ id: 'älice/ø', watchlist: ['bob', 'carol'] });
    alice?.subscribe('news');
    const { socketId } = alice ?? {};
    for (let user = 0; user < 3; user++) stage.world.client().signIn({ id: `user ${user}` });
    const listed = await get(`${APP}/users?limit=2`);
    const ids = open<{ items: readonly { id: string }[] }>(listed).items.map(({ id }) => id);
    expect(ids).toEqual(['user 0', 'user 1']);
    const next = await get(`${APP}/users?limit=2&cursor=${String(listed.json['next'])}`);
    expect(next.json as unknown).toMatchObject({
      items: [
        { id: 'user 2', watchlist: [] },
        {
          id: 'älice/ø',
          connections: [{ socketId, node: 'vask', connectedAtMs: stage.clock.now(), channels: 1 }],
          watchlist: ['bob', 'carol'],
        },
      ],
      next: null,
    });
  });

  test('[A-5.12] all connections of one are ended, which is noted', async () => {
    const client = stage.world.client();
    client.signIn({ id: 'älice/ø' });
    expect((await post(`${APP}/users/${encodeURIComponent('älice/ø')}/terminate`)).status).toBe(204);
    expect(client.closed?.code).toBe(4200);
    expect((await audited('user.terminate')).map(({ details }) => details)).toEqual([{ user: 'älice/ø' }]);
    expect((await post('/apps/2002/users/alice/terminate', undefined, viewer)).status).toBe(403);
  });
});

test('[A-5.13] rates are those of the last seconds, of the apps that the caller may see', async () => {
  const reader = stage.world.client();
  reader.subscribe('news');
  expect((await get('/live', viewer)).json as unknown).toEqual({
    apps: { 2002: { connections: 0, publishesPerSecond: 0, messagesPerSecond: 0 } },
  });
  expect((await get('/live', stranger)).json as unknown).toEqual({ apps: {} });
  await get('/live');
  for (let second = 0; second < 5; second++) {
    await post(`${APP}/events`, { name: 'x', data: '', channels: ['news', 'empty'] });
    stage.clock.advance(1_000);
  }
  const rates = async () => open<{ apps: Readonly<Record<string, unknown>> }>(await get('/live')).apps['9009'];
  expect(await rates()).toEqual({ connections: 1, publishesPerSecond: 2, messagesPerSecond: 1 });
  reader.hangUp();
  stage.clock.advance(5_000);
  expect(await rates()).toEqual({ connections: 0, publishesPerSecond: 0, messagesPerSecond: 0 });
  stage.clock.advance(60_000);
  expect(stage.world.nodes[0].engine.feeds.rates.looksLeft).toBe(0);
});

test('[A-5.14] the server tells where clients reach it, and admins which nodes there are', async () => {
  expect((await get('/server', stranger)).json as unknown).toEqual({
    version: '1.2.3',
    clientAddress: { host: 'vask.example', port: 443, tls: true, pathPrefix: '' },
    cluster: 'memory',
  });
  stage.world.client();
  const { json } = await get('/nodes');
  expect(json as unknown).toMatchObject({ cluster: 'memory', absence: null });
  expect(json['nodes'] as unknown).toMatchObject([{ name: 'vask', isSelf: true, connections: 1, repairs: 0 }]);
  expect((await get('/nodes', viewer)).status).toBe(403);
});

test('[A-5.14] without a server nothing of it is told', async () => {
  const { node: _, ...site } = stage.site;
  const alone = await stage.askOf(site, 'GET', '/server', admin);
  expect(alone.status).toBe(503);
  for (const path of ['/live', '/nodes', `${APP}/live`, `${APP}/channels`, `${APP}/channels/news`, `${APP}/users`]) {
    expect((await stage.askOf(site, 'GET', path, admin)).status).toBe(503);
  }
});
