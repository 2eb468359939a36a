// What one client or backend does by one node, seen by those on the others; and changes of apps, which all nodes follow.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/storage/open-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { FaultCluster } from '../support/fault-cluster.ts';
import { type KeyPair, personOn, socketUrl } from '../support/managed.ts';
import { type Postgres, postgresDirectory, startPostgres } from '../support/postgres.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { expectWhole } from '../support/truth.ts';

const TIMEOUT_MS = 60_000;
const BOUND_MS = 10_000;

/** Resolves when it holds; how long it took is printed. */
async function soon(what: string, holds: () => boolean): Promise<void> {
  const sinceMs = performance.now();
  await eventually(what, async () => holds() || null);
  const tookMs = performance.now() - sinceMs;
  console.log(`${what} after ${Math.round(tookMs)} ms`);
  expect(tookMs).toBeLessThan(BOUND_MS);
}

describe.skipIf(redisDirectory() === null)('by way of other nodes', () => {
  let redis: Redis;
  let cluster: FaultCluster;

  beforeAll(async () => {
    redis = await startRedis();
    cluster = await FaultCluster.start({ redisUrls: [redis.url] });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await redis.stop();
  }, TIMEOUT_MS);

  const portOf = (at: number): number => cluster.node(at).port;
  const post = async (at: number, path: string, body?: object) =>
    await cluster.node(at).request('POST', `/apps/${APP_ID}${path}`, body === undefined ? {} : { body });

  test('a terminated user is closed wherever it is, and nobody else', async () => {
    const tabs = await Promise.all([0, 1, 2].map((at) => cluster.actor('mallory', { port: portOf(at) })));
    const other = await cluster.actor('other', { port: portOf(1) });
    for (const { sdk } of [...tabs, other]) await sdk.signIn();
    expect((await post(0, '/users/mallory/terminate_connections')).status).toBe(200);
    await soon('a terminated user is closed on all nodes', () => tabs.every(({ losses }) => losses === 1));
    expect(other.losses).toBe(0);
    for (const actor of [...tabs, other]) actor.hangUp();
  });

  test('an event to a user reaches its connections on all nodes, once', async () => {
    const tabs = await Promise.all([0, 1, 2].map((at) => cluster.actor('ann', { port: portOf(at) })));
    const heard = tabs.map((): unknown[] => []);
    for (const [at, { sdk }] of tabs.entries()) {
      sdk.pusher.user.bind('hello', (data: unknown) => heard[at]?.push(data));
      await sdk.signIn();
    }
    for (const at of [0, 1, 2]) {
      const body = { name: 'hello', data: JSON.stringify({ from: at }) };
      expect((await post(at, '/users/ann/events', body)).status).toBe(200);
    }
    await soon('events to a user come to all nodes', () => heard.every(({ length }) => length >= 3));
    expect(heard).toEqual(tabs.map(() => [{ from: 0 }, { from: 1 }, { from: 2 }]));
    for (const actor of tabs) actor.hangUp();
  });

  test('a watcher is told once that somebody is there on whatever node, and once that he is gone', async () => {
    const watcher = await cluster.actor('watcher', { port: portOf(0), watchlist: ['bob', 'cem'] });
    const told: string[] = [];
    for (const event of ['online', 'offline']) {
      watcher.sdk.pusher.user.watchlist.bind(event, ({ user_ids: ids }: { user_ids: string[] }) => {
        told.push(...ids.map((id) => `${id} ${event}`));
      });
    }
    await watcher.sdk.signIn();
    await eventually('the first news', async () => told.length === 2 || null);
    expect(told.splice(0).toSorted()).toEqual(['bob offline', 'cem offline']);
    const tabs = await Promise.all([1, 2].map((at) => cluster.actor('bob', { port: portOf(at) })));
    for (const { sdk } of tabs) await sdk.signIn();
    await soon('somebody on another node is online', () => told.length > 0);
    tabs[0]?.hangUp();
    const cem = await cluster.actor('cem', { port: portOf(1) });
    await cem.sdk.signIn();
    await eventually('the second one', async () => told.includes('cem online') || null);
    tabs[1]?.hangUp();
    await soon('somebody on another node is offline', () => told.includes('bob offline'));
    expect(told).toEqual(['bob online', 'cem online', 'bob offline']);
    for (const actor of [watcher, cem]) actor.hangUp();
  });

  test('a cache channel replays what was published by another node', async () => {
    const first = await cluster.actor('first', { port: portOf(0) });
    await first.join('cache-news');
    expect(await cluster.publish(1, ['cache-news'], 'token', { token: 'remembered' })).toBe(200);
    await eventually('the event', async () => first.seat('cache-news').tokens.length === 1 || null);
    first.hangUp();
    const later = await cluster.actor('later', { port: portOf(2) });
    const seat = later.ask('cache-news');
    await soon('a remembered event is replayed on a third node', () => seat.tokens.length === 1);
    expect(seat.tokens).toEqual(['remembered']);
    later.hangUp();
  });

  test('a publish by any node leaves out the socket that it names, on whatever node that is', async () => {
    const actors = await Promise.all([0, 1, 2].map((at) => cluster.actor(`actor-${at}`, { port: portOf(at) })));
    for (const actor of actors) await actor.join('private-room');
    const sent: string[][] = actors.map(() => []);
    for (const [by] of actors.entries()) {
      for (const [without, excluded] of actors.entries()) {
        const token = `by-${by}-without-${without}`;
        const body = {
          name: 'token',
          channel: 'private-room',
          data: JSON.stringify({ token }),
          socket_id: excluded.sdk.socketId,
        };
        expect((await post(by, '/events', body)).status).toBe(200);
        for (const [at, tokens] of sent.entries()) if (at !== without) tokens.push(token);
      }
    }
    const end = 'end';
    expect(await cluster.publish(0, ['private-room'], 'token', { token: end })).toBe(200);
    await soon('the last event', () => actors.every((actor) => actor.seat('private-room').tokens.includes(end)));
    expect(actors.map((actor) => actor.seat('private-room').tokens)).toEqual(sent.map((tokens) => [...tokens, end]));
    // Client events cross as well, and do not come back.
    const heard = actors.map((): number[] => []);
    for (const [at, { sdk }] of actors.entries()) {
      sdk.pusher.channel('private-room').bind('client-from', ({ from }: { from: number }) => heard[at]?.push(from));
      sdk.pusher.channel('private-room').trigger('client-from', { from: at });
    }
    await eventually('client events', async () => heard.every(({ length }) => length >= 2) || null);
    for (const { sdk } of actors) await sdk.roundTrip();
    expect(heard.map((each) => each.toSorted())).toEqual([
      [1, 2],
      [0, 2],
      [0, 1],
    ]);
    for (const actor of actors) actor.hangUp();
  });

  test('afterwards all nodes agree that nothing is left', async () => {
    await expectWhole(cluster, [redis]);
  });
});

describe.skipIf(redisDirectory() === null || postgresDirectory() === null)('apps that are managed', () => {
  let postgres: Postgres;
  let redis: Redis;
  let cluster: FaultCluster;
  let store: Store;
  const directory = mkdtempSync(join(tmpdir(), 'vask-apps-'));
  const secretKey = Buffer.alloc(32, 1).toString('base64');

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
    const databaseUrl = await postgres.emptyDatabase();
    cluster = await FaultCluster.start({ redisUrls: [redis.url], settings: { databaseUrl } });
    store = await openStore({ url: databaseUrl, dataDirectory: directory, secretKey });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await store.close();
    await cluster[Symbol.asyncDispose]();
    await Promise.all([postgres.stop(), redis.stop()]);
    rmSync(directory, { recursive: true, force: true });
  }, TIMEOUT_MS);

  /** Whether each node lets such a client in. */
  const admit = async (key: string): Promise<boolean[]> =>
    await Promise.all(
      cluster.nodes.map(async ({ url }) => {
        const client = await new RawClient(socketUrl(url, key)).opened();
        const { event } = await client.next();
        client.socket.close();
        return event === 'pusher:connection_established';
      }),
    );

  async function onAllNodes(what: string, key: string, isIn: boolean): Promise<void> {
    const sinceMs = performance.now();
    await eventually(what, async () => (await admit(key)).every((each) => each === isIn) || null);
    const tookMs = performance.now() - sinceMs;
    console.log(`${what} on all nodes after ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(BOUND_MS);
  }

  test('an app that is made, a key that is revoked and an app that is deleted by one node are so on all', async () => {
    const ann = await personOn({ store, url: cluster.node(0).url });
    const app = await ann.createApp('shop');
    await onAllNodes('a new app', app.key, true);
    const clients = await Promise.all(
      cluster.nodes.map(async ({ url }) => await (await new RawClient(socketUrl(url, app.key)).opened()).greeted()),
    );
    const { keyPair } = await ann.done<{ keyPair: KeyPair }>('POST', `/apps/${app.id}/keys`, {});
    await onAllNodes('a second key', keyPair.key, true);
    await ann.done('DELETE', `/apps/${app.id}/keys/${keyPair.key}`);
    await onAllNodes('a revoked key', keyPair.key, false);
    await ann.done('DELETE', `/apps/${app.id}`);
    for (const client of clients) expect((await client.closed).code).toBe(4001);
    await onAllNodes('a deleted app', app.key, false);
  });
});
