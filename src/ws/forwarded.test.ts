import { describe, expect, test } from 'bun:test';
import { isSecure, trustProxies } from './forwarded.ts';

describe('[P-2.7] proxies are trusted', () => {
  const lists: readonly (readonly [string, readonly string[], string, boolean])[] = [
    ['by none', [], '127.0.0.1', false],
    ['by address', ['127.0.0.1'], '127.0.0.1', true],
    ['not by another address', ['127.0.0.1'], '127.0.0.2', false],
    ['by subnet', ['10.0.0.0/8'], '10.1.2.3', true],
    ['not beyond the subnet', ['10.0.0.0/8'], '11.1.2.3', false],
    ['by the second entry', ['192.168.0.0/16', '10.0.0.1'], '10.0.0.1', true],
    ['as IPv4 in IPv6 form', ['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    ['by IPv6 address', ['::1'], '::1', true],
    ['by IPv6 subnet', ['fd00::/8'], 'fd12::1', true],
    ['not by an IPv4 list for IPv6', ['10.0.0.0/8'], '::1', false],
    ['not when the address is unknown', ['0.0.0.0/0', '::/0'], '', false],
    ['not when the address is none', ['0.0.0.0/0'], 'localhost', false],
  ];
  test.each(lists)('%s', (_, trusted, peer, expected) => {
    expect(trustProxies(trusted)(peer)).toBe(expected);
  });
});

describe('[P-2.7] a connection came with TLS', () => {
  const connections: readonly (readonly [string | null, boolean, boolean, boolean])[] = [
    [null, false, false, false],
    [null, true, false, true],
    [null, true, true, true],
    [null, false, true, false],
    ['https', false, false, false],
    ['https', false, true, true],
    ['WSS', false, true, true],
    ['http', true, true, false],
    ['http', true, false, true],
    ['https, http', false, true, true],
    [' https ,http', false, true, true],
    ['http, https', false, true, false],
    ['', true, true, false],
  ];
  test.each(connections)(
    'x-forwarded-proto %p, TLS here %p, trusted %p → %p',
    (forwarded, here, isTrusted, expected) => {
      const headers = new Headers(forwarded === null ? {} : { 'x-forwarded-proto': forwarded });
      expect(isSecure(headers, here, isTrusted)).toBe(expected);
    },
  );
});
