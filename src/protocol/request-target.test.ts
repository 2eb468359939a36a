import { expect, test } from 'bun:test';
import { decodePath, parseRequestTarget } from './request-target.ts';

test.each([
  ['http://host:6001/apps/1/events?a=b?c=d', '', '/apps/1/events', '/apps/1/events', 'a=b?c=d'],
  ['https://host/', '', '/', '/', ''],
  ['http://host/?auth_key=/x', '', '/', '/', 'auth_key=/x'],
  ['http://host/a%20b/%2F', '', '/a%20b/%2F', '/a%20b/%2F', ''],
  ['http://host/ws/app/key?protocol=7', '/ws', '/ws/app/key', '/app/key', 'protocol=7'],
  ['http://host/app/key', '/ws', '/app/key', '/app/key', ''],
  ['http://host/wsapp/key', '/ws', '/wsapp/key', '/wsapp/key', ''],
  ['http://host/app/ws/x', '/ws', '/app/ws/x', '/app/ws/x', ''],
])(
  '[P-2.1, H-1.2] %s with the prefix "%s" is the path %s, or %s, and the query %j',
  (url, prefix, fullPath, path, query) => {
    expect(parseRequestTarget(url, prefix)).toEqual({ fullPath, path, query });
  },
);

test('[H-1.5] a request without a host, as of HTTP/1.0, has its path', () => {
  expect(parseRequestTarget('/up?x=1', '')).toEqual({ fullPath: '/up', path: '/up', query: 'x=1' });
});

test.each([
  ['a%20b', 'a b'],
  ['a+b', 'a+b'],
  ['%C3%A4', 'ä'],
  ['%ff', '%ff'],
  ['%', '%'],
  ['%25', '%'],
  ['plain', 'plain'],
])('[H-1.4] %p in a path is %p', (sent, meant) => {
  expect(decodePath(sent)).toBe(meant);
});

test('[H-1.2] the prefix alone is the root', () => {
  expect(parseRequestTarget('http://host/rt', '/rt').path).toBe('/');
});
