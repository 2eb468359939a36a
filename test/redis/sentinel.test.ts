// A session that finds its server by real sentinels.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { redisDirectory } from '../support/redis.ts';
import { MASTER_NAME, type SentinelRedis, startSentinel } from '../support/redis-sentinel.ts';
import { faultOfOpening, open } from './stage.ts';

describe.skipIf(redisDirectory() === null)('a session by sentinels', () => {
  let redis: SentinelRedis;
  beforeAll(async () => {
    redis = await startSentinel({ sentinels: 3 });
  }, 60_000);
  afterAll(async () => {
    await redis.stop();
  });

  test('is one with the master, and has one partition', async () => {
    await using opened = await open(redis.url);
    await opened.session.commands(0).set('who', 'master');
    expect(await redis.master.command('GET', 'who')).toBe('master');
    expect(opened.session.partitions).toBe(1);
  });

  test('a name that the sentinels do not know is told', async () => {
    const fault = await faultOfOpening(redis.url.replace(MASTER_NAME, 'other'));
    expect(fault).toContain('knows no server of the name other');
  });

  test('a sentinel that is away is no harm, and the session survives it', async () => {
    const [first] = redis.sentinels;
    if (first === undefined) throw new Error('there is no sentinel');
    await using before = await open(redis.url);
    await first.kill();
    await using after = await open(redis.url);
    for (const { session } of [before, after]) expect(await session.commands(0).ping()).toBe('PONG');
    await first.restart();
  });

  test('ends at once when the sentinels replace the master in peace, and the next one is with the new master', async () => {
    await using planned = await startSentinel();
    await using before = await open(planned.url);
    await planned.failover();
    expect((await before.ended).message).toContain('another server');
    await using after = await open(planned.url);
    await after.session.commands(0).set('who', 'promoted');
    expect(await planned.replica.command('GET', 'who')).toBe('promoted');
  }, 60_000);

  test('has a password for the servers, and another one for the sentinels', async () => {
    await using locked = await startSentinel({ password: 'hush', sentinelPassword: 'watch' });
    await using opened = await open(locked.url);
    expect(await opened.session.commands(0).ping()).toBe('PONG');
    const fault = await faultOfOpening(locked.url.replace('=watch', '=wr0ng'));
    expect(fault).toContain('WRONGPASS');
    expect(fault).not.toContain('wr0ng');
  }, 60_000);

  test('sentinels that say nothing are waited for no longer than the time there is', async () => {
    const [first, second] = redis.sentinels;
    first?.pause();
    second?.pause();
    await using opened = await open(redis.url, { connectTimeoutMs: 2_000 });
    expect(await opened.session.commands(0).ping()).toBe('PONG');
    first?.resume();
    second?.resume();
  });

  test('ends when the master is killed, and the next one is with the new master', async () => {
    await using before = await open(redis.url);
    await redis.master.kill();
    await before.ended;
    await redis.promoted();
    await using after = await open(redis.url);
    await after.session.commands(0).set('who', 'promoted');
    expect(await redis.replica.command('GET', 'who')).toBe('promoted');
  }, 60_000);
});
