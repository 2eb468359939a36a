import { expect, test } from 'bun:test';
import { networkOf, strangerAt } from './network.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
  ['2001:0DB8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('[A-2.3] %s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each([
  ['127.0.0.1', null],
  ['127.1.2.3', null],
  ['::1', null],
  ['::ffff:127.0.0.1', null],
  ['', null],
  ['10.0.0.1', '10.0.0.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
])('[P-10.1] a stranger at %p is bounded as %p', (address, network) => {
  expect(strangerAt(address)).toBe(network as never);
});
