// `vask serve --workers 2` with real clients: two processes behave as one server, and each may die.
import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import Backend from 'pusher';
import { openStore } from '../../src/storage/open-store.ts';
import { vask } from '../cli/vask.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID, KEY, SECRET } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { ApiClient, personOn } from '../support/managed.ts';
import { Receiver } from '../support/receiver.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { gone, WorkersVask } from '../support/workers-vask.ts';
import { authorizationOptions, SdkClient, signaturesOf } from './sdk-support/client.ts';
import { addressOptions } from './sdk-support/stage.ts';
import { SDK_8 } from './sdk-support/versions.ts';

// Three processes start in each test.
setDefaultTimeout(60_000);

const ROOM = 'presence-room';

const backendOf = ({ port }: WorkersVask): Backend =>
  new Backend({ appId: APP_ID, key: KEY, secret: SECRET, host: '127.0.0.1', port: String(port), useTLS: false });

const withRedis = redisDirectory() !== null;
if (!withRedis) console.warn('There is no redis-server, so workers on Redis are not tested.');

const clients: SdkClient[] = [];

afterEach(() => {
  for (const { pusher } of clients.splice(0)) pusher.disconnect();
});

async function connect(server: WorkersVask, id: string): Promise<SdkClient> {
  const authorization = authorizationOptions(SDK_8, signaturesOf(backendOf(server), { id }));
  const client = new SdkClient(new SDK_8.Pusher(KEY, { ...addressOptions(server.port), ...authorization }));
  clients.push(client);
  return await client.connected();
}

/** One client on each worker: the system chooses, so as many try as it takes. */
async function oneOnEach(server: WorkersVask): Promise<readonly [SdkClient, SdkClient]> {
  const found = new Map<number, SdkClient>();
  for (let tries = 0; tries < 64 && found.size < 2; tries++) {
    const number = found.size + 1;
    const client = await connect(server, `user-${number}`);
    const worker = await server.workerOf(client.socketId);
    if (found.has(worker)) client.pusher.disconnect();
    else found.set(worker, client);
  }
  const [first, second] = found.values();
  if (first === undefined || second === undefined) throw new Error('All connections went to one worker.');
  return [first, second];
}

describe('two workers', () => {
  test('[P-4.13][H-5.1] are one server: members, client events and publishes reach the clients of both', async () => {
    await using server = await WorkersVask.start();
    const [here, there] = await oneOnEach(server);
    const room = await here.subscribe(ROOM);
    const roomThere = await there.subscribe(ROOM);
    expect(Object.keys(roomThere.members).toSorted()).toEqual(['user-1', 'user-2']);
    expect(await room.next()).toMatchObject({ event: 'pusher:member_added', data: { id: 'user-2' } });
    await backendOf(server).trigger(ROOM, 'greeting', 'ü');
    for (const each of [room, roomThere]) expect(await each.next()).toEqual({ event: 'greeting', data: 'ü' });
    room.channel.trigger('client-nod', { yes: true });
    expect(await roomThere.next()).toEqual({ event: 'client-nod', data: { yes: true } });
    const users = await backendOf(server).get({ path: `/channels/${ROOM}/users`, params: {} });
    expect(await users.json()).toEqual({ users: [{ id: 'user-1' }, { id: 'user-2' }] });
    there.pusher.unsubscribe(ROOM);
    expect(await room.next()).toMatchObject({ event: 'pusher:member_removed', data: { id: 'user-2' } });
  });

  test('[P-4.13] one is killed: its members are gone at once, its clients come again, and another takes its place', async () => {
    await using server = await WorkersVask.start();
    const [here, there] = await oneOnEach(server);
    const room = await here.subscribe(ROOM);
    await there.subscribe(ROOM);
    await room.next();
    const [worker, before] = [await server.workerOf(there.socketId), there.socketId];
    const pid = server.pidOf(worker);
    const killedAtMs = performance.now();
    process.kill(pid, 'SIGKILL');
    expect(await room.next()).toMatchObject({ event: 'pusher:member_removed', data: { id: 'user-2' } });
    expect(performance.now() - killedAtMs).toBeLessThan(2_000);
    // pusher-js comes back by itself, and subscribes again.
    expect(await room.next()).toMatchObject({ event: 'pusher:member_added', data: { id: 'user-2' } });
    expect(there.socketId).not.toBe(before);
    await server.logged((line) => line.event === 'workerStarted' && line.worker === worker && line.pid !== pid);
    const [again, other] = await oneOnEach(server);
    const rooms = [room, await again.subscribe('news'), await other.subscribe('news')];
    await backendOf(server).trigger([ROOM, 'news'], 'greeting', 'to all');
    for (const each of rooms.slice(1)) expect(await each.next()).toEqual({ event: 'greeting', data: 'to all' });
  });

  test('[P-2.15] a stop asks all clients to reconnect, and leaves nothing behind', async () => {
    await using server = await WorkersVask.start();
    await oneOnEach(server);
    const raw = await Promise.all(
      Array.from({ length: 8 }, async () => await (await new RawClient(server.webSocketUrl()).opened()).greeted()),
    );
    const pids = [1, 2].map((worker) => server.pidOf(worker));
    expect(await server.stop()).toBe(0);
    for (const { closed } of raw) expect((await closed).code).toBe(4200);
    for (const pid of pids) await gone(pid);
    expect(readdirSync(server.directory).filter((file) => file.startsWith('workers'))).toEqual([]);
    expect(server.logLines.filter(({ event }) => event === 'failed' || event === 'workerLost')).toEqual([]);
  });

  test('[P-2.15] one is asked to stop: its clients are asked to reconnect, and another takes its place', async () => {
    await using server = await WorkersVask.start();
    const raw = await (await new RawClient(server.webSocketUrl()).opened()).greeted();
    const worker = await server.workerOf(raw.socketId);
    process.kill(server.pidOf(worker), 'SIGTERM');
    expect((await raw.closed).code).toBe(4200);
    expect(await server.logged(({ event }) => event === 'workerEnded')).toMatchObject({
      worker,
      how: 0,
      level: 'info',
    });
    await server.logged((line) => line.event === 'workerStarted');
  });

  test('[P-2.15] a terminal that interrupts all processes stops them in the same way', async () => {
    await using server = await WorkersVask.start({ isJob: true });
    const raw = await (await new RawClient(server.webSocketUrl()).opened()).greeted();
    expect(await server.interrupt()).toBe(0);
    expect((await raw.closed).code).toBe(4200);
    expect(server.logLines.at(-1)?.event).toBe('stopped');
  });

  test('end with the process that started them, however that ends', async () => {
    await using server = await WorkersVask.start();
    const pids = [1, 2].map((worker) => server.pidOf(worker));
    await server.stop('SIGKILL');
    for (const pid of pids) await gone(pid);
    // The next one on the same data takes away what was left.
    await using next = await WorkersVask.start({ directory: server.directory });
    expect(readdirSync(next.directory).filter((file) => file.startsWith('workers'))).toEqual([
      `workers-${next.pid}.sock`,
    ]);
  });

  test('print where they listen once, and take no port that another server has', async () => {
    const server = await WorkersVask.start();
    const { port } = server;
    const taken = await vask(['serve', '--workers', '2', '--host', '127.0.0.1', '--port', String(port)]);
    expect(taken.code).toBe(1);
    expect(taken.err).toContain('The server cannot start');
    expect(taken.err).toContain('choose another port with --port');
    await server[Symbol.asyncDispose]();
    const printed = await server.printed();
    expect(printed.match(/is listening on/g)).toHaveLength(1);
    expect(printed.match(/\/setup#/g)).toHaveLength(1);
    expect(printed).toContain(`http://127.0.0.1:${port}`);
  });

  test('that cannot start are told of, and nothing goes on', async () => {
    const outcome = await vask([
      ...['serve', '--workers', '2', '--host', '127.0.0.1', '--port', '0'],
      ...['--tls-cert', 'missing.pem', '--tls-key', 'missing.pem'],
    ]);
    expect(outcome.code).toBe(1);
    expect(outcome.err).toContain('The server cannot start');
  });

  test('[W-1.1] have one outbox: what happens on both is told once, and in order', async () => {
    await using receiver = new Receiver();
    const settings = { webhookAllowedHosts: [receiver.host], webhookGraceSeconds: 0 };
    await using server = await WorkersVask.start({ settings, app: { webhooks: [{ url: receiver.url }] } });
    const [here, there] = await oneOnEach(server);
    const room = await here.subscribe(ROOM);
    const roomThere = await there.subscribe(ROOM);
    await room.next();
    roomThere.channel.trigger('client-nod', {});
    await room.next();
    there.pusher.unsubscribe(ROOM);
    await room.next();
    here.pusher.unsubscribe(ROOM);
    await receiver.until(() => receiver.names.includes(`channel_vacated ${ROOM}`));
    expect(receiver.events.map(({ name, user_id: user }) => `${name} ${user ?? ''}`.trim())).toEqual([
      'channel_occupied',
      'member_added user-1',
      'member_added user-2',
      'client_event user-2',
      'member_removed user-2',
      'member_removed user-1',
      'channel_vacated',
    ]);
  });

  test('are asked about webhooks and told of endpoints as one server', async () => {
    await using receiver = new Receiver([{ key: 'shop-key', secret: 'shop-secret' }]);
    await using server = await WorkersVask.start({ settings: { webhookAllowedHosts: [receiver.host] } });
    const store = await openStore({ url: null, dataDirectory: server.directory, secretKey: null });
    const { token } = await personOn({ store, url: server.url });
    await store.close();
    // Each request on a connection of its own, and so on any of the workers.
    const ann = new ApiClient(server.url, { authorization: `Bearer ${token}`, connection: 'close' });
    const app = await ann.createApp('Shop', { keyPair: { key: 'shop-key', secret: 'shop-secret' } });
    const endpoint = `/apps/${app.id}/webhooks/${await ann.createWebhook(app.id, receiver.url)}`;
    for (let times = 1; times <= 5; times++) {
      expect(await ann.done('POST', `${endpoint}/test`)).toMatchObject({ status: 204 });
      // The log is written in the turn after the answer.
      await eventually(`an entry for attempt ${times}`, async () => {
        return (await ann.items(`/apps/${app.id}/deliveries`)).length === times || null;
      });
    }
  });

  test.skipIf(!withRedis)('[P-4.13] with Redis are nodes like any other, of which one may be killed', async () => {
    await using redis = await startRedis();
    await using server = await WorkersVask.start({ settings: { redisUrl: redis.url, nodeName: 'machine' } });
    await using other = await WorkersVask.start({ settings: { redisUrl: redis.url, nodeName: 'other' } });
    const [here, there] = await oneOnEach(server);
    const elsewhere = await connect(other, 'user-3');
    const room = await elsewhere.subscribe(ROOM);
    await here.subscribe(ROOM);
    const roomThere = await there.subscribe(ROOM);
    expect(Object.keys(roomThere.members).toSorted()).toEqual(['user-1', 'user-2', 'user-3']);
    for (const id of ['user-1', 'user-2']) expect(await room.next()).toMatchObject({ data: { id } });
    process.kill(server.pidOf(await server.workerOf(there.socketId)), 'SIGKILL');
    expect(await room.next()).toMatchObject({ event: 'pusher:member_removed', data: { id: 'user-2' } });
    expect(await room.next()).toMatchObject({ event: 'pusher:member_added', data: { id: 'user-2' } });
    const pids = [1, 2].map((worker) => other.pidOf(worker));
    await other.stop('SIGKILL');
    for (const pid of pids) await gone(pid);
  });
});
