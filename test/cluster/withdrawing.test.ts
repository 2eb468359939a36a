// A node that is to end does so, whatever Redis does.
import { describe, expect, test } from 'bun:test';
import { ledgerNode } from '../support/ledger-nodes.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';

const SIDE = { holdings: () => [], rejoined: () => undefined, report: () => ({ connections: 0, repairs: 0 }) };

describe.skipIf(redisDirectory() === null)('a node that withdraws', () => {
  test('does not wait for a server that hangs', async () => {
    await using server = await startRedis();
    const { cluster, stop } = ledgerNode({ url: server.url, prefix: 'vask:', name: 'node' });
    await cluster.liveness.join(SIDE);
    server.pause();
    expect(cluster.liveness.absence).toBeNull();
    const failure: unknown = await Promise.resolve(cluster.liveness.withdraw()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    await stop();
    server.resume();
  }, 20_000);
});
