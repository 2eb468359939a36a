// Two databases of one Redis are two worlds, though Redis has its channels in common for both.
import { describe, expect, test } from 'bun:test';
import type { Delivery } from '../../src/engine/ports.ts';
import type { AppId, ChannelName } from '../../src/protocol/ids.ts';
import { topicOf } from '../../src/protocol/topics.ts';
import { ledgerNode } from '../support/ledger-nodes.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';

const APP = 'app' as AppId;
const NEWS = 'news' as ChannelName;
const SIDE = { holdings: () => [], rejoined: () => undefined, report: () => ({ connections: 0, repairs: 0 }) };

describe.skipIf(redisDirectory() === null)('nodes in two databases of one server', () => {
  test('hear nothing of each other', async () => {
    await using server = await startRedis();
    const told: [number, Delivery][] = [];
    const nodes = [0, 1].map((database) =>
      ledgerNode({ url: `${server.url}/${database}`, prefix: 'vask:', name: `node-${database}` }),
    );
    for (const [database, { cluster }] of nodes.entries()) {
      cluster.bus.hear((delivery) => told.push([database, delivery]));
      await cluster.liveness.join(SIDE);
      await cluster.bus.listen(topicOf(APP, NEWS));
    }
    const event = (frame: string) =>
      ({ kind: 'event', app: APP, channel: NEWS, frame, except: null, keptSeconds: 0 }) as const;
    for (const [database, { cluster }] of nodes.entries()) await cluster.bus.publish(event(`of ${database}`));
    // A mark to itself is heard after all that was published before it.
    for (const { cluster } of nodes) await cluster.ledger.recall(APP, NEWS);
    expect(told).toEqual([
      [0, event('of 0')],
      [1, event('of 1')],
    ]);
    for (const { stop } of nodes) await stop();
  }, 20_000);
});
