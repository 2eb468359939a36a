// A backend that got no answer sends its request again, to another node: each channel gets each event exactly once, though
// the node that had it first has died somewhere on the way.
import { describe, expect, test } from 'bun:test';
import type { Actor } from '../support/actor.ts';
import { APP_ID } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { FaultCluster } from '../support/fault-cluster.ts';
import type { NodeProcess } from '../support/node-process.ts';
import { printedSeed, randomFrom } from '../support/random.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { expectWhole } from '../support/truth.ts';

const CHANNELS = ['one', 'two', 'three', 'four', 'five', 'six', 'presence-seven', 'cache-eight'];
const LIVES = 4;
const SENDERS = 12;
const TIMEOUT_MS = 120_000;

interface Named {
  readonly path: string;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

interface Sent {
  readonly request: Named;
  readonly isAnswered: boolean;
}

/** By turns a publish on many channels with the key in the header, and a batch with the key in the body. */
function requestOf(n: number): Named {
  const data = (number: number): string => JSON.stringify({ n: number });
  if (n % 2 === 0) {
    const body = { name: 'n', channels: CHANNELS, data: data(n) };
    return { path: 'events', body, headers: { 'idempotency-key': `key-${n}` } };
  }
  const batch = CHANNELS.map((channel) => ({ channel, name: 'n', data: data(n) }));
  return { path: 'batch_events', body: { batch, idempotency_key: `key-${n}` }, headers: {} };
}

interface Answered {
  /** Null when there was no answer. */
  readonly status: number | null;
  /** Whether the request is said to have been carried out before. */
  readonly isReplay: boolean;
}

async function send(node: NodeProcess, { path, body, headers }: Named): Promise<Answered> {
  try {
    const response = await node.request('POST', `/apps/${APP_ID}/${path}`, { body, headers });
    await response.text();
    return { status: response.status, isReplay: response.headers.get('idempotent-replayed') === 'true' };
  } catch {
    return { status: null, isReplay: false };
  }
}

/** Sends one request after the other, until one is not answered. */
async function sendOnAndOn(node: NodeProcess, next: () => Named): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (;;) {
    const request = next();
    const { status } = await send(node, request);
    sent.push({ request, isAnswered: status !== null });
    if (status === null) return sent;
    expect(status).toBe(200);
  }
}

async function expectOnce(cluster: FaultCluster, witnesses: readonly Actor[]): Promise<void> {
  const random = randomFrom(printedSeed());
  const victim = cluster.node(2);
  let [count, unanswered, replayed] = [0, 0, 0];
  for (let life = 0; life < LIVES; life++) {
    const sending = Array.from({ length: SENDERS }, () => sendOnAndOn(victim, () => requestOf(++count)));
    await cluster.pause(20 + random() * 100);
    await victim.kill();
    const sent = (await Promise.all(sending)).flat();
    // Also those that were answered, as a backend does that lost the answer.
    const again = await Promise.all(sent.map(({ request }, at) => send(cluster.node(at % 2), request)));
    expect(again.map(({ status }) => status)).toEqual(sent.map(() => 200));
    // What was answered had been carried out; of the others nobody knows.
    expect(again.filter(({ isReplay }, at) => !isReplay && sent[at]?.isAnswered)).toEqual([]);
    unanswered += sent.filter(({ isAnswered }) => !isAnswered).length;
    replayed += again.filter(({ isReplay }, at) => isReplay && !sent[at]?.isAnswered).length;
    await victim.start();
  }
  console.log(`${count} requests, ${unanswered} not answered, of which ${replayed} had been carried out`);
  expect(unanswered).toBeGreaterThan(0);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  for (const actor of witnesses) {
    for (const channel of CHANNELS) {
      const heard = (): number[] => actor.seat(channel).stays.flatMap((stay) => stay.numbers);
      await eventually(`all numbers in ${channel}`, async () => new Set(heard()).size === numbers.length || null);
      expect([actor.id, channel, heard().toSorted((a, b) => a - b)]).toEqual([actor.id, channel, numbers]);
    }
  }
}

describe.skipIf(redisDirectory() === null)('[H-10.2] a request that is sent again after its node has died', () => {
  test(
    'reaches each channel once, on one Redis',
    async () => {
      await using redis = await startRedis();
      await using cluster = await FaultCluster.start({ redisUrls: [redis.url] });
      const witnesses = [
        ...(await cluster.crowd(['ann'], CHANNELS, { port: cluster.node(0).port })),
        ...(await cluster.crowd(['bob'], CHANNELS, { port: cluster.node(1).port })),
      ];
      await expectOnce(cluster, witnesses);
      await expectWhole(cluster, [redis]);
    },
    TIMEOUT_MS,
  );

  test(
    'reaches each channel once, on a Redis Cluster, where the channels are on several servers',
    async () => {
      await using redis = await startRedisCluster();
      await using cluster = await FaultCluster.start({ redisUrls: [redis.url] });
      const witnesses = [
        ...(await cluster.crowd(['ann'], CHANNELS, { port: cluster.node(0).port })),
        ...(await cluster.crowd(['bob'], CHANNELS, { port: cluster.node(1).port })),
      ];
      await expectOnce(cluster, witnesses);
      await expectWhole(cluster, redis.servers);
    },
    TIMEOUT_MS,
  );
});
