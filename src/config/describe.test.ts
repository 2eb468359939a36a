import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { holds } from '../../test/support/generators.ts';
import { describeConfig, describeConfigAsJson } from './describe.ts';
import { loadConfig } from './load.ts';

function load(file: unknown, env: Record<string, string> = {}, flags: Record<string, string> = {}) {
  const result = loadConfig({ flags: { config: 'vask.json', ...flags }, env, readFile: () => JSON.stringify(file) });
  if ('faults' in result) throw new Error(result.faults.join('\n'));
  return result;
}

const APP = { id: '1001', key: 'a-key', secret: 'hush-hush' };

describe('text', () => {
  test('each value has a line with its source, in columns', () => {
    const { config, sources } = load(
      { logLevel: 'warn', apps: [{ ...APP, limits: { batchEvents: 20 } }] },
      { VASK_HOST: '::1' },
      { port: '7001' },
    );
    const lines = describeConfig(config, sources).split('\n');
    const line = (name: string) => lines.find((text) => text.startsWith(`${name} `))?.replaceAll(/ {2,}/g, '|');
    expect(line('host')).toBe('host|::1|env VASK_HOST');
    expect(line('port')).toBe('port|7001|flag --port');
    expect(line('logLevel')).toBe('logLevel|warn|file vask.json');
    expect(line('logFormat')).toBe('logFormat|auto|default');
    expect(line('tls')).toBe('tls|(none)|default');
    expect(line('apps[0].id')).toBe('apps[0].id|1001|file vask.json');
    expect(line('apps[0].name')).toBe('apps[0].name|1001|default');
    expect(line('apps[0].keys[0].key')).toBe('apps[0].keys[0].key|a-key|file vask.json');
    expect(line('apps[0].keys[0].secret')).toBe('apps[0].keys[0].secret|********|file vask.json');
    expect(line('apps[0].limits.batchEvents')).toBe('apps[0].limits.batchEvents|20|file vask.json');
    expect(line('apps[0].limits.eventBytes')).toBe('apps[0].limits.eventBytes|10240|default');
    const columns = lines
      .filter((text) => text !== '')
      .map((text) => text.search(/(default|file \S+|env \S+|flag \S+)$/));
    expect(new Set(columns).size).toBe(1);
  });

  test('what follows from a switch has the source of the switch', () => {
    const { config, sources } = load({ apps: [{ ...APP, userAuthentication: false }] });
    expect(describeConfig(config, sources)).toMatch(/userAuthentication\.required +false +file vask\.json/);
  });
});

test('the JSON form has the configuration, and the source of each value', () => {
  const { config, sources } = load({ tls: { cert: 'c', key: 'k' }, apps: [APP] }, {}, { port: '7001' });
  const told = JSON.parse(describeConfigAsJson(config, sources));
  expect(told.config).toMatchObject({ port: 7001, tls: { cert: 'c', key: 'k', port: null }, apps: [{ id: '1001' }] });
  expect(told.sources).toMatchObject({ port: 'flag --port', host: 'default', 'tls.key': 'file vask.json' });
});

test('no secret is told, wherever it came from', () => {
  // No part of a configuration's own words, so that finding it means that it was told.
  const secret = fc.stringMatching(/^#[!-.0-9;-~]{3,60}$/);
  holds(
    fc.property(secret, secret, secret, (first, second, third) => {
      const apps = [
        { ...APP, secret: first },
        { id: '2', keys: [{ key: 'b', secret: second }] },
      ];
      const env = { VASK_APP_ID: '3', VASK_APP_KEY: 'c', VASK_APP_SECRET: third };
      const { config, sources } = load({ apps }, env);
      const told = describeConfig(config, sources) + describeConfigAsJson(config, sources);
      for (const hidden of [first, second, third]) expect(told).not.toContain(hidden);
      expect(told).not.toContain('#');
    }),
  );
});

test('the password of the database and the key of its secrets are masked', () => {
  const secretKey = Buffer.alloc(32, 7).toString('base64');
  const env = { VASK_DATABASE_URL: 'postgres://vask:hush@db:5433/vask?password=hush', VASK_SECRET_KEY: secretKey };
  const { config, sources } = load({}, env);
  const told = describeConfig(config, sources) + describeConfigAsJson(config, sources);
  expect(told).toContain('postgres://vask:********@db:5433/vask?********');
  expect(told).not.toContain('hush');
  expect(told).not.toContain(secretKey);
});

test('the password of Redis and that of its sentinels are masked', () => {
  const redisUrl = 'redis+sentinel://vask:hush@one,two:26380/main/3?sentinelPassword=hush';
  const { config, sources } = load({}, { VASK_REDIS_URL: redisUrl });
  const told = describeConfig(config, sources) + describeConfigAsJson(config, sources);
  expect(told).toContain('redis+sentinel://vask:********@one,two:26380/main/3?********');
  expect(told).not.toContain('hush');
});

test('a token for the metrics is masked, and a word is not', () => {
  const token = 'token-for-the-metrics';
  const { config, sources } = load({}, { VASK_METRICS: token });
  expect(describeConfig(config, sources) + describeConfigAsJson(config, sources)).not.toContain(token);
  const open = load({}, { VASK_METRICS: 'open' });
  expect(describeConfig(open.config, open.sources)).toMatch(/^metrics +open +env VASK_METRICS$/m);
});
