// The commands that administrate, on the database of a directory and on a server's API.
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminDoor, adminSite } from '../../src/admin/door.ts';
import type { AppId } from '../../src/protocol/ids.ts';
import { parseRequestTarget } from '../../src/protocol/request-target.ts';
import { systemClock } from '../../src/system/clock.ts';
import { Place, type Plain, placeWithAdmin, storeOf } from './place.ts';

// Each test starts a few processes one after the other.
setDefaultTimeout(20_000);

const ATTEMPT = {
  id: 1,
  delivery: 'd1',
  app: '1001' as AppId,
  endpoint: 'e1',
  atMs: 4_102_444_800_000,
  attempt: 1,
  isTest: true,
  status: 200,
  durationMs: 12,
  error: null,
  answer: 'thanks',
  body: '{}',
};

/** The admin API of the place's database, on a port of its own. */
async function serverOf(place: Place): Promise<AsyncDisposable> {
  const store = await storeOf(place);
  const site = adminSite({
    store,
    live: { apps: { byIdOrKey: () => null, all: () => [] }, refresh: () => Promise.resolve() },
    webhooks: {
      allowedHosts: [],
      sendTest: async () => ATTEMPT,
      deliveries: async () => [ATTEMPT],
      deadLetters: async () => [],
      replay: async () => 3,
    },
    clock: systemClock,
    logger: { log: () => {} },
    baseUrl: 'http://127.0.0.1',
  });
  const door = adminDoor(site);
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => door(request, parseRequestTarget(request.url, ''), '127.0.0.1'),
  });
  place.env['VASK_URL'] = `http://127.0.0.1:${server.port}`;
  return {
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await store.close();
    },
  };
}

describe('on the database', () => {
  test('[CLI] an app is made, changed, switched off and deleted', async () => {
    using place = await placeWithAdmin();
    const made = await place.json('apps create Shop --id 1001 --client-events on --limits connections=10');
    expect(made['app']).toMatchObject({ id: '1001', name: 'Shop', clientEvents: true, limits: { connections: 10 } });
    expect((await place.run('apps show 1001')).out).toContain('connections=10');
    await place.json('apps update 1001 --name Store --origins', 'https://a.example, b.example');
    await place.json('apps disable 1001');
    expect(await place.json('apps show 1001')).toMatchObject({
      name: 'Store',
      enabled: false,
      allowedOrigins: ['https://a.example', 'b.example'],
    });
    expect((await place.run('apps delete 1001')).code).toBe(2);
    expect((await place.run('apps delete 1001 --yes')).code).toBe(0);
    expect(await place.json('apps list')).toEqual([] as never);
  });

  test('[CLI] a key is rotated, and its secret is shown once', async () => {
    using place = await placeWithAdmin();
    await place.json('apps create Shop --id 1001 --key old --secret old-secret');
    const made = (await place.json('apps keys create 1001'))['keyPair'] as Plain;
    await place.json('apps keys retire 1001 old --at 7d');
    const { out } = await place.run('apps keys list 1001 --json');
    expect(out).not.toContain('secret');
    const keys = JSON.parse(out) as readonly Plain[];
    expect(keys.map(({ key, retiresAtMs }) => [key, retiresAtMs === null])).toEqual([
      ['old', false],
      [made['key'], true],
    ]);
    await place.json('apps keys retire 1001 old --never');
    expect((await place.run('apps keys delete 1001 old --yes')).code).toBe(0);
  });

  test('[CLI] webhooks are set up, and what only a server can do says so', async () => {
    using place = await placeWithAdmin();
    await place.json('apps create Shop --id 1001');
    const { id } = await place.json('webhooks create 1001 https://shop.example/hook --events channel_occupied');
    const inside = await place.run('webhooks create 1001 https://10.0.0.1/');
    expect(inside).toMatchObject({ code: 1 });
    expect(inside.err).toContain('public host');
    await place.json(`webhooks update 1001 ${id} --enabled off --prefixes presence- --headers`, '{"X-A":"b"}');
    expect(await place.json('webhooks list 1001')).toMatchObject([
      { id, enabled: false, channelPrefixes: ['presence-'], headerNames: ['X-A'] },
    ]);
    const test = await place.run(`webhooks test 1001 ${id}`);
    expect(test).toMatchObject({ code: 1 });
    expect(test.err).toContain('Only a running server');
    expect((await place.run(`webhooks delete 1001 ${id}`)).code).toBe(0);
  });

  test('[CLI] the commands that sign find an app of the database by id, by key, and when it is the only one', async () => {
    using place = await placeWithAdmin();
    await place.json('apps create Shop --id 1001 --key shop-key --secret shop-secret');
    const line = 'sign user --socket-id 1.1 --json --user-data';
    const { auth } = await place.json(line, '{"id":"1"}');
    expect(auth).toStartWith('shop-key:');
    for (const app of ['1001', 'shop-key']) {
      expect(await place.json(`sign user --app ${app} --socket-id 1.1 --user-data`, '{"id":"1"}')).toMatchObject({
        auth,
      });
    }
    await place.json('apps create Other --id 1002');
    expect((await place.run(line, '{"id":"1"}')).err).toContain('several apps');
    expect((await place.run(`sign user --app 1003 --socket-id 1.1 --user-data {}`)).err).toContain('vask.db');
  });

  test('[CLI] without an admin the way to one is told', async () => {
    using place = new Place();
    const { code, err } = await place.run('apps list');
    expect(code).toBe(1);
    expect(err).toContain('vask accounts create-admin EMAIL');
  });

  test('[CLI] whoever is named with --as may do what that account may', async () => {
    using place = await placeWithAdmin();
    await place.json('accounts create-member bob@example.com');
    await place.json('apps create Shop --id 1001');
    expect((await place.run('apps show 1001 --as bob@example.com')).code).toBe(1);
    await place.json('apps create Own --id 1002 --as bob@example.com');
    expect(await place.json('apps list --as bob@example.com')).toMatchObject([{ id: '1002' }]);
  });

  test('[CLI] an app of the configuration cannot be made a second time', async () => {
    using place = await placeWithAdmin();
    const file = { apps: [{ id: '1001', key: 'k', secret: 's' }] };
    writeFileSync(join(place.path, 'vask.json'), JSON.stringify(file));
    for (const more of ['--id 1001', '--key k --secret t']) {
      expect((await place.run(`apps create Shop ${more} --config vask.json`)).err).toContain('It is taken');
    }
  });

  test('[CLI] the first admin is made, a made-up password is shown once, and accounts have one address each', async () => {
    using place = new Place();
    expect(await place.json('accounts create-admin Ann@example.com --password', 'correct horse battery')).toMatchObject(
      {
        email: 'ann@example.com',
        role: 'admin',
      },
    );
    expect(String((await place.json('accounts create-member bob@example.com'))['password'])).toHaveLength(20);
    expect((await place.run('accounts create-member BOB@example.com')).err).toContain('There is an account');
    expect((await place.run('accounts create-admin x@example.com --password short')).code).toBe(2);
  });
});

describe('on a server', () => {
  test('[CLI] the same commands work with a token, which may be hidden in the environment', async () => {
    using place = await placeWithAdmin();
    place.env['VASK_TOKEN'] = String((await place.json('accounts create-token ann@example.com laptop'))['token']);
    await using _server = await serverOf(place);
    await place.json('apps create Shop --id 1001');
    await place.json('apps update 1001 --tls-only on');
    expect(await place.json('apps list')).toMatchObject([{ id: '1001', tlsOnly: true }]);
    const { id } = await place.json('webhooks create 1001 https://shop.example/hook');
    expect((await place.run(`webhooks test 1001 ${id}`)).out).toContain('200 after 12 ms');
    const { out } = await place.run('webhooks log 1001');
    expect(out).toMatch(/2100-01-01T00:00:00Z +d1 \(test\) +e1 +1 +200 +12/);
    expect(await place.json('webhooks dead 1001')).toEqual([] as never);
    expect(await place.json('webhooks replay 1001 --from 2026-01-31')).toEqual({ replayed: 3 });
    await place.json('accounts create-member bob@example.com');
    expect((await place.run('accounts list')).out).toContain('bob@example.com');
  });

  test('[CLI] a token that may less is refused what it may not, and a wrong one everything', async () => {
    using place = await placeWithAdmin();
    const scoped = await place.json('accounts create-token ann@example.com reader --scopes apps:read');
    await using _server = await serverOf(place);
    const url = place.env['VASK_URL'] ?? '';
    expect((await place.run('apps list')).code).toBe(2);
    place.env['VASK_TOKEN'] = String(scoped['token']);
    const refused = await place.run('apps create Shop');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('apps:write');
    const wrong = await place.run(`apps list --url ${url} --token vask_pat_wrong`);
    expect(wrong.err).toContain('401');
    expect(wrong.err).toContain('create-token');
  });
});
