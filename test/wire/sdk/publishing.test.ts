// What a backend with the official server SDK publishes and asks, and what stands at the clients' end of it.
import { describe, expect, test } from 'bun:test';
import Backend from 'pusher';
import { backendOf, openStage } from '../sdk-support/stage.ts';
import { SDK_8, SDK_VERSIONS } from '../sdk-support/versions.ts';

interface Answer {
  json(): Promise<unknown>;
}

async function body(answer: Promise<Answer>): Promise<unknown> {
  return await (await answer).json();
}

async function failure(answer: Promise<Answer>): Promise<{ status: number | undefined; body: string | undefined }> {
  const error: unknown = await answer.then(
    () => new Error('The request succeeded.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Backend.RequestError)) throw error;
  return { status: error.status, body: error.body };
}

describe.each(SDK_VERSIONS.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  test('[H-5.1] the connection that caused an event is left out', async () => {
    await using stage = await openStage(version);
    const [alice, bob] = [await stage.client(), await stage.client()];
    const [atAlice, atBob] = [await alice.subscribe('orders'), await bob.subscribe('orders')];
    await stage.backend.trigger('orders', 'placed', 1, { socket_id: alice.socketId });
    await stage.backend.trigger('orders', 'closed', 2);
    expect(await atBob.next()).toEqual({ event: 'placed', data: 1 });
    expect(await atBob.next()).toEqual({ event: 'closed', data: 2 });
    expect(await atAlice.next()).toEqual({ event: 'closed', data: 2 });
  });

  test('[H-5.1] one event for several channels reaches each of them', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client();
    const channels = [await alice.subscribe('orders'), await alice.subscribe('private-orders')];
    await stage.backend.trigger(['orders', 'private-orders', 'empty'], 'placed', { id: 1 });
    for (const channel of channels) expect(await channel.next()).toEqual({ event: 'placed', data: { id: 1 } });
  });

  test('[H-5.2] a batch keeps its order, encrypted channels included', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client();
    const orders = await alice.subscribe('orders');
    const secret = await alice.subscribe('private-encrypted-orders');
    await stage.backend.triggerBatch([
      { channel: 'orders', name: 'first', data: 1 },
      { channel: 'private-encrypted-orders', name: 'secret', data: { pin: 1234 } },
      { channel: 'orders', name: 'second', data: { text: 'two' } },
    ]);
    expect(await orders.next()).toEqual({ event: 'first', data: 1 });
    expect(await orders.next()).toEqual({ event: 'second', data: { text: 'two' } });
    expect(await secret.next()).toEqual({ event: 'secret', data: { pin: 1234 } });
  });
});

test('[H-5.3] a publish answers what is asked about its channels', async () => {
  await using stage = await openStage(SDK_8);
  const alice = await stage.client({ person: { id: 'alice' } });
  const secondTab = await stage.client({ person: { id: 'alice' } });
  for (const client of [alice, secondTab]) await client.subscribe('presence-room');
  await alice.subscribe('orders');
  const info = 'user_count,subscription_count';
  expect(await body(stage.backend.trigger(['presence-room', 'orders'], 'placed', 1, { info }))).toEqual({
    channels: { 'presence-room': { user_count: 1, subscription_count: 2 }, orders: { subscription_count: 1 } },
  });
  const batch = stage.backend.triggerBatch([
    { channel: 'orders', name: 'placed', data: 1, info: 'subscription_count' },
    { channel: 'orders', name: 'placed', data: 2 },
    { channel: 'presence-room', name: 'placed', data: 3, info: 'user_count' },
  ]);
  expect(await body(batch)).toEqual({ batch: [{ subscription_count: 1 }, {}, { user_count: 1 }] });
  expect(await body(stage.backend.trigger('orders', 'placed', 1))).toEqual({});
});

test('[H-6.2] the backend sees the occupied channels, each of them, and who is there', async () => {
  await using stage = await openStage(SDK_8);
  const get = (path: string, params = {}): Promise<unknown> => body(stage.backend.get({ path, params }));
  expect(await get('/channels')).toEqual({ channels: {} });
  const [alice, bob] = [await stage.client({ person: { id: 'alice' } }), await stage.client({ person: { id: 'bob' } })];
  for (const client of [alice, bob]) await client.subscribe('presence-room');
  await alice.subscribe('cache-prices');
  await stage.backend.trigger('cache-prices', 'price', { tea: 3 });
  expect(await get('/channels')).toEqual({ channels: { 'presence-room': {}, 'cache-prices': {} } });
  expect(await get('/channels', { filter_by_prefix: 'presence-', info: 'user_count' })).toEqual({
    channels: { 'presence-room': { user_count: 2 } },
  });
  expect(await get('/channels/presence-room', { info: 'user_count,subscription_count' })).toEqual({
    occupied: true,
    user_count: 2,
    subscription_count: 2,
  });
  expect(await get('/channels/cache-prices', { info: 'cache' })).toEqual({
    occupied: true,
    cache: { event: 'price', data: '{"tea":3}', ttl: expect.any(Number) },
  });
  expect(await get('/channels/empty')).toEqual({ occupied: false });
  expect(await get('/channels/presence-room/users')).toEqual({ users: [{ id: 'alice' }, { id: 'bob' }] });
});

test('[H-7.2] user ids that must be escaped in a path reach the user', async () => {
  await using stage = await openStage(SDK_8);
  const alice = await stage.client({ person: { id: 'älice@example.org, 1' } });
  await alice.signIn();
  await stage.backend.terminateUserConnections('älice@example.org, 1');
  expect((await alice.told.next()).code).toBe(4200);
});

test('[H-7.2] terminating an unknown user is no failure', async () => {
  await using stage = await openStage(SDK_8);
  expect(await body(stage.backend.terminateUserConnections('nobody'))).toEqual({});
});

test('[H-2.7] a backend with the wrong secret is refused with 401, and is not told the right signature', async () => {
  await using stage = await openStage(SDK_8);
  const mallory = backendOf(stage.vask, { secret: 'wrong' });
  const { status, body } = await failure(mallory.trigger('orders', 'placed', 1));
  expect(status).toBe(401);
  expect(body).toMatch(/^Invalid signature: you should have sent HmacSHA256Hex\(/);
});

test('[H-2.6] a backend with an unknown key is refused with 401', async () => {
  await using stage = await openStage(SDK_8);
  const mallory = backendOf(stage.vask, { key: 'unknown' });
  expect(await failure(mallory.trigger('orders', 'placed', 1))).toMatchObject({
    status: 401,
    body: 'Unknown auth_key\n',
  });
});

test('[H-5.7] an event that is too large is refused with 413', async () => {
  await using stage = await openStage(SDK_8);
  const { status, body } = await failure(stage.backend.trigger('orders', 'placed', 'x'.repeat(10_241)));
  expect(status).toBe(413);
  expect(body).toContain('content of this event');
});

test('[H-5.4] a batch of eleven is refused with 400, and none of it is published', async () => {
  await using stage = await openStage(SDK_8);
  const orders = await (await stage.client()).subscribe('orders');
  const eleven = Array.from({ length: 11 }, (_, data) => ({ channel: 'orders', name: 'placed', data }));
  const { status, body } = await failure(stage.backend.triggerBatch(eleven));
  expect(status).toBe(400);
  expect(body).toContain('Batch too large');
  await stage.backend.triggerBatch(eleven.slice(1));
  for (let data = 1; data <= 10; data++) expect(await orders.next()).toEqual({ event: 'placed', data });
});

test('[H-6.3] counting the users of a channel without members is refused with 400', async () => {
  await using stage = await openStage(SDK_8);
  const count = stage.backend.get({ path: '/channels/orders', params: { info: 'user_count' } });
  expect(await failure(count)).toMatchObject({ status: 400, body: expect.stringContaining('presence channel') });
});
