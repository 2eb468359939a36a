import { describe, expect, test } from 'bun:test';
import { GuardError, guard, urlFault } from './guard.ts';

describe('a URL', () => {
  test.each([
    ['https://shop.example/hooks?a=b#c'],
    ['https://shop.example:8443/'],
    ['https://8.8.8.8/'],
    ['https://[2606:4700:4700::1111]/'],
    ['HTTPS://SHOP.EXAMPLE'],
  ])('[W-5.1] of public HTTPS is taken: %s', (url) => {
    expect(urlFault(url, [])).toBeNull();
  });

  test.each([
    ['http://shop.example/'],
    ['ftp://shop.example/'],
    ['file:///etc/passwd'],
    ['not a url'],
    [''],
    ['https://user:pass@shop.example/'],
    ['https://user@shop.example/'],
    ['https://localhost/'],
    ['https://LOCALHOST./'],
    ['https://a.localhost../'],
    ['https://intranet.../'],
    ['https://127.0.0.1/'],
    ['https://127.1/'],
    ['https://2130706433/'],
    ['https://0x7f.0.0.1/'],
    ['https://0177.0.0.1/'],
    ['https://[::1]/'],
    ['https://[::ffff:8.8.8.8]/'],
    ['https://169.254.169.254/latest/meta-data'],
    ['https://metadata.google.internal/'],
    ['https://printer.local/'],
    ['https://intranet/'],
    [`https://shop.example/${'a'.repeat(2_000)}`],
  ])('[W-5.1] of anything else is refused: %s', (url) => {
    expect(urlFault(url, [])).toStartWith('must ');
  });

  test('[W-5.3] of an allowed host is taken, by name, with its port, or by the domain above it', () => {
    const hosts = ['hooks.internal', '127.0.0.1:8080', '*.svc.local', '::1', '[::1]:9000'];
    const taken = [
      'http://hooks.internal/',
      'https://hooks.internal:99/',
      'http://127.0.0.1:8080/',
      'http://a.b.svc.local',
      'http://[::1]:1/',
    ];
    const refused = [
      'http://127.0.0.1/',
      'http://127.0.0.1:8081/',
      'http://svc.local/',
      'http://evilsvc.local/',
      'http://x.hooks.internal/',
      'http://u:p@hooks.internal/',
    ];
    expect(taken.filter((url) => urlFault(url, hosts) !== null)).toEqual([]);
    expect(refused.filter((url) => urlFault(url, hosts) === null)).toEqual([]);
  });
});

describe('a name', () => {
  test('[W-5.2] is asked for once, and its address is the one that was looked at', async () => {
    let asked = 0;
    const resolve = () => Promise.resolve(asked++ === 0 ? ['2606:4700::1', '8.8.8.8'] : ['127.0.0.1']);
    expect((await guard('https://shop.example/x', [], resolve)).address).toBe('8.8.8.8');
    expect(asked).toBe(1);
  });

  test.each([[['127.0.0.1']], [['8.8.8.8', '10.0.0.1']], [['::ffff:8.8.8.8']], [['8.8.8.8', 'fe80::1']]])(
    '[W-5.2] with an address that is not public is refused: %p',
    (addresses) => {
      expect(guard('https://shop.example/x', [], () => Promise.resolve(addresses))).rejects.toBeInstanceOf(GuardError);
    },
  );

  test('[W-5.3] that is allowed may have any address', async () => {
    const target = await guard('http://hooks.internal/', ['hooks.internal'], () => Promise.resolve(['10.0.0.9']));
    expect(target.address).toBe('10.0.0.9');
  });

  test('without an address is an error', async () => {
    await expect(guard('https://shop.example/x', [], () => Promise.resolve([]))).rejects.toThrow('no address');
  });
});
