import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test';
import { type ApiStage, apiStage, type Credentials } from './api-stage.ts';

let stage: ApiStage;
let root: Credentials;
let ann: Credentials;
let annId: string;
let bobId: string;

beforeAll(async () => {
  stage = await apiStage();
  root = await stage.session(await stage.account('root@example.com', 'admin'));
  const account = await stage.account('ann@example.com');
  annId = account.id;
  ann = await stage.session(account);
  bobId = (await stage.account('bob@example.com')).id;
});
afterAll(() => stage[Symbol.asyncDispose]());

interface Made {
  readonly app: { readonly id: string };
  readonly keyPair: { readonly key: string; readonly secret: string };
}

async function makeApp(body: object = {}, credentials = ann): Promise<Made> {
  const told = await stage.ask('POST', '/apps', credentials, { body: { name: 'App', ...body } });
  expect([told.text, told.status]).toEqual([told.text, 201]);
  return told.json as unknown as Made;
}

describe('an app', () => {
  test('[A-4.1] is made with an id of digits and a key pair that is shown once', async () => {
    const { app, keyPair } = await makeApp();
    expect(app).toMatchObject({ name: 'App', owner: annId, enabled: true, version: 1 });
    expect(app.id).toMatch(/^\d{9}$/);
    const all = ['', '/keys', '/members', '/audit'].map((path) => stage.ask('GET', `/apps/${app.id}${path}`, ann));
    for (const { status, text } of await Promise.all(all)) {
      expect(status).toBe(200);
      expect(text).not.toContain(keyPair.secret);
    }
    expect(stage.refreshed).toContain(app.id);
  });

  test('[A-4.1] keeps the credentials of another server', async () => {
    const keyPair = { key: 'old_key=', secret: 'c2VjcmV0+/==' };
    expect(await makeApp({ id: '777', keyPair })).toMatchObject({ app: { id: '777' }, keyPair });
    for (const taken of [
      { id: '777' },
      { keyPair },
      { id: 'configured' },
      { keyPair: { ...keyPair, key: 'configured' } },
    ]) {
      expect((await stage.ask('POST', '/apps', root, { body: { name: 'App', ...taken } })).status).toBe(409);
    }
  });

  test('[A-4.10] is refused, and nothing is told to be made, when the server holds as many as it can', async () => {
    const create = spyOn(stage.store.apps, 'create').mockResolvedValue('full');
    stage.refreshed.length = 0;
    const told = await stage.ask('POST', '/apps', ann, { body: { name: 'App' } });
    expect([told.status, told.json['type']]).toEqual([409, 'urn:vask:problem:too-many'] as never);
    expect([create.mock.calls.length, stage.refreshed]).toEqual([1, []]);
    create.mockRestore();
  });

  test('[A-4.1] is made for others by admins alone', async () => {
    expect(await makeApp({ owner: annId }, root)).toMatchObject({ app: { owner: annId } });
    const theft = await stage.ask('POST', '/apps', ann, { body: { name: 'App', owner: bobId } });
    expect(theft.status).toBe(403);
    expect((await stage.ask('POST', '/apps', root, { body: { name: 'App', owner: 'none' } })).status).toBe(400);
  });

  test('[A-4.2] is changed in part, and what is running hears of it before the answer', async () => {
    const { app } = await makeApp({ limits: { connections: 5 }, clientEvents: true });
    stage.refreshed.length = 0;
    const change = (body: object, tag: string) =>
      stage.ask('PATCH', `/apps/${app.id}`, ann, { body, headers: { 'if-match': tag } });
    const told = await change({ limits: { presenceMembers: 50 }, allowedOrigins: ['https://Shop.example'] }, '"v1"');
    expect(told.json).toMatchObject({
      version: 2,
      clientEvents: true,
      allowedOrigins: ['https://shop.example'],
      limits: { connections: 5, presenceMembers: 50, channelsPerEvent: 100 },
    } as never);
    expect(told.headers.get('etag')).toBe('"v2"');
    expect(stage.refreshed).toEqual([app.id]);
    expect((await change({ enabled: false }, '"v1"')).status).toBe(412);
    const both = await Promise.all([change({ name: 'One' }, '"v2"'), change({ name: 'Two' }, '"v2"')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const contradiction = { userAuthentication: { enabled: false, required: true, timeoutSeconds: 5 } };
    expect((await change(contradiction, '*')).status).toBe(400);
    expect((await stage.ask('DELETE', `/apps/${app.id}`, ann)).status).toBe(204);
    expect((await stage.ask('GET', `/apps/${app.id}`, ann)).status).toBe(404);
    expect(stage.refreshed.filter((id) => id === app.id)).toHaveLength(3);
  });

  test('[A-1.5] lists are pages, each row once', async () => {
    for (let at = 0; at < 5; at++) await makeApp();
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await stage.ask('GET', `/apps?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, ann);
      const { items, next } = json as unknown as { items: { id: string }[]; next: string | null };
      seen.push(...items.map(({ id }) => id));
      cursor = next ?? '';
    } while (cursor !== '');
    const all = await stage.store.apps.list({ limit: 1_000 }, annId);
    expect(seen).toEqual(all.map(({ id }) => id));
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=', 'limit=1&limit=2', 'page=2']) {
      expect((await stage.ask('GET', `/apps?${query}`, ann)).status).toBe(400);
    }
  });
});

describe('keys', () => {
  test('[A-4.3] are exchanged while both count, and one stays', async () => {
    const { app, keyPair } = await makeApp();
    const path = `/apps/${app.id}/keys`;
    const old = `${path}/${keyPair.key}`;
    expect((await stage.ask('DELETE', old, ann)).status).toBe(409);
    expect((await stage.ask('PATCH', old, ann, { body: { retiresAtMs: 5 } })).status).toBe(409);
    const made = await stage.ask('POST', path, ann, { body: {} });
    expect(made.status).toBe(201);
    const fresh = made.json['keyPair'] as unknown as Made['keyPair'];
    const retired = await stage.ask('PATCH', old, ann, { body: { retiresAtMs: 9_000_000_000_000 } });
    expect(retired.json).toMatchObject({ key: keyPair.key, retiresAtMs: 9_000_000_000_000 } as never);
    // The one that stays cannot go while the other is on its way.
    expect((await stage.ask('DELETE', `${path}/${fresh.key}`, ann)).status).toBe(409);
    const list = await stage.ask('GET', path, ann);
    expect(list.json['items']).toMatchObject([{ key: keyPair.key }, { key: fresh.key, retiresAtMs: null }] as never);
    expect(list.text).not.toContain(fresh.secret);
    expect((await stage.ask('DELETE', old, ann)).status).toBe(204);
    expect((await stage.ask('DELETE', old, ann)).status).toBe(404);
    const both = await Promise.all(
      [1, 2].map(() => stage.ask('POST', path, ann, { body: { keyPair: { key: 'same', secret: 's' } } })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const last = await Promise.all([fresh.key, 'same'].map((key) => stage.ask('DELETE', `${path}/${key}`, ann)));
    expect(last.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  test('[A-4.3] of another app are not found', async () => {
    const [mine, other] = [await makeApp(), await makeApp({}, root)];
    const path = `/apps/${mine.app.id}/keys/${other.keyPair.key}`;
    expect((await stage.ask('DELETE', path, ann)).status).toBe(404);
    expect(await stage.store.keys.list(other.app.id as never)).toHaveLength(1);
  });
});

test('[A-4.4] members view or manage; the owner stays', async () => {
  const { app } = await makeApp();
  const path = `/apps/${app.id}/members`;
  const add = (email: string, role = 'view') => stage.ask('POST', path, ann, { body: { email, role } });
  expect((await add('bob@example.com')).json).toMatchObject({ account: bobId, role: 'view', isOwner: false } as never);
  expect((await add('nobody@example.com')).status).toBe(404);
  expect((await add('ann@example.com')).status).toBe(409);
  const changed = await stage.ask('PUT', `${path}/${bobId}`, ann, { body: { role: 'manage' } });
  expect(changed.json).toMatchObject({ role: 'manage' } as never);
  const list = await stage.ask('GET', path, ann);
  expect(list.json['items']).toMatchObject([{ isOwner: true }, { account: bobId, role: 'manage' }] as never);
  expect((await stage.ask('PUT', `${path}/${annId}`, root, { body: { role: 'view' } })).status).toBe(409);
  expect((await stage.ask('DELETE', `${path}/${annId}`, root)).status).toBe(409);
  expect((await stage.ask('DELETE', `${path}/${bobId}`, ann)).status).toBe(204);
  expect((await stage.ask('DELETE', `${path}/${bobId}`, ann)).status).toBe(404);
});

describe('webhooks', () => {
  test('[A-4.5] take public https alone, and show no header values', async () => {
    const { app } = await makeApp();
    const path = `/apps/${app.id}/webhooks`;
    const make = (body: object) => stage.ask('POST', path, ann, { body });
    for (const url of ['http://shop.example/', 'https://127.0.0.1/', 'https://a:b@shop.example/', 'ftp://x/', 'x']) {
      expect((await make({ url })).status).toBe(400);
    }
    expect((await make({ url: 'http://localhost:9000/hook' })).status).toBe(201);
    for (const name of ['Host', 'x-pusher-key', 'content-type', 'Transfer-Encoding', 'a b']) {
      const told = await make({ url: 'https://shop.example/', headers: { [name]: 'x' } });
      expect([name, told.status]).toEqual([name, 400]);
    }
    const url = 'https://shop.example/hook?key=hidden';
    const made = await make({ url, headers: { Authorization: 'Bearer hidden', ['__proto__']: 'hidden' } });
    expect(made.json).toMatchObject({ url, headerNames: ['Authorization', '__proto__'], enabled: true } as never);
    expect(made.json['events']).toHaveLength(6);
    expect(made.text).not.toContain('Bearer hidden');
    const id = `${path}/${made.json['id']}`;
    const change = { body: { events: ['cache_miss'], headers: {} }, headers: { 'if-match': '"v1"' } };
    const changed = await stage.ask('PATCH', id, ann, change);
    expect(changed.json).toMatchObject({ events: ['cache_miss'], headerNames: [], version: 2 } as never);
    expect((await stage.ask('PATCH', id, ann, change)).status).toBe(412);
    expect(JSON.stringify(await stage.store.audit.list({ limit: 10 }))).not.toContain('hidden');
    expect((await stage.ask('DELETE', id, ann)).status).toBe(204);
    expect((await stage.ask('GET', id, ann)).status).toBe(404);
  });

  test('[A-4.5] are tested, looked at and replayed', async () => {
    const { app } = await makeApp();
    const path = `/apps/${app.id}`;
    const made = await stage.ask('POST', `${path}/webhooks`, ann, { body: { url: 'https://shop.example/' } });
    const id = made.json['id'] ?? '';
    stage.webhookCalls.length = 0;
    const tried = await stage.ask('POST', `${path}/webhooks/${id}/test`, ann);
    expect(tried.json).toMatchObject({ status: 204, durationMs: 2 } as never);
    const cursor = Buffer.from('42').toString('base64url');
    const log = await stage.ask('GET', `${path}/deliveries?webhook=${id}&limit=1&cursor=${cursor}`, ann);
    expect(log.json).toMatchObject({ items: [{ id: 7, delivery: 'd' }], next: null } as never);
    const dead = await stage.ask('GET', `${path}/dead-letters`, ann);
    expect(dead.json['items']).toMatchObject([{ id: 'd', events: 2, deadAtMs: 2 }] as never);
    expect((await stage.ask('POST', `${path}/dead-letters/replay`, ann, { body: {} })).status).toBe(400);
    const replayed = await stage.ask('POST', `${path}/dead-letters/replay`, ann, { body: { ids: ['d'] } });
    expect(replayed.json).toEqual({ replayed: 5 } as never);
    const since = `"sinceMs":${stage.clock.now()}`;
    expect(stage.webhookCalls).toEqual([
      `test {"app":"${app.id}","endpoint":"${id}"}`,
      `read deliveries {"app":"${app.id}",${since},"endpoint":"${id}","limit":2,"before":42}`,
      `read dead letters {"app":"${app.id}",${since},"limit":51}`,
      `replay {"app":"${app.id}",${since},"ids":["d"]}`,
    ]);
  });
});

test('[A-4.6] usage is shown per span, in a bounded range', async () => {
  const { app } = await makeApp();
  const startMs = Math.floor(stage.clock.now() / 3_600_000) * 3_600_000;
  const flow = { messagesIn: 7, messagesOut: 30, bytesIn: 700, bytesOut: 9_000_000_000, errors: 2 };
  const counts = { broadcasts: 5, clientEvents: 1, requests: 4, peakConnections: 9, ...flow };
  await stage.store.usage.add([{ appId: app.id as never, span: 'hour', startMs, ...counts }]);
  const path = `/apps/${app.id}/usage`;
  const shown = await stage.ask('GET', path, ann);
  expect(shown.json).toEqual({ span: 'hour', items: [{ startMs, ...counts }] } as never);
  expect((await stage.ask('GET', `${path}?span=day`, ann)).json['items']).toEqual([] as never);
  for (const query of ['span=minute&fromMs=0', 'fromMs=2&toMs=1', 'span=week', 'fromMs=-1']) {
    expect((await stage.ask('GET', `${path}?${query}`, ann)).status).toBe(400);
  }
});
