import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { anyText, holds } from '../../test/support/generators.ts';
import { describeAddress, maskRedisUrl, parseRedisUrl, type RedisAddress } from './address.ts';

function addressOf(text: string): RedisAddress {
  const address = parseRedisUrl(text);
  if (typeof address === 'string') throw new Error(`${text} ${address}`);
  return address;
}

const PLAIN: RedisAddress = {
  kind: 'single',
  hosts: [{ host: 'db', port: 6_379 }],
  username: null,
  password: null,
  database: 0,
  tls: false,
  masterName: null,
  sentinelUsername: null,
  sentinelPassword: null,
};

describe('what is right', () => {
  test.each(['redis://db', 'redis://db/', 'redis://db:6379/0', 'valkey://db'])('one server: %s', (text) => {
    expect(addressOf(text)).toEqual(PLAIN);
  });

  test.each(['rediss://db', 'valkeys://db'])('one server with TLS: %s', (text) => {
    expect(addressOf(text)).toEqual({ ...PLAIN, tls: true });
  });

  test('user, password, port and database', () => {
    const address = addressOf('redis://vask:p%40ss%2Fw%25rd@db.internal:7000/15');
    const hosts = [{ host: 'db.internal', port: 7_000 }];
    expect(address).toEqual({ ...PLAIN, hosts, username: 'vask', password: 'p@ss/w%rd', database: 15 });
  });

  test('a password alone is that of the default user', () => {
    expect(addressOf('redis://:hush@db')).toEqual({ ...PLAIN, password: 'hush' });
  });

  test('numbers for names, in both families', () => {
    expect(addressOf('redis://10.0.0.7').hosts).toEqual([{ host: '10.0.0.7', port: 6_379 }]);
    expect(addressOf('redis://[fd00::7]:7000').hosts).toEqual([{ host: 'fd00::7', port: 7_000 }]);
  });

  test.each([
    'redis://:hush@a,b:7001,[::1]:7002',
    'redis://:hush@a,redis://:hush@b:7001,redis://[::1]:7002',
    'redis+cluster://:hush@a,b:7001,[::1]:7002/0',
  ])('several servers are the seeds of a cluster: %s', (text) => {
    const hosts = [
      { host: 'a', port: 6_379 },
      { host: 'b', port: 7_001 },
      { host: '::1', port: 7_002 },
    ];
    expect(addressOf(text)).toEqual({ ...PLAIN, kind: 'cluster', hosts, password: 'hush' });
  });

  test('one seed of a cluster', () => {
    expect(addressOf('rediss+cluster://db')).toEqual({ ...PLAIN, kind: 'cluster', tls: true });
  });

  test('sentinels', () => {
    const hosts = [
      { host: 'one', port: 26_379 },
      { host: 'two', port: 26_380 },
    ];
    const sentinel = { ...PLAIN, kind: 'sentinel', hosts, masterName: 'main' } as const;
    expect(addressOf('redis+sentinel://one,two:26380/main')).toEqual(sentinel);
    const query = 'sentinelUsername=watch&sentinelPassword=h%26sh';
    expect(addressOf(`rediss+sentinel://vask:hush@one,two:26380/main/3?${query}`)).toEqual({
      ...sentinel,
      username: 'vask',
      password: 'hush',
      database: 3,
      tls: true,
      sentinelUsername: 'watch',
      sentinelPassword: 'h&sh',
    });
  });
});

describe('what is wrong', () => {
  test.each([
    '',
    'db:6379',
    'http://db',
    'redis:db',
    'redis://',
    'redis://db:0',
    'redis://db:65536',
    'redis://db:x',
    'redis://db/x',
    'redis://db/0/1',
    'redis://db?x=1',
    'redis://a,,b',
    'redis://a b',
    'redis+other://db',
    'redis://hush@db',
    'redis://vask:@db',
    'redis://:hu@sh@db',
    'redis://:hu%sh@db',
    'redis://:hu/sh@db',
    'redis://:hu,sh@db',
    'redis://:hush@a,:other@b',
    'redis://a,b/1',
    'redis+sentinel://a',
    'redis+sentinel://a/main/x',
    'redis+sentinel://a/main/0/1',
    'redis+sentinel://a/main?other=1',
    'redis+sentinel://a/%zz',
  ])('%s', (text) => {
    const fault = parseRedisUrl(text);
    expect(fault).toBeString();
    expect(fault).toStartWith('must ');
    expect(fault).not.toMatch(/hu.?sh/);
  });

  test('no text makes it throw', () => {
    holds(fc.property(anyText, (text) => void parseRedisUrl(text)));
    holds(fc.property(anyText, (text) => void parseRedisUrl(`redis+sentinel://${text}`)));
  });
});

test.each([
  ['redis://db:7000', 'db:7000'],
  ['rediss://vask:hush@db/3', 'db:6379, database 3, with TLS'],
  ['redis://:hush@a,[::1]', 'the cluster of a:6379, [::1]:6379'],
  ['redis+sentinel://:hush@a/main?sentinelPassword=hush', 'the sentinels a:26379 of main'],
])('%s is described without its secrets', (text, description) => {
  expect(describeAddress(addressOf(text))).toBe(description);
});

test('no secret of a right address is left when it is masked', () => {
  const secret = fc.string({ minLength: 12, maxLength: 20, unit: 'grapheme' }).map(encodeURIComponent);
  holds(
    fc.property(secret, secret, (first, second) => {
      for (const text of [
        `redis://:${first}@db`,
        `redis://user:${first}@a,b`,
        `rediss://:${first}@a,rediss://:${first}@b`,
        `redis+sentinel://user:${first}@a,b/main/1?sentinelUsername=x&sentinelPassword=${second}`,
      ]) {
        expect(parseRedisUrl(text)).toBeObject();
        expect(maskRedisUrl(text)).not.toContain(first);
        expect(maskRedisUrl(text)).not.toContain(second);
      }
    }),
  );
  expect(maskRedisUrl('redis://vask:hush@a:1,b/0')).toBe('redis://vask:********@a:1,b/0');
  expect(maskRedisUrl('redis://a:1,b/0')).toBe('redis://a:1,b/0');
});
