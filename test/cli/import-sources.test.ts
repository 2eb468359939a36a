import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { checkImported } from '../../src/cli/import/apps-of.ts';
import { parseDotenv } from '../../src/cli/import/dotenv.ts';
import type { Imported } from '../../src/cli/import/draft.ts';
import { importPusher } from '../../src/cli/import/pusher.ts';
import { importReverb, importReverbVariables } from '../../src/cli/import/reverb.ts';
import { importSockudo, importSockudoVariables } from '../../src/cli/import/sockudo.ts';
import { importSoketi, importSoketiVariables } from '../../src/cli/import/soketi.ts';

const SECRET = 'hush-hush-hush';
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

function onlyApp(imported: Imported) {
  const { apps, left } = checkImported(imported, []);
  expect(apps).toHaveLength(1);
  const [app] = apps;
  if (app === undefined) throw new Error(`no app: ${left.join('; ')}`);
  return { app, left, taken: imported.taken };
}

describe('pusher', () => {
  test.each([
    ['a Laravel environment', { PUSHER_APP_ID: '1001', PUSHER_APP_KEY: 'k', PUSHER_APP_SECRET: SECRET }],
    ['the dashboard', { app_id: '1001', key: 'k', secret: SECRET, cluster: 'eu' }],
    ['a platform', { PUSHER_URL: `https://k:${SECRET}@api-eu.pusher.com/apps/1001`, PATH: '/bin' }],
  ])('[CLI] id, key and secret are kept as %s names them', (_, given) => {
    const { app } = onlyApp(importPusher(given));
    expect(app).toMatchObject({ id: '1001', keys: [{ key: 'k', secret: SECRET }] });
  });

  test('[CLI] a cluster and a host are told to be left', () => {
    const { left } = importPusher({ PUSHER_CLUSTER: 'eu', PUSHER_HOST: 'x', PUSHER_URL: 'nonsense', HOME: '/x' });
    expect(left.map((line) => line.split(':')[0])).toEqual(['PUSHER_URL', 'PUSHER_CLUSTER', 'PUSHER_HOST']);
  });
});

describe('soketi', () => {
  const APP = {
    id: 'app-id',
    key: 'app-key',
    secret: SECRET,
    enabled: false,
    enableClientMessages: true,
    enableUserAuthentication: false,
    maxConnections: '200',
    maxBackendEventsPerSecond: -1,
    maxClientEventsPerSecond: 5,
    maxReadRequestsPerSecond: 10,
    maxPresenceMemberSizeInKb: 2,
    maxEventPayloadInKb: 0.5,
    webhooks: [
      {
        url: 'https://shop.example/hook',
        event_types: ['channel_occupied', 'cache_missed', 'nonsense'],
        headers: { 'X-Custom': 'a' },
        filter: { channel_name_starts_with: 'beta-', channel_name_ends_with: '-app' },
      },
      { lambda_function: 'x', event_types: ['client_event'] },
    ],
  };

  test.each([
    ['dotted names', { 'appManager.array.apps': [APP], 'eventLimits.maxBatchSize': 20, port: 6001 }],
    ['nested objects', { appManager: { array: { apps: [APP] } }, eventLimits: { maxBatchSize: 20 }, port: 6001 }],
  ])('[CLI] an app is taken from a file with %s', (_, file) => {
    const { app, left } = onlyApp(importSoketi(file));
    expect(app).toMatchObject({
      id: 'app-id',
      keys: [{ key: 'app-key', secret: SECRET }],
      enabled: false,
      clientEvents: true,
      userAuthentication: { enabled: false },
      limits: {
        connections: 200,
        messagesPerSecond: 0,
        clientEventsPerSecond: 5,
        presenceUserInfoBytes: 2048,
        eventBytes: 512,
        batchEvents: 20,
      },
      webhooks: [
        {
          url: 'https://shop.example/hook',
          events: ['channel_occupied', 'cache_miss'],
          channelPrefixes: ['beta-'],
          headers: { 'X-Custom': 'a' },
        },
      ],
    });
    for (const path of [
      'port',
      'apps[0].maxReadRequestsPerSecond',
      'apps[0].webhooks[0].event_types',
      'apps[0].webhooks[0].filter.channel_name_ends_with',
      'apps[0].webhooks[1]',
    ]) {
      expect(left.some((line) => line.startsWith(`${path}:`))).toBe(true);
    }
  });

  test('[CLI] an app is taken from the environment, and what soketi let through is let through', () => {
    const { app, left } = onlyApp(
      importSoketiVariables({
        SOKETI_DEFAULT_APP_ID: '1',
        SOKETI_DEFAULT_APP_KEY: 'k',
        SOKETI_DEFAULT_APP_SECRET: SECRET,
        SOKETI_DEFAULT_APP_ENABLE_CLIENT_MESSAGES: 'true',
        SOKETI_DEFAULT_APP_MAX_CONNS: '-1',
        SOKETI_DEFAULT_APP_WEBHOOKS: '[{"url":"https://a.example/","event_types":["member_added"]}]',
        SOKETI_PRESENCE_MAX_MEMBERS: '500',
        SOKETI_DEBUG: '1',
        HOME: '/x',
      }),
    );
    expect(app).toMatchObject({ id: '1', clientEvents: true, webhooks: [{ events: ['member_added'] }] });
    expect(app.limits).toMatchObject({ connections: 0, presenceMembers: 500, eventBytes: 102_400 });
    expect(left).toEqual(['SOKETI_DEBUG: has no counterpart here']);
  });
});

describe('reverb', () => {
  test('[CLI] an app is taken from the environment, where clients may publish unless told otherwise', () => {
    const given = { REVERB_APP_ID: '7', REVERB_APP_KEY: 'k', REVERB_APP_SECRET: SECRET, REVERB_HOST: 'x' };
    const { app, left } = onlyApp(importReverbVariables({ ...given, APP_NAME: 'Shop' }));
    expect(app).toMatchObject({ id: '7', clientEvents: true });
    expect(left).toEqual(['REVERB_HOST: give clients and backends the address of this server instead']);
    const strict = importReverbVariables({ ...given, REVERB_APP_ACCEPT_CLIENT_EVENTS_FROM: 'none' });
    expect(onlyApp(strict).app.clientEvents).toBe(false);
  });

  test('[CLI] apps are taken from the values of config/reverb.php', () => {
    const app = {
      key: 'k',
      secret: SECRET,
      app_id: 7,
      options: { host: 'x' },
      allowed_origins: ['shop.example', 'https://*.bad'],
      ping_interval: 60,
      max_connections: 10,
      max_message_size: 20_000,
    };
    const file = { default: 'reverb', servers: {}, apps: { provider: 'config', apps: [app, 'nonsense'] } };
    const { app: made, left } = onlyApp(importReverb(file));
    expect(made).toMatchObject({ id: '7', allowedOrigins: ['shop.example'] });
    expect(made.limits).toMatchObject({ connections: 10, eventBytes: 20_000 });
    expect(left).toHaveLength(5);
    expect(onlyApp(importReverb([{ ...app, allowed_origins: ['*'] }])).app.allowedOrigins).toEqual([]);
  });

  test('[CLI] origins of which none can be taken do not become every origin unseen', () => {
    const { left } = importReverb([{ app_id: 1, key: 'k', secret: SECRET, allowed_origins: ['a b'] }]);
    expect(left.join('\n')).toContain('set allowedOrigins yourself');
  });
});

describe('sockudo', () => {
  const NAMES = { id: 'a', key: 'k', secret: SECRET, enabled: true };

  test.each([
    ['beside the credentials', { ...NAMES, enable_client_messages: true, max_connections: 10, webhooks: null }],
    [
      'in groups of a policy',
      { ...NAMES, policy: { limits: { max_connections: 10 }, features: { enable_client_messages: true } } },
    ],
  ])('[CLI] an app is taken from a file with its settings %s', (_, app) => {
    const file = { port: 6001, app_manager: { driver: 'memory', array: { apps: [app] } } };
    const { app: made, left } = onlyApp(importSockudo(file));
    expect(made).toMatchObject({ id: 'a', clientEvents: true, limits: { connections: 10 } });
    expect(left).toEqual(['port: see the setting port']);
  });

  test('[CLI] an app is taken from the environment', () => {
    const { app } = onlyApp(
      importSockudoVariables({
        SOCKUDO_DEFAULT_APP_ID: 'a',
        SOCKUDO_DEFAULT_APP_KEY: 'k',
        SOCKUDO_DEFAULT_APP_SECRET: SECRET,
        SOCKUDO_DEFAULT_APP_MAX_CONNECTIONS: '99999999999',
        SOCKUDO_DEFAULT_APP_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
        SOCKUDO_ENABLE_CLIENT_MESSAGES: '1',
      }),
    );
    expect(app).toMatchObject({ clientEvents: true, allowedOrigins: ['https://a.example', 'https://b.example'] });
    expect(app.limits.connections).toBe(10_000_000);
  });

  test('[CLI] apps in a database are told to be elsewhere', () => {
    const { apps, left } = importSockudo({ app_manager: { driver: 'mysql' } });
    expect(apps).toEqual([]);
    expect(left.join('\n')).toContain('"mysql" are in its database');
  });
});

describe('what all have in common', () => {
  test('[CLI] an app with faults is left, and so are an endpoint inside the network and the second of two alike', () => {
    const app = { id: 'a', key: 'k', secret: SECRET };
    const webhooks = [{ url: 'https://10.0.0.1/x', event_types: ['client_event'] }];
    const imported = importSoketi({
      'appManager.array.apps': [{ ...app, webhooks }, app, { id: 'b c', key: 'l', secret: SECRET }],
    });
    const { apps, left } = checkImported(imported, []);
    expect(apps.map(({ id, webhooks: taken }) => [id as string, taken.length])).toEqual([['a', 0]]);
    expect(left).toHaveLength(4);
    expect(checkImported(imported, ['10.0.0.1']).apps[0]?.webhooks).toHaveLength(1);
  });

  test('[CLI] no secret is told', () => {
    const app = { id: 'a', app_id: 'a', key: 'k', secret: SECRET };
    const tales = [
      importSoketi({ 'appManager.array.apps': [app] }),
      importReverb([app]),
      importSockudo({ 'app_manager.array.apps': [app] }),
      importPusher({ app_id: 'a', key: 'k', secret: SECRET }),
    ];
    for (const { taken, left } of tales) expect([...taken, ...left].join('\n')).not.toContain(SECRET);
  });

  test('[CLI] whatever the values are, nothing is thrown, and what comes out is a right configuration', () => {
    const app = fc.dictionary(
      fc.constantFrom(
        'id',
        'key',
        'secret',
        'app_id',
        'webhooks',
        'maxConnections',
        'allowed_origins',
        'policy',
        '__proto__',
        'x',
      ),
      fc.jsonValue(),
    );
    const property = fc.property(fc.oneof(fc.jsonValue(), fc.array(app)), (value) => {
      const text = Object.fromEntries(
        [
          'SOKETI_DEFAULT_APP_ID',
          'SOKETI_DEFAULT_APP_WEBHOOKS',
          'REVERB_APP_KEY',
          'SOCKUDO_DEFAULT_APP_SECRET',
          'PUSHER_URL',
        ].map((name) => [name, JSON.stringify(value)]),
      );
      const all = [
        importSoketi(value),
        importSoketi({ 'appManager.array.apps': value }),
        importSockudo({ app_manager: { array: { apps: value } } }),
        importReverb(value),
        importSoketiVariables(text),
        importReverbVariables(text),
        importSockudoVariables(text),
        importPusher(text),
      ];
      for (const imported of all) {
        const { apps } = checkImported(imported, []);
        for (const { id, keys } of apps) expect([id.length > 0, keys.length > 0]).toEqual([true, true]);
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  test('[CLI] an .env file is read as Laravel reads it', () => {
    const reference = (name: string) => `$\{${name}}`;
    const text = [
      '\ufeff# comment',
      'A=plain # comment',
      'export B="with \\"quotes\\" and # sign"',
      `C='single ${reference('A')}'`,
      `D="${reference('A')}-${reference('MISSING')}"`,
      'E=has#sign',
      'F=',
      'app_id = "12"',
      'no line',
    ].join('\r\n');
    expect(parseDotenv(text)).toEqual({
      A: 'plain',
      B: 'with "quotes" and # sign',
      C: `single ${reference('A')}`,
      D: 'plain-',
      E: 'has#sign',
      F: '',
      app_id: '12',
    });
  });
});
