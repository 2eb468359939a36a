// A Redis that has no memory left takes nothing, and whoever asks the node why is told so.
import { describe, expect, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { ledgerNode } from '../support/ledger-nodes.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';

const SIDE = { holdings: () => [], rejoined: () => undefined, report: () => ({ connections: 0, repairs: 0 }) };

describe.skipIf(redisDirectory() === null)('a node whose Redis is full', () => {
  test('says so through all of its attempts, and is back when there is memory', async () => {
    await using server = await startRedis();
    const { cluster, status, stop } = ledgerNode({ url: server.url, prefix: 'vask:', name: 'node' });
    await cluster.liveness.join(SIDE);
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    const reasons = new Set<string>();
    await eventually('some attempts', () => {
      if (cluster.liveness.absence !== null) reasons.add(cluster.liveness.absence.slice(0, 26));
      return Promise.resolve(status().attempts >= 5 ? true : null);
    });
    expect([...reasons]).toEqual(['OOM command not allowed wh']);
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    await eventually('a return', () => Promise.resolve(cluster.liveness.absence === null ? true : null));
    await stop();
  }, 20_000);
});
