import { describe, expect, test } from 'bun:test';
import { checkApps, reportDuplicates } from './apps.ts';

function check(...apps: unknown[]) {
  const faults: string[] = [];
  const report = (path: string, text: string) => void faults.push(`${path}: ${text}`);
  const placed = checkApps(apps, 'apps', report);
  reportDuplicates(placed, report);
  return { faults, settings: placed.map(({ settings }) => settings) };
}

const APP = { id: '1001', key: 'a-key', secret: 'a-secret' };

describe('one app', () => {
  test('id, key and secret are enough', () => {
    expect(check(APP).settings[0]).toMatchObject({
      id: '1001',
      name: '1001',
      enabled: true,
      keys: [{ key: 'a-key', secret: 'a-secret' }],
      allowedOrigins: [],
      clientEvents: false,
      subscriptionCount: false,
      subscriptionErrors: false,
      tlsOnly: false,
      userAuthentication: { enabled: true, required: false, timeoutSeconds: 20 },
      limits: { eventBytes: 10_240, presenceMembers: 100 },
    });
  });

  test('an id written as a number is made text', () => {
    expect(check({ ...APP, id: 1001 }).settings[0]?.id as string).toBe('1001');
    for (const id of [1.5, -1, 1e300, '', 'a b', 'a/b', 'x'.repeat(65), true, null])
      expect(check({ ...APP, id }).faults).toHaveLength(1);
  });

  test('several key pairs may be given instead of one', () => {
    const keys = [
      { key: 'old', secret: 's1' },
      { key: 'new', secret: 's2' },
    ];
    expect(check({ id: '1', keys }).settings[0]?.keys).toEqual(keys);
    expect(check({ ...APP, keys }).faults).toEqual([
      'apps[0].keys: stands beside `key` or `secret`; give one or the other',
    ]);
    expect(check({ id: '1', keys: [] }).faults).toHaveLength(1);
    expect(check({ id: '1', keys: [{ key: 'a' }] }).faults).toEqual(['apps[0].keys[0].secret: is missing']);
  });

  test('a key or secret that does not survive a URL is refused, and not repeated', () => {
    const neither = ['', 'hush hush', 'hush\n', 'hüsh', 'x'.repeat(201)];
    const bads = { key: [...neither, 'hush:hush', 'hush/hush'], secret: neither };
    for (const name of ['key', 'secret'] as const) {
      for (const bad of bads[name]) {
        const { faults } = check({ ...APP, [name]: bad });
        expect(faults).toHaveLength(1);
        expect(faults[0]).not.toContain('hush');
      }
    }
    expect(check({ ...APP, secret: 'a+b/c==:' }).faults).toEqual([]);
    expect(check({ ...APP, secret: 12_345 }).faults).toEqual([
      'apps[0].secret: must be text, but is a number; put it in quotes',
    ]);
  });

  test('user authentication is a switch or an object', () => {
    const made = (userAuthentication: unknown) => check({ ...APP, userAuthentication }).settings[0]?.userAuthentication;
    expect(made(true)).toEqual({ enabled: true, required: false, timeoutSeconds: 20 });
    expect(made(false)).toEqual({ enabled: false, required: false, timeoutSeconds: 20 });
    expect(made({ required: true })).toEqual({ enabled: true, required: true, timeoutSeconds: 20 });
    for (const bad of ['yes', 1, null, { enabled: false, required: true }, { timeout: 1 }, { timeoutSeconds: 0 }]) {
      expect(check({ ...APP, userAuthentication: bad }).faults).toHaveLength(1);
    }
  });

  test('names that every object inherits are neither known nor taken for given', () => {
    expect(
      check(JSON.parse('{"id":"1","key":"k","secret":"s","__proto__":{"enabled":false},"constructor":1}')).faults,
    ).toEqual(['apps[0].__proto__: is unknown', 'apps[0].constructor: is unknown']);
  });
});

describe('several apps', () => {
  test('no id or key stands for two', () => {
    expect(check(APP, { ...APP, key: 'other' }).faults).toEqual(['apps[1].id: is the same as apps[0].id']);
    expect(check(APP, { ...APP, id: '2' }).faults).toEqual(['apps[1].key: is the same as apps[0].key']);
    expect(check(APP, { id: '2', keys: [{ key: '1001', secret: 's' }] }).faults).toEqual([
      'apps[0].id: is the same as apps[1].keys[0].key',
    ]);
    expect(
      check({
        id: '2',
        keys: [
          { key: 'k', secret: 's' },
          { key: 'k', secret: 't' },
        ],
      }).faults,
    ).toEqual(['apps[0].keys[1].key: is the same as apps[0].keys[0].key']);
  });

  test('an app may have its id for a key, and secrets may be equal', () => {
    expect(check({ id: '1', key: '1', secret: 's' }, { id: '2', key: 'k', secret: 's' }).faults).toEqual([]);
  });
});
