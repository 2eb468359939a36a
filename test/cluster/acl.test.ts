// The rights that docs/operations.md gives the Redis user of Vask are enough: nodes that have no others do all that nodes
// do, and Redis has nothing to refuse.
import { describe, expect, test } from 'bun:test';
import { APP_ID } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { FaultCluster } from '../support/fault-cluster.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';

const TIMEOUT_MS = 60_000;
const DOCS = await Bun.file(`${import.meta.dir}/../../docs/operations.md`).text();

/** The commands as a shell would take them apart. */
function rightsOf(docs: string): string[][] {
  const commands = docs.replaceAll('\\\n', ' ').matchAll(/^\$ redis-cli (ACL SETUSER vask .*)$/gm);
  return [...commands].map(([, text = '']) =>
    text
      .replaceAll('PASSWORD', 'a-secret')
      .split(/\s+/)
      .map((word) => word.replaceAll(/['\\]/g, '')),
  );
}

/** Everything that asks something of Redis. */
async function live(cluster: FaultCluster): Promise<void> {
  const { receiver } = cluster;
  const port = (at: number): number => cluster.node(at).port;
  const ann = await cluster.actor('ann', { port: port(0), watchlist: ['bob'] });
  const bob = await cluster.actor('bob', { port: port(1) });
  for (const actor of [ann, bob]) await actor.sdk.signIn();
  for (const actor of [ann, bob]) await actor.join('presence-room', 'news', 'cache-news');
  for (const channels of [['news'], ['news', 'presence-room'], ['cache-news']]) {
    expect(await cluster.publish(0, channels, 'token', { token: 'a' })).toBe(200);
  }
  const body = { name: 'token', channels: ['news'], data: '{"token":"once"}' };
  const headers = { 'idempotency-key': 'a-key' };
  for (const at of [0, 1]) {
    const answer = await cluster.node(at).request('POST', `/apps/${APP_ID}/events`, { body, headers });
    expect(answer.status).toBe(200);
  }
  for (const path of ['channels', 'channels/presence-room', 'channels/presence-room/users']) {
    expect((await cluster.node(1).request('GET', `/apps/${APP_ID}/${path}`)).status).toBe(200);
  }
  await eventually('what was published', async () => bob.seat('news').tokens.includes('once') || null);
  const later = await cluster.actor('later', { port: port(1) });
  await later.join('cache-news', 'presence-room');
  later.leave('presence-room');
  // One is killed and undone by the other, and one ends as it should.
  await cluster.node(1).kill();
  await receiver.until(() => receiver.names.includes('member_removed presence-room bob'));
  await cluster.node(1).start();
  await cluster.node(1).stop();
  expect((await cluster.node(0).readiness()).status).toBe(200);
}

async function expectNoRefusal(servers: readonly Redis[]): Promise<void> {
  for (const server of servers) expect(await server.command('ACL', 'LOG')).toEqual([]);
}

describe.skipIf(redisDirectory() === null)('a user with the rights that the documentation lists', () => {
  const [always = [], onCluster = []] = rightsOf(DOCS);

  test(
    'is enough for nodes on one Redis',
    async () => {
      await using redis = await startRedis();
      await redis.command(...always);
      const redisUrls = [redis.url.replace('//', '//vask:a-secret@')];
      {
        await using cluster = await FaultCluster.start({ redisUrls, nodes: 2, settings: { redisPrefix: 'vask:' } });
        await live(cluster);
      }
      await expectNoRefusal([redis]);
    },
    TIMEOUT_MS,
  );

  test(
    'is enough for nodes on a Redis Cluster',
    async () => {
      const redis = await startRedisCluster();
      for (const server of redis.servers) for (const rights of [always, onCluster]) await server.command(...rights);
      const redisUrls = [redis.url.replace('//', '//vask:a-secret@')];
      {
        await using cluster = await FaultCluster.start({ redisUrls, nodes: 2, settings: { redisPrefix: 'vask:' } });
        await live(cluster);
      }
      await expectNoRefusal(redis.servers);
      await redis.stop();
    },
    TIMEOUT_MS,
  );
});
