// `vask doctor --local`: what a server here would lean on. The limits of the machine have tests of their own.
import { describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeClock } from '../../src/cli/doctor/needs.ts';
import { makeCertificate } from '../support/certificate.ts';
import { APP_ID, KEY, SECRET } from '../support/credentials.ts';
import { postgresDirectory, startPostgres } from '../support/postgres.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { emptyDirectory, vask } from './vask.ts';

interface Finding {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly advice?: string;
}

const withRedis = redisDirectory() !== null;
const withPostgres = postgresDirectory() !== null;

async function examine(env: Readonly<Record<string, string>>, settings: object = {}) {
  using directory = emptyDirectory();
  writeFileSync(join(directory.path, 'vask.json'), JSON.stringify(settings));
  const args = ['doctor', '--local', '--json', '--config', 'vask.json', '--timeout', '10'];
  const { out, err } = await vask(args, { directory: directory.path, env });
  if (out === '') throw new Error(err);
  const { checks } = JSON.parse(out) as { checks: readonly Finding[] };
  return (name: string): Finding | undefined => checks.find((check) => check.name === name);
}

describe('what a server here would lean on', () => {
  test('[CLI] an empty folder is all that one node needs', async () => {
    const found = await examine({});
    expect(found('data folder')?.status).toBe('ok');
    expect(found('database')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining('to come with the next start'),
    });
    for (const name of ['tls files', 'webhooks', 'redis']) expect(found(name)?.status).toBe('skipped');
  });

  test('[CLI] a chain that ends soon is told, and one that does not fit its key', async () => {
    using files = makeCertificate();
    using other = makeCertificate();
    const soon = await examine({ VASK_TLS_CERT: files.cert, VASK_TLS_KEY: files.key });
    expect(soon('tls files')).toMatchObject({
      status: 'ok',
      detail: '1 in the chain, valid for 0 days: renew it soon',
    });
    const mixed = await examine({ VASK_TLS_CERT: files.cert, VASK_TLS_KEY: other.key });
    expect(mixed('tls files')?.status).toBe('failed');
  });

  test('[CLI] a backend of webhooks that takes no connection is named, one that does is not', async () => {
    await using backend = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
    const host = `127.0.0.1:${backend.port}`;
    const app = (url: string) => [{ id: APP_ID, key: KEY, secret: SECRET, webhooks: [{ url }] }];
    const allowed = { webhookAllowedHosts: [host, '127.0.0.1:1'] };
    const well = await examine({}, { ...allowed, apps: app(`http://${host}/hook`) });
    expect(well('webhooks')).toMatchObject({ status: 'ok', detail: '1 of 1 take connections' });
    const gone = await examine({}, { ...allowed, apps: app('http://127.0.0.1:1/hook') });
    expect(gone('webhooks')).toMatchObject({ status: 'failed', detail: expect.stringContaining('127.0.0.1:1: ') });
  });

  test('[CLI] a clock that is off by more than seconds is told, on either side', () => {
    expect(judgeClock(10_000, 12_000, 'x')).toEqual({ status: 'ok', detail: 'x; the clocks agree' });
    expect(judgeClock(70_000, 10_000, 'x').detail).toBe('x; its clock is 60 s ahead of this one');
    expect(judgeClock(10_000, 70_000, 'x').detail).toBe('x; its clock is 60 s behind this one');
  });

  test('[CLI] a Redis and a PostgreSQL that are not there are told with what to look at, and no password', async () => {
    const found = await examine({
      VASK_REDIS_URL: 'redis://:hidden-one@127.0.0.1:1',
      VASK_DATABASE_URL: 'postgres://vask:hidden-two@127.0.0.1:1/vask',
    });
    for (const name of ['redis', 'database']) expect(found(name)?.status).toBe('failed');
    expect(JSON.stringify([found('redis'), found('database')])).not.toMatch(/hidden/);
  });
});

describe.skipIf(!withRedis)('Redis', () => {
  test('[CLI] that keeps what it is given is well, with version and delay', async () => {
    await using redis = await startRedis({ directives: { 'maxmemory-policy': 'noeviction' } });
    const found = await examine({ VASK_REDIS_URL: redis.url });
    expect(found('redis')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^version \d.*ms, maxmemory-policy noeviction; the clocks agree$/),
    });
  });

  test('[CLI] that evicts is not', async () => {
    await using redis = await startRedis({ directives: { 'maxmemory-policy': 'allkeys-lru' } });
    const found = await examine({ VASK_REDIS_URL: redis.url });
    expect(found('redis')).toMatchObject({ status: 'failed', advice: expect.stringContaining('noeviction') });
  });
});

describe.skipIf(!withPostgres)('PostgreSQL', () => {
  test('[CLI] is asked for its clock and for what it lacks, and is not changed', async () => {
    const postgres = await startPostgres();
    await using _ = { [Symbol.asyncDispose]: () => postgres.stop() };
    const url = await postgres.emptyDatabase();
    for (let round = 0; round < 2; round++) {
      const found = await examine({ VASK_DATABASE_URL: url });
      expect(found('database')).toMatchObject({
        status: 'ok',
        detail: expect.stringMatching(/migrations to come.*the clocks agree$/),
      });
    }
  });
});
