// When everything was lost, a node that has little to say hears out those who have much, before it compares.
import { describe, expect, test } from 'bun:test';
import { describeNode } from '../../src/cluster/redis/report.ts';
import { parseRedisUrl } from '../../src/redis/address.ts';
import { openSession } from '../../src/redis/session.ts';
import { eventually } from '../support/eventually.ts';
import { ledgerNode } from '../support/ledger-nodes.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';

const OTHER = 'big.1';
const NODES = 'vask:{0}:nodes';
const INFO = 'vask:{0}:info';
/** As long as a node waits for one that does not come at all, and more. */
const LONGER_MS = 4_000;

const told = (whole: boolean): string =>
  describeNode({ name: 'big', version: '', startedAtMs: 0, lagMs: 0, isWhole: whole, connections: 0, repairs: 0 });

describe.skipIf(redisDirectory() === null)('a node that comes back to an empty Redis', () => {
  test('waits for another one that is back and has not said everything yet', async () => {
    await using server = await startRedis();
    const address = parseRedisUrl(server.url);
    if (typeof address === 'string') throw new Error(address);
    // Another node, as far as one sees from outside: somebody reads its inbox, and it has a lease.
    const session = await openSession(address, { scripts: [], connectTimeoutMs: 5_000, ca: null, name: 'big' });
    await session.subscriber(0).subscribe(`vask:{0}:n:${OTHER}`);
    const enter = `redis.call('ZADD', '${NODES}', 1e15, '${OTHER}') redis.call('HSET', '${INFO}', '${OTHER}', ARGV[1])`;
    await server.command('EVAL', enter, '0', told(true));
    const { cluster, stop, status } = ledgerNode({ url: server.url, prefix: 'vask:', name: 'small' });
    let rejoinedAtMs = 0;
    await cluster.liveness.join({
      holdings: () => [],
      rejoined: () => {
        rejoinedAtMs = performance.now();
      },
      report: () => ({ connections: 0, repairs: 0 }),
    });
    // Two beats later it has seen the other one.
    const leases = new Set<string>();
    await eventually('a third lease', async () => {
      leases.add(String((await server.command('ZRANGE', NODES, '0', '0', 'WITHSCORES')) as string[]));
      return leases.size >= 3 ? true : null;
    });
    await server.command('EVAL', `redis.call('FLUSHALL') ${enter}`, '0', told(false));
    const sinceMs = performance.now();
    await eventually('a second attempt', () => Promise.resolve(status().attempts === 2 ? true : null));
    await eventually('as much time', () => Promise.resolve(performance.now() - sinceMs > LONGER_MS ? true : null));
    expect(rejoinedAtMs).toBe(0);
    await server.command('HSET', INFO, OTHER, told(true));
    await eventually('a comparison', () => Promise.resolve(rejoinedAtMs > 0 ? true : null));
    await stop();
    session.end(new Error('done'));
  }, 30_000);
});
