// A session with a real Redis Cluster of three masters.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { KeySpace, PARTITIONS_OF_CLUSTER, slotOf, tagsOf } from '../../src/redis/partitions.ts';
import { makeCertificate } from '../support/certificate.ts';
import { redisDirectory } from '../support/redis.ts';
import { type LocalRedisCluster, startRedisCluster } from '../support/redis-cluster.ts';
import { ADD, faultOf, open } from './stage.ts';

const SPACE = new KeySpace('vask:', PARTITIONS_OF_CLUSTER);
const PARTITIONS = [...Array(PARTITIONS_OF_CLUSTER).keys()];

describe.skipIf(redisDirectory() === null)('a session with a cluster', () => {
  let cluster: LocalRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);
  afterAll(async () => {
    await cluster.stop();
  });

  const serverAt = (index: number) => {
    const server = cluster.servers[index];
    if (server === undefined) throw new Error(`there is no server ${index}`);
    return server;
  };

  test('slots are those that the cluster itself computes', async () => {
    for (const text of ['123456789', 'vask', 'é', ...tagsOf(PARTITIONS_OF_CLUSTER)]) {
      expect(await serverAt(0).command('CLUSTER', 'KEYSLOT', text)).toBe(slotOf(text));
    }
  });

  test('each partition is with the master that has its slot, and each master has one pair of connections', async () => {
    await using opened = await open(cluster.url);
    const { session } = opened;
    expect({ partitions: session.partitions, isSharded: session.isSharded }).toEqual({
      partitions: PARTITIONS_OF_CLUSTER,
      isSharded: true,
    });
    for (const partition of PARTITIONS) {
      expect(await ADD.run(session.commands(partition), [SPACE.key(partition, 'a')], [1])).toBe(1);
    }
    expect(new Set(PARTITIONS.map((partition) => session.commands(partition))).size).toBe(3);
    expect(new Set(session.subscribers)).toEqual(new Set(PARTITIONS.map((partition) => session.subscriber(partition))));
  });

  test('one seed is enough', async () => {
    await using opened = await open(`redis+cluster://127.0.0.1:${serverAt(2).port}`);
    expect(opened.session.subscribers).toHaveLength(3);
  });

  test('sharded channels of all partitions are heard', async () => {
    await using opened = await open(cluster.url);
    const heard = new Set<string>();
    const { promise: all, resolve } = Promise.withResolvers<void>();
    for (const subscriber of opened.session.subscribers) {
      subscriber.on('smessage', (channel: string, text: string) => {
        heard.add(`${channel} ${text}`);
        if (heard.size === PARTITIONS_OF_CLUSTER) resolve();
      });
    }
    await Promise.all(PARTITIONS.map((at) => opened.session.subscriber(at).ssubscribe(SPACE.key(at, 't'))));
    await Promise.all(PARTITIONS.map((at) => opened.session.commands(at).spublish(SPACE.key(at, 't'), String(at))));
    await all;
    expect(heard).toEqual(new Set(PARTITIONS.map((at) => `${SPACE.key(at, 't')} ${at}`)));
  });

  const slotOfPartition = (partition: number): number => slotOf(tagsOf(PARTITIONS_OF_CLUSTER)[partition] ?? '');

  test('ends with the first command for a slot that has moved, and the next one finds it', async () => {
    await using before = await open(cluster.url);
    await before.session.commands(0).set(SPACE.key(0, 'moved'), 'along');
    await cluster.moveSlot(slotOfPartition(0), serverAt(0), serverAt(1));
    expect(await faultOf(before.session.commands(0).get(SPACE.key(0, 'moved')))).toStartWith('MOVED');
    expect((await before.ended).message).toContain('MOVED');
    await using after = await open(cluster.url);
    expect(await after.session.commands(0).get(SPACE.key(0, 'moved'))).toBe('along');
    await cluster.moveSlot(slotOfPartition(0), serverAt(1), serverAt(0));
  });

  test('ends when a slot with a subscription moves, though nothing is sent', async () => {
    await using opened = await open(cluster.url);
    await opened.session.subscriber(1).ssubscribe(SPACE.key(1, 't'));
    await cluster.moveSlot(slotOfPartition(1), serverAt(0), serverAt(1));
    expect((await opened.ended).message).toContain('moved');
    await cluster.moveSlot(slotOfPartition(1), serverAt(1), serverAt(0));
  });

  test('ends as a whole when one of the masters is killed', async () => {
    await using opened = await open(cluster.url);
    await serverAt(2).kill();
    await opened.ended;
    expect(await faultOf(opened.session.commands(0).ping())).toBe('Connection is closed.');
  });
});

test.skipIf(redisDirectory() === null)(
  'a cluster may have a password and speak TLS',
  async () => {
    using certificate = makeCertificate();
    await using cluster = await startRedisCluster({ password: 'hush', tls: certificate });
    const ca = readFileSync(certificate.cert, 'utf8');
    await using opened = await open(cluster.url, { ca });
    for (const partition of PARTITIONS) {
      expect(await ADD.run(opened.session.commands(partition), [SPACE.key(partition, 'a')], [1])).toBe(1);
    }
    await cluster.stop();
  },
  60_000,
);
