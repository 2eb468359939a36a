import { expect, test } from 'bun:test';
import { clientAddress } from './client-address.ts';

const isTrusted = (address: string): boolean => address.startsWith('10.');

test.each([
  ['203.0.113.5', null, '203.0.113.5'],
  // A stranger's header is not looked at.
  ['203.0.113.5', '198.51.100.1', '203.0.113.5'],
  ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['10.0.0.1', '192.0.2.1, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
  ['10.0.0.1', null, '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['10.0.0.1', '2001:db8::1', '2001:db8::1'],
])('[A-2.3] peer %s with the header %p is the client %s', (peer, header, client) => {
  const headers = new Headers(header === null ? {} : { 'x-forwarded-for': header });
  expect(clientAddress(headers, peer, isTrusted)).toBe(client);
});
