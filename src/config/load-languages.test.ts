// One configuration, written in each of the languages that a file may have.
import { describe, expect, test } from 'bun:test';
import { type ConfigInput, loadConfig } from './load.ts';

function configOf(input: Partial<ConfigInput>) {
  const result = loadConfig({ flags: {}, env: {}, readFile: () => '', ...input });
  if ('faults' in result) throw new Error(result.faults.join('\n'));
  return result.config;
}

describe('the same configuration in each language', () => {
  const jsonc = `{
    // a comment
    "host": "127.0.0.1", "port": 7001, "pathPrefix": "realtime/", "trustedProxies": ["10.0.0.0/8", "::1"],
    "tls": {"cert": "cert.pem", "key": "key.pem", "port": 7443}, "logLevel": "warn", "backlogBytes": 2097152,
    "apps": [{"id": "9", "key": "a-key", "secret": "a-secret"}],
  }`;
  const yaml = `
host: 127.0.0.1
port: 7001 # a comment
pathPrefix: realtime/
trustedProxies: [10.0.0.0/8, '::1']
tls:
  cert: cert.pem
  key: key.pem
  port: 7443
logLevel: warn
backlogBytes: 2097152
apps:
  - id: 9
    key: a-key
    secret: a-secret
`;
  const toml = `
host = "127.0.0.1"
port = 7_001
pathPrefix = "realtime/"
trustedProxies = ["10.0.0.0/8", "::1"]
logLevel = "warn"
backlogBytes = 2097152
tls = { cert = "cert.pem", key = "key.pem", port = 7443 }
[[apps]] # a comment
id = 9
key = "a-key"
secret = "a-secret"
`;
  const env = {
    VASK_HOST: '127.0.0.1',
    VASK_PORT: '7001',
    VASK_PATH_PREFIX: 'realtime/',
    VASK_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    VASK_TLS_CERT: 'cert.pem',
    VASK_TLS_KEY: 'key.pem',
    VASK_TLS_PORT: '7443',
    VASK_LOG_LEVEL: 'warn',
    VASK_BACKLOG_BYTES: '2097152',
    VASK_APP_ID: '9',
    VASK_APP_KEY: 'a-key',
    VASK_APP_SECRET: 'a-secret',
  };
  const expected = configOf({ env });

  test('the environment says it', () => {
    expect(expected).toMatchObject({
      host: '127.0.0.1',
      port: 7001,
      pathPrefix: '/realtime',
      trustedProxies: ['10.0.0.0/8', '::1'],
      tls: { cert: 'cert.pem', key: 'key.pem', port: 7443 },
      logLevel: 'warn',
      backlogBytes: 2_097_152,
    });
    expect(expected.apps[0]?.keys).toEqual([{ key: 'a-key', secret: 'a-secret' }]);
  });

  test.each([
    ['vask.json', jsonc],
    ['vask.jsonc', jsonc],
    ['vask.yaml', yaml],
    ['vask.yml', yaml],
    ['vask.toml', toml],
  ])('%s says the same', (config, content) => {
    const result = loadConfig({ flags: { config }, env: {}, readFile: () => content });
    expect(result).toMatchObject({ config: expected });
  });

  test('flags say the same of the settings', () => {
    const flags = Object.fromEntries(
      Object.entries(env)
        .filter(([name]) => !name.startsWith('VASK_APP_'))
        .map(([name, text]) => [name.slice('VASK_'.length).toLowerCase().replaceAll('_', '-'), text]),
    );
    expect(configOf({ flags })).toEqual({ ...expected, apps: [] });
  });
});
