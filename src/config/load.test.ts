import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { anyText, holds, jsonValue } from '../../test/support/generators.ts';
import { type ConfigInput, loadConfig } from './load.ts';

function load(file: unknown, rest: Partial<ConfigInput> = {}) {
  const flags = { ...(file === undefined ? {} : { config: 'vask.json' }), ...rest.flags };
  return loadConfig({ flags, env: rest.env ?? {}, readFile: rest.readFile ?? (() => JSON.stringify(file)) });
}

function loaded(file: unknown, rest: Partial<ConfigInput> = {}) {
  const result = load(file, rest);
  if ('faults' in result) throw new Error(result.faults.join('\n'));
  return result;
}

function faultsOf(file: unknown, rest: Partial<ConfigInput> = {}): readonly string[] {
  const result = load(file, rest);
  return 'faults' in result ? result.faults : [];
}

const APP = { id: '1001', key: 'a-key', secret: 'a-secret' };

describe('values', () => {
  test('with nothing given, everything is a default', () => {
    const { config, sources } = loaded(undefined);
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 6001,
      tls: null,
      pathPrefix: '',
      publicUrl: '',
      trustedProxies: [],
      dataDirectory: './vask-data',
      databaseUrl: null,
      secretKey: null,
      redisUrl: null,
      redisPrefix: 'vask:',
      redisCa: null,
      nodeName: '',
      workers: 1,
      reusePort: 'off',
      dashboard: 'on',
      dashboardPort: null,
      metrics: 'local',
      metricsApps: 100,
      logLevel: 'info',
      logFormat: 'auto',
      activityTimeoutSeconds: 120,
      pongTimeoutSeconds: 30,
      inactiveTimeoutSeconds: 86_400,
      maxConnections: 0,
      backlogBytes: 1_048_576,
      backlogTotalBytes: 268_435_456,
      connectRate: 500,
      connectionsPerAddress: 0,
      clientMessageRate: 1_000,
      clientByteRate: 8_388_608,
      subscriptionRate: 100,
      badAuthRate: 120,
      badRequestRate: 600,
      overloadLagMs: 1_000,
      overloadMemoryBytes: 0,
      shutdownSeconds: 0,
      signatureWindowSeconds: 600,
      requestTimeoutSeconds: 75,
      accountGraceSeconds: 3_600,
      webhookGraceSeconds: 3,
      webhookRetrySeconds: 300,
      webhookDisableHours: 72,
      webhookAllowedHosts: [],
      apps: [],
    });
    expect(sources.size).toBe(0);
  });

  test('a flag wins over the environment, that over the file, and that over the default', () => {
    const file = { port: 1, host: 'file', logLevel: 'warn' };
    const env = { VASK_PORT: '2', VASK_HOST: 'env' };
    const { config, sources } = loaded(file, { env, flags: { port: '3' } });
    expect(config).toMatchObject({ port: 3, host: 'env', logLevel: 'warn', logFormat: 'auto' });
    expect([...sources]).toEqual([
      ['host', 'env VASK_HOST'],
      ['port', 'flag --port'],
      ['logLevel', 'file vask.json'],
    ]);
  });

  test('the parts of tls may come from several places', () => {
    const { config } = loaded(
      { tls: { key: 'key.pem' } },
      { env: { VASK_TLS_CERT: 'cert.pem' }, flags: { 'tls-port': '6443' } },
    );
    expect(config.tls).toEqual({ cert: 'cert.pem', key: 'key.pem', port: 6443 });
  });

  test('the result is frozen, with all that is in it', () => {
    const { config } = loaded({ trustedProxies: ['::1'], apps: [APP], tls: { cert: 'c', key: 'k' } });
    const inner = [config, config.apps, config.apps[0], config.apps[0]?.limits, config.apps[0]?.keys[0]];
    for (const value of [...inner, config.apps[0]?.userAuthentication, config.tls, config.trustedProxies]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });
});

describe('environment', () => {
  test('a variable that is set to nothing is not set', () => {
    expect(loaded({ port: 7 }, { env: { VASK_PORT: '', VASK_APP_ID: '' } }).config.port).toBe(7);
  });

  test('VASK_CONFIG names the file unless the flag does', () => {
    const readFile = (path: string) => (path === 'a.yaml' ? 'port: 1' : 'port: 2');
    const env = { VASK_CONFIG: 'a.yaml' };
    expect(loaded(undefined, { env, readFile }).config.port).toBe(1);
    expect(loaded(undefined, { env, readFile, flags: { config: 'b.yaml' } }).config.port).toBe(2);
  });

  test('one app may be given by three variables, beside those of the file', () => {
    const env = { VASK_APP_ID: '9', VASK_APP_KEY: 'k9', VASK_APP_SECRET: 's9' };
    const { config, sources } = loaded({ apps: [APP] }, { env });
    expect(config.apps.map(({ id, keys }) => [id, keys.length])).toEqual([
      ['1001', 1],
      ['9', 1],
    ] as never);
    expect(sources.get('apps[1].keys[0].secret')).toBe('env VASK_APP_SECRET');
  });

  test.each(['true', 'false'])('a fourth variable says whether its clients may publish: %s', (text) => {
    const env = { VASK_APP_ID: '9', VASK_APP_KEY: 'k9', VASK_APP_SECRET: 's9', VASK_APP_CLIENT_EVENTS: text };
    const { config, sources } = loaded(undefined, { env });
    expect(config.apps[0]?.clientEvents).toBe(text === 'true');
    expect(sources.get('apps[0].clientEvents')).toBe('env VASK_APP_CLIENT_EVENTS');
  });

  test('the fourth variable is a fault when it is unclear, and without the other three', () => {
    const env = { VASK_APP_ID: '9', VASK_APP_KEY: 'k9', VASK_APP_SECRET: 's9', VASK_APP_CLIENT_EVENTS: 'on' };
    expect(faultsOf(undefined, { env })).toEqual(['VASK_APP_CLIENT_EVENTS: must be true or false, but is text']);
    expect(faultsOf(undefined, { env: { VASK_APP_CLIENT_EVENTS: 'true' } })).toEqual([
      'VASK_APP_CLIENT_EVENTS: needs VASK_APP_ID, VASK_APP_KEY, VASK_APP_SECRET as well',
    ]);
  });

  test('one or two of the three variables are a fault', () => {
    expect(faultsOf(undefined, { env: { VASK_APP_ID: '9', VASK_APP_SECRET: 's' } })).toEqual([
      'VASK_APP_KEY: is missing; VASK_APP_ID, VASK_APP_KEY, VASK_APP_SECRET go together',
    ]);
  });

  test('the faults of that app name the variables', () => {
    const env = { VASK_APP_ID: 'a b', VASK_APP_KEY: 'a:b', VASK_APP_SECRET: 'hush hush' };
    const faults = faultsOf(undefined, { env });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['VASK_APP_ID', 'VASK_APP_KEY', 'VASK_APP_SECRET']);
    expect(faults.join()).not.toContain('hush');
  });

  test('what Kubernetes sets for a service of the name vask is nothing to us', () => {
    const env = {
      VASK_SERVICE_HOST: '10.0.0.1',
      VASK_SERVICE_PORT: '6001',
      VASK_SERVICE_PORT_WS: '6001',
      VASK_PORT: 'tcp://10.0.0.1:6001',
      VASK_PORT_6001_TCP: 'tcp://10.0.0.1:6001',
      VASK_PORT_6001_TCP_ADDR: '10.0.0.1',
    };
    expect(loaded(undefined, { env }).config.port).toBe(6001);
  });

  test('the names of other servers are not read', () => {
    expect(loaded(undefined, { env: { PUSHER_APP_ID: '1', PUSHER_APP_KEY: 'k', PORT: '1' } }).config).toMatchObject({
      apps: [],
      port: 6001,
    });
  });
});

describe('faults', () => {
  test('all are told at once, each with its place and a hint', () => {
    const file = {
      prot: 1,
      host: 7,
      tls: { crt: 'x', key: 'k' },
      apps: [{ ...APP, secert: 's', limits: { eventBytes: 0, eventByte: 1 } }, { id: 2 }],
    };
    const rest = { env: { VASK_PROT: '1', VASK_LOG_LEVEL: 'loud' }, flags: { 'log-formt': 'json', port: '70000' } };
    expect(faultsOf(file, rest)).toEqual([
      '--log-formt: is unknown; did you mean --log-format?',
      'VASK_PROT: is unknown; did you mean VASK_PORT?',
      'prot: is unknown; did you mean port?',
      'tls.crt: is unknown; did you mean cert?',
      'host: must be text, but is a number; put it in quotes',
      '--port: must be from 0 to 65535, but is 70000',
      'VASK_LOG_LEVEL: must be one of debug, info, warn, error',
      'tls.cert: is missing; TLS needs a certificate and its key',
      'apps[0].secert: is unknown; did you mean secret?',
      'apps[0].limits.eventByte: is unknown; did you mean eventBytes?',
      'apps[0].limits.eventBytes: must be from 1 to 16777216, but is 0',
      'apps[1].key: is missing',
      'apps[1].secret: is missing',
    ]);
  });

  test('a number must be one, in the file as well as in text', () => {
    for (const port of ['7001', 1.5, true, null, [1], {}]) expect(faultsOf({ port })).toHaveLength(1);
    for (const port of ['0x10', '1e3', 'x', '1.5', '-1'])
      expect(faultsOf(undefined, { flags: { port } })).toHaveLength(1);
    expect(loaded(undefined, { flags: { port: ' 7001 ' } }).config.port).toBe(7001);
  });

  test('a file that cannot be read or is no object is a fault', () => {
    const readFile = () => {
      throw new Error('no such file');
    };
    expect(faultsOf({}, { readFile })).toEqual(['vask.json: cannot be read (no such file)']);
    for (const file of [[], 'x', 1, true]) expect(faultsOf(file)).toHaveLength(1);
  });

  test('TLS needs both files, and a port of its own if any', () => {
    expect(faultsOf({ tls: { port: 1 } })).toHaveLength(2);
    expect(faultsOf({ tls: { cert: 'c', key: 'k', port: 6001 } })).toEqual([
      'tls.port: is the plain port as well; leave it out, and the one port speaks TLS',
    ]);
    expect(faultsOf({ tls: true })).toEqual(['tls: must be an object, but is true or false']);
    expect(loaded({ tls: null }).config.tls).toBeNull();
  });
});

test('no file, flag or variable makes it throw', () => {
  const names = [
    'port',
    'tls',
    'cert',
    'apps',
    'id',
    'key',
    'secret',
    'keys',
    'limits',
    'eventBytes',
    'userAuthentication',
  ];
  const text = fc.dictionary(
    fc.oneof(fc.constantFrom('port', 'VASK_PORT', 'VASK_TLS_CERT', 'VASK_APP_ID', '__proto__'), anyText),
    anyText,
  );
  holds(
    fc.property(jsonValue(names), text, text, (file, flags, env) => {
      const result = load(file, { flags: { config: 'vask.json', ...flags }, env });
      expect('config' in result || result.faults.length > 0).toBe(true);
    }),
  );
});

test('YAML that refers to itself is a fault', () => {
  for (const content of [
    'apps: &a [*a]',
    'apps: &a\n  - *a\n',
    'tls: &t\n  cert: *t\n',
    'apps:\n  - &x {id: *x, key: *x, limits: *x}',
  ]) {
    const result = loadConfig({ flags: { config: 'a.yaml' }, env: {}, readFile: () => content });
    expect(result).toHaveProperty('faults');
  }
});
