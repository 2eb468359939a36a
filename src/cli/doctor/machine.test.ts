import { describe, expect, test } from 'bun:test';
import { MACHINE_CHECKS } from './machine.ts';

type Run = (typeof MACHINE_CHECKS)[number]['run'];
type Config = Parameters<Run>[0]['config'];

const LIMITS = (soft: string, hard: string) =>
  `Limit  Soft  Hard  Units\nMax open files            ${soft}    ${hard}    files\n`;
const WELL: Readonly<Record<string, string>> = {
  '/proc/self/limits': LIMITS('1048576', '1048576'),
  '/proc/sys/net/core/somaxconn': '4096\n',
  '/proc/sys/net/ipv4/tcp_max_syn_backlog': '4096\n',
  '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
  '/proc/sys/net/netfilter/nf_conntrack_max': '262144\n',
  '/proc/sys/net/netfilter/nf_conntrack_count': '12\n',
};

async function examine(files: Readonly<Record<string, string>>, maxConnections = 0) {
  // The checks look at this setting alone.
  const config = { maxConnections } as unknown as Config;
  const read = (path: string) => files[path] ?? null;
  return Object.fromEntries(
    await Promise.all(
      MACHINE_CHECKS.map(async ({ name, run }) => [name, await run({ config, timeoutMs: 1, read })] as const),
    ),
  );
}

describe('the machine', () => {
  test('[CLI] that is well is told what fits', async () => {
    const found = await examine(WELL);
    expect(Object.values(found).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(found['local ports']?.detail).toContain('28232 connections');
  });

  test('[CLI] that tells nothing is not judged', async () => {
    const found = await examine({});
    expect(Object.values(found).map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped', 'skipped']);
  });

  test.each([
    ['files', { '/proc/self/limits': LIMITS('1024', '4096') }, 0, '1024 files'],
    ['files', { '/proc/self/limits': LIMITS('65536', '65536') }, 100_000, 'maxConnections is 100000'],
    ['accept queue', { '/proc/sys/net/core/somaxconn': '128\n' }, 0, 'somaxconn is 128'],
    ['local ports', { '/proc/sys/net/ipv4/ip_local_port_range': '60000 60999' }, 0, '1000 ports'],
    ['tracking', { '/proc/sys/net/netfilter/nf_conntrack_count': '250000\n' }, 0, '250000 of 262144'],
    ['tracking', {}, 300_000, 'maxConnections is 300000'],
  ] as const)('[CLI] that is too small in "%s" is told so, with advice', async (name, files, most, detail) => {
    const found = (await examine({ ...WELL, ...files }, most))[name];
    expect(found?.status).toBe('failed');
    expect(found?.detail).toContain(detail);
  });

  test('[CLI] without a limit has any number of files', async () => {
    const found = await examine({ ...WELL, '/proc/self/limits': LIMITS('unlimited', 'unlimited') }, 10);
    expect(found['files']?.detail).toContain('any number of files');
  });
});
