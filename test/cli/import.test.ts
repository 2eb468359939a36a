import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Place, placeWithAdmin } from './place.ts';

// Each test starts a few processes one after the other.
setDefaultTimeout(20_000);

describe('importing', () => {
  const FILE = {
    'appManager.array.apps': [
      { id: '1', key: 'k1', secret: 's1', enableClientMessages: true, maxConnections: 5 },
      { id: '2', key: 'k2', secret: 's2', webhooks: [{ url: 'https://a.example/', event_types: ['client_event'] }] },
    ],
    port: 6001,
  };

  test('[CLI] apps come into the database with their credentials, and what was left is told', async () => {
    using place = await placeWithAdmin();
    writeFileSync(join(place.path, 'soketi.json'), JSON.stringify(FILE));
    const { code, out, err } = await place.run('import soketi soketi.json');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    for (const text of ['Taken:', 'limits.connections = 5', 'Not taken:', 'port: see the setting port']) {
      expect(err).toContain(text);
    }
    expect(err).not.toContain('s1');
    expect(await place.json('apps list')).toMatchObject([
      { id: '1', clientEvents: true, limits: { connections: 5, eventBytes: 102_400 } },
      { id: '2' },
    ]);
    expect(await place.json('apps keys list 2')).toMatchObject([{ key: 'k2' }]);
    expect(await place.json('webhooks list 2')).toMatchObject([
      { url: 'https://a.example/', events: ['client_event'] },
    ]);
    const again = await place.run('import soketi soketi.json');
    expect(again).toMatchObject({ code: 1 });
    expect(again.err).toContain('It is taken');
  });

  test('[CLI] what --print prints is a right configuration file', async () => {
    using place = new Place();
    writeFileSync(join(place.path, 'soketi.json'), JSON.stringify(FILE));
    const { out } = await place.run('import soketi soketi.json --print');
    writeFileSync(join(place.path, 'vask.json'), out);
    expect((await place.run('check-config vask.json')).code).toBe(0);
    expect(JSON.parse(readFileSync(join(place.path, 'vask.json'), 'utf8'))).toMatchObject({
      apps: [
        { id: '1', key: 'k1', secret: 's1', clientEvents: true },
        { id: '2', webhooks: [{ url: 'https://a.example/' }] },
      ],
    });
  });

  test('[CLI] credentials are taken from an .env file, from the environment and from options', async () => {
    using place = await placeWithAdmin();
    writeFileSync(join(place.path, '.env'), 'REVERB_APP_ID=1\nREVERB_APP_KEY=k1\nREVERB_APP_SECRET="s1"\n');
    expect((await place.run('import reverb .env')).code).toBe(0);
    Object.assign(place.env, { PUSHER_APP_ID: '2', PUSHER_APP_KEY: 'k2', PUSHER_APP_SECRET: 's2' });
    expect((await place.run('import pusher')).code).toBe(0);
    expect((await place.run('import pusher --id 3 --key k3 --secret s3')).code).toBe(0);
    expect(await place.json('apps list')).toMatchObject([{ id: '1' }, { id: '2' }, { id: '3' }]);
  });

  test.each([
    [2, 'import'],
    [2, 'import nonsense'],
    [2, 'import pusher --id 3 --key k3'],
    [2, 'import soketi --id 3 --key k3 --secret s'],
    [1, 'import soketi missing.json'],
    [1, 'import soketi --print'],
  ])('[CLI] exit code %i for "vask %s"', async (code, line) => {
    using place = new Place();
    expect((await place.run(line)).code).toBe(code);
  });
});
