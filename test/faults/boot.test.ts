// A node that is to be one of several and finds no Redis waits, says why, and is never alone in silence.
import { expect, test } from 'bun:test';
import { openCut } from '../support/cut.ts';
import { eventually } from '../support/eventually.ts';
import { FaultCluster } from '../support/fault-cluster.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { expectWhole } from '../support/truth.ts';

test.skipIf(redisDirectory() === null)(
  'nodes that start without Redis are not ready and say why, publish nothing, and serve once it is there',
  async () => {
    await using redis = await startRedis();
    const cable = await openCut(redis.port);
    await cable.cut();
    const redisUrls = [`redis://someone:a-secret@127.0.0.1:${cable.port}`];
    await redis.command('ACL', 'SETUSER', 'someone', 'on', '>a-secret', '~*', '&*', '+@all');
    await using cluster = await FaultCluster.start({ redisUrls, nodes: 2, isReady: false });
    for (const [at, node] of cluster.nodes.entries()) {
      const text = await eventually('a node that says why it is not ready', async () => {
        const { status, text } = await node.readiness();
        return status === 503 && /redis/i.test(text) ? text : null;
      });
      console.log(`/ready: ${text.trim()}`);
      expect(text).not.toContain('a-secret');
      expect((await fetch(`${node.url}/up`)).status).toBe(200);
      expect(await cluster.publish(at, ['news'], 'n', { n: 1 })).toBe(503);
    }
    await cable.heal();
    await Promise.all(cluster.nodes.map((node) => node.ready()));
    await cluster.crowd(['ann', 'bob', 'cem', 'dee'], ['presence-room', 'news']);
    await expectWhole(cluster, [redis]);
    for (const { logLines } of cluster.nodes) expect(logLines.join('\n')).not.toContain('a-secret');
    await cable.close();
  },
  60_000,
);
