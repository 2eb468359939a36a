// A request whose node died half way is sent again: each channel hears it exactly once, wherever its partition lies.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { steps } from '../../src/cluster/redis/scripts.ts';
import type { Delivery, Publication } from '../../src/engine/ports.ts';
import type { AppId, ChannelName } from '../../src/protocol/ids.ts';
import { topicOf } from '../../src/protocol/topics.ts';
import { parseRedisUrl } from '../../src/redis/address.ts';
import { KeySpace, PARTITIONS_OF_CLUSTER } from '../../src/redis/partitions.ts';
import { openSession } from '../../src/redis/session.ts';
import { ledgerNode, Settling } from '../support/ledger-nodes.ts';
import { redisDirectory } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';

const APP = 'app' as AppId;
const CHANNELS = Array.from({ length: 12 }, (_, at) => `news-${at}` as ChannelName);
const PREFIX = 'once:';
const once = { key: 'order-7', digest: 'one', keptSeconds: 60 };

describe.skipIf(redisDirectory() === null)('a request that is sent again', () => {
  let servers: Awaited<ReturnType<typeof startRedisCluster>>;
  beforeAll(async () => {
    servers = await startRedisCluster();
  }, 30_000);
  afterAll(async () => await servers.stop());

  test('[H-10.2] reaches the channels that the first attempt did not, and no other', async () => {
    const node = ledgerNode({ url: servers.url, prefix: PREFIX, name: 'a' });
    const settling = new Settling([node.cluster], PREFIX, PARTITIONS_OF_CLUSTER);
    const told: Delivery[] = [];
    const [cluster] = settling.nodes;
    cluster?.bus.hear((delivery) => told.push(delivery));
    await cluster?.liveness.join({
      holdings: () => [],
      rejoined: () => undefined,
      report: () => ({ connections: 0, repairs: 0 }),
    });
    for (const channel of CHANNELS) await cluster?.bus.listen(topicOf(APP, channel));
    const keys = new KeySpace(PREFIX, PARTITIONS_OF_CLUSTER);
    const partitions = new Set(CHANNELS.map((channel) => keys.partitionOf(topicOf(APP, channel))));
    expect(partitions.size).toBeGreaterThan(2);

    // What a node does that dies between the partitions.
    const address = parseRedisUrl(servers.url);
    if (typeof address === 'string') throw new Error(address);
    const session = await openSession(address, { scripts: [], connectTimeoutMs: 5_000, ca: null, name: 'dying' });
    const [first = 0] = partitions;
    const here = CHANNELS.filter((channel) => keys.partitionOf(topicOf(APP, channel)) === first);
    const publications = here.flatMap((channel) => [topicOf(APP, channel), 'E{}', '']);
    const args = ['SPUBLISH', Number.MAX_SAFE_INTEGER, `${APP}/${once.key}`, once.digest, 60_000, ...publications];
    await steps.publish.run(session.commands(first), [keys.key(first, 'nodes')], args);
    session.end(new Error('dead'));

    const all = CHANNELS.map(
      (channel): Publication => ({
        delivery: { kind: 'event', app: APP, channel, frame: '{}', except: null, keptSeconds: 0 },
        remember: null,
      }),
    );
    expect(await cluster?.bus.publishAll(all, once)).toBe('sent');
    expect(await cluster?.bus.publishAll(all, once)).toBe('again');
    expect(await cluster?.bus.publishAll(all, { ...once, digest: 'two' })).toBe('conflict');
    await settling.settled();
    const heard = told.flatMap((each) => (each.kind === 'event' ? [each.channel] : []));
    expect(heard.toSorted()).toEqual(CHANNELS.toSorted());
    await node.stop();
  }, 20_000);
});
