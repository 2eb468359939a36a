// All nodes are restarted one after the other, as in an upgrade, under load: clients move, and nobody else notices.
import { expect, test } from 'bun:test';
import { eventually } from '../support/eventually.ts';
import { FaultCluster } from '../support/fault-cluster.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { agreed, expectGapless, expectWhole } from '../support/truth.ts';

const CHANNELS = ['presence-room', 'news'];

test.skipIf(redisDirectory() === null)(
  'a rolling restart loses nothing that a connected client should have got, and webhooks tell of nobody who left',
  async () => {
    await using redis = await startRedis();
    await using cluster = await FaultCluster.start({ redisUrls: [redis.url], settings: { webhookGraceSeconds: 3 } });
    const { receiver } = cluster;
    const ids = Array.from({ length: 15 }, (_, at) => `client-${at}`);
    const actors = await cluster.crowd(ids, CHANNELS);
    const isTold = (): boolean => ids.every((id) => receiver.names.includes(`member_added presence-room ${id}`));
    await receiver.until(isTold, 'the news of all members');
    const codes: (number | null)[] = [];
    for (const { sdk } of actors)
      sdk.pusher.bind('pusher:error', ({ code }: { code: number | null }) => codes.push(code));
    const load = cluster.startLoad(CHANNELS);
    for (const node of cluster.nodes) {
      cluster.balancer.take(node.port);
      const stopping = node.stop();
      await stopping;
      await node.start();
      cluster.balancer.put(node.port);
      await eventually('everybody back', async () => {
        return actors.every(({ seats }) => [...seats.values()].every(({ isSubscribed }) => isSubscribed)) || null;
      });
      await load.during(500);
    }
    await load.end();
    const losses = actors.reduce((sum, actor) => sum + actor.losses, 0);
    console.log(`${load.report}; ${losses} moves of ${actors.length} clients, closed with ${[...new Set(codes)]}`);
    expect(load.refused).toEqual([]);
    // Whoever was closed was asked to come back.
    expect(codes).toEqual(Array(losses).fill(4200));
    expect(losses).toBeGreaterThanOrEqual(actors.length);
    for (const channel of CHANNELS) expectGapless(actors, channel, load);
    await agreed(cluster);
    // The grace is over for everybody who has moved.
    await load.during(4_000);
    expect(receiver.names.filter((name) => /^(channel_vacated|member_removed)/.test(name))).toEqual([]);
    expect(receiver.names.filter((name) => /^member_added/.test(name))).toHaveLength(ids.length);
    await expectWhole(cluster, [redis]);
    await receiver.until(() => receiver.names.includes('channel_vacated news'), 'the end');
    expect(receiver.names.filter((name) => name === 'channel_vacated news')).toHaveLength(1);
  },
  120_000,
);
