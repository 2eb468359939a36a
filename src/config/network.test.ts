import { expect, test } from 'bun:test';
import { hostCheck, originCheck, pathPrefixCheck, proxyCheck } from './network.ts';

const ignore = () => undefined;
const accepts = (check: typeof hostCheck, value: unknown) => check(value, '', ignore) !== undefined;

test('a host is an address or a name', () => {
  for (const host of ['0.0.0.0', '::', '::1', 'localhost', 'ws.shop.example'])
    expect(accepts(hostCheck, host)).toBe(true);
  for (const host of ['', 'a b', 'http://x', '-a', 'x:1', 'a..b', 7]) expect(accepts(hostCheck, host)).toBe(false);
});

test('a trusted proxy is an address or a subnet', () => {
  for (const proxy of ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '0.0.0.0/0'])
    expect(accepts(proxyCheck, proxy)).toBe(true);
  for (const proxy of ['10.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/', '10.0.0.0/8/8', 'proxy', '', 10]) {
    expect(accepts(proxyCheck, proxy)).toBe(false);
  }
});

test('an allowed origin is an origin, a host, or all hosts below one', () => {
  for (const origin of [
    'https://x.example',
    'http://localhost:3000',
    'capacitor://localhost',
    'x.example',
    '*.x.example',
  ]) {
    expect(accepts(originCheck, origin)).toBe(true);
  }
  for (const origin of ['*', 'https://x.example/', 'https://*.x.example', 'x.example:80', '**.x', '', null]) {
    expect(accepts(originCheck, origin)).toBe(false);
  }
});

test('an origin is compared with what browsers send, which is lower case', () => {
  expect(originCheck('https://Shop.Example', '', ignore)).toBe('https://shop.example');
});

test('a path prefix takes the form /x, whatever slashes it was written with', () => {
  for (const prefix of ['x', '/x', 'x/', '/x/']) expect(pathPrefixCheck(prefix, '', ignore)).toBe('/x');
  for (const prefix of ['', '/']) expect(pathPrefixCheck(prefix, '', ignore)).toBe('');
  expect(pathPrefixCheck('/a/b', '', ignore)).toBe('/a/b');
  for (const prefix of ['//x', '/a//b', '/a b', '/a?b', '/../a', '/.', 'http://x', null]) {
    expect(pathPrefixCheck(prefix, '', ignore)).toBeUndefined();
  }
});
