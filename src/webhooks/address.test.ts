import { describe, expect, test } from 'bun:test';
import { isAddress, isPublicAddress } from './address.ts';

describe('addresses', () => {
  test('[W-5.2] that are not public, or are none', () => {
    const addresses = [
      ...['0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.255', '169.254.169.254', '172.16.0.1'],
      ...['172.31.255.255', '192.0.0.8', '192.168.1.1', '198.18.0.1', '203.0.113.9', '224.0.0.1', '255.255.255.255'],
      ...[
        '::',
        '::1',
        'fe80::1',
        'fe80::1%eth0',
        'fc00::1',
        'fd00:ec2::254',
        'ff02::1',
        '2001:db8::1',
        '2002:7f00:1::',
      ],
      ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::8.8.8.8', '64:ff9b::a00:1', '2001:0:1::1'],
      ...[
        '',
        'localhost',
        '1.2.3',
        '1.2.3.4.5',
        '01.2.3.4',
        '256.1.1.1',
        '0x7f.1',
        '2130706433',
        ':::',
        '1::2::3',
        'g::1',
      ],
      ...['2606:4700:4700::1111:1:1:1:1:1', '2606:4700', '::1.2.3', '2606::1.2.3.400'],
    ];
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });

  test('[W-5.2] that are public', () => {
    const addresses = ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '223.255.255.255', '2606:4700:4700::1111'];
    expect(addresses.filter((address) => !isPublicAddress(address))).toEqual([]);
  });

  test('are told from names', () => {
    expect(['127.0.0.1', '::1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4'].every(isAddress)).toBe(true);
    expect(['localhost', '1.2.3', '::g', ''].some(isAddress)).toBe(false);
  });
});
