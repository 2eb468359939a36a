import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { anyText, holds } from '../../test/support/generators.ts';
import { type Route, route } from './route.ts';

const routes: readonly (readonly [string, string, Route])[] = [
  ['GET', '/', { kind: 'health' }],
  ['GET', '/up', { kind: 'health' }],
  ['GET', '/up/', { kind: 'health' }],
  ['HEAD', '/ready', { kind: 'ready' }],
  ['GET', '/app/KEY', { kind: 'webSocket' }],
  ['POST', '/apps/1/events', { kind: 'events', app: '1' }],
  ['POST', '/apps/my-key/events/', { kind: 'events', app: 'my-key' }],
  ['POST', '/apps/1/batch_events', { kind: 'batchEvents', app: '1' }],
  ['GET', '/apps/1/channels', { kind: 'channels', app: '1' }],
  ['HEAD', '/apps/1/channels', { kind: 'channels', app: '1' }],
  ['GET', '/apps/1/channels/a', { kind: 'channel', app: '1', channel: 'a' }],
  ['GET', '/apps/1/channels/a%2Cb%3D', { kind: 'channel', app: '1', channel: 'a,b=' }],
  ['GET', '/apps/1/channels/a%zz', { kind: 'channel', app: '1', channel: 'a%zz' }],
  ['GET', '/apps/1/channels/presence-a/users', { kind: 'channelUsers', app: '1', channel: 'presence-a' }],
  ['POST', '/apps/1/channels/a/events', { kind: 'channelEvents', app: '1', channel: 'a' }],
  ['GET', '/apps/1/channels/a/stats', { kind: 'channelStats', app: '1', channel: 'a' }],
  ['POST', '/apps/1/users/a%20b/events', { kind: 'userEvents', app: '1', user: 'a b' }],
  ['POST', '/apps/1/users/a+b%2Fc/terminate_connections', { kind: 'terminate', app: '1', user: 'a+b/c' }],
  ['POST', '/users/7/terminate_connections', { kind: 'terminate', app: null, user: '7' }],
  ['OPTIONS', '/apps/1/events', { kind: 'options', allow: 'POST, OPTIONS' }],
  ['OPTIONS', '/apps/1/channels', { kind: 'options', allow: 'GET, HEAD, OPTIONS' }],
];

describe('[H-1] a path that is known', () => {
  test.each(routes)('%s %s', (method, path, expected) => {
    expect(route(method, path)).toEqual(expected);
  });
});

test.each([
  '',
  '/hello',
  '/ready/x',
  '/app',
  '/app/',
  '/app/KEY/x',
  '/apps',
  '/apps/',
  '/apps/1',
  '/apps//events',
  '/apps/1/hello',
  '/apps/1/events/x',
  '/apps/1/channels//users',
  '/apps/1/channels/a/hello',
  '/apps/1/channels/a/users/b',
  '/apps/1/users',
  '/apps/1/users/7',
  '/apps/1/users//events',
  '/apps/1/users/7/events/x',
  '/users',
  '/users/7',
  '/users/7/events',
  '/APPS/1/events',
  '/__proto__/1/events',
])('[H-4.3] %p is no path', (path) => {
  expect(route('GET', path)).toMatchObject({ fault: { status: 404 } });
});

test.each([
  ['GET', '/apps/1/events', 'POST, OPTIONS'],
  ['HEAD', '/apps/1/events', 'POST, OPTIONS'],
  ['POST', '/apps/1/channels', 'GET, HEAD, OPTIONS'],
  ['DELETE', '/up', 'GET, HEAD, OPTIONS'],
  ['get', '/up', 'GET, HEAD, OPTIONS'],
])('[H-9.1] %s %s is no method of the path', (method, path, allow) => {
  expect(route(method, path)).toMatchObject({ fault: { status: 405 }, allow });
});

test('[H-1] any method and path have an answer', () => {
  const path = fc
    .array(fc.oneof(anyText, fc.constantFrom('apps', '1', 'channels', 'users', 'events', '%', '')))
    .map((parts) => parts.join('/'));
  holds(
    fc.property(fc.oneof(anyText, fc.constantFrom('GET', 'POST', 'OPTIONS')), path, (method, sent) => {
      expect(route(method, sent)).toBeObject();
    }),
  );
});
