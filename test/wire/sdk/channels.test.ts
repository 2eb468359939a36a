// Every kind of channel, as each published version of pusher-js sees it.
import { describe, expect, test } from 'bun:test';
import { eventually } from '../../support/eventually.ts';
import { openStage } from '../sdk-support/stage.ts';
import { SDK_VERSIONS } from '../sdk-support/versions.ts';

const ORDER = { id: 7, lines: ['tea', 'Käse 🧀'], note: '</script> "quoted" \\ \u2028' };

const PLAIN = ['orders', 'private-orders', 'presence-orders', 'private-encrypted-orders'];
const CACHED = ['cache-orders', 'private-cache-orders', 'private-encrypted-cache-orders', 'presence-cache-orders'];

describe.each(SDK_VERSIONS.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  test.each(PLAIN)('[P-4.1] hears the backend on %s', async (name) => {
    await using stage = await openStage(version);
    const alice = await stage.client();
    const orders = await alice.subscribe(name);
    await stage.backend.trigger(name, 'placed', ORDER);
    expect(await orders.next()).toEqual({ event: 'placed', data: ORDER });
  });

  test.each(CACHED)('[P-4.19] learns on %s that nothing is remembered, then hears the backend', async (name) => {
    await using stage = await openStage(version);
    const alice = await stage.client();
    const orders = await alice.subscribe(name);
    expect((await orders.next()).event).toBe('pusher:cache_miss');
    await stage.backend.trigger(name, 'placed', ORDER);
    expect(await orders.next()).toEqual({ event: 'placed', data: ORDER });
  });

  test.each(CACHED)('[P-4.18] who comes late to %s gets the last event, once', async (name) => {
    await using stage = await openStage(version);
    await stage.backend.trigger(name, 'placed', { id: 1 });
    await stage.backend.trigger(name, 'placed', ORDER);
    const alice = await stage.client();
    const orders = await alice.subscribe(name);
    expect(await orders.next()).toEqual({ event: 'placed', data: ORDER });
    await stage.backend.trigger(name, 'closed', 'for today');
    expect(await orders.next()).toEqual({ event: 'closed', data: 'for today' });
  });

  test('[P-4.4] a subscription with a wrong signature is refused, and the connection stays', async () => {
    await using stage = await openStage(version);
    const mallory = await stage.client();
    mallory.pusher.send_event('pusher:subscribe', { channel: 'private-orders', auth: `${stage.vask.app.key}:00` });
    expect(await mallory.told.next()).toMatchObject({
      code: 4009,
      message: expect.stringContaining('Invalid signature'),
    });
    await mallory.subscribe('orders');
    expect(mallory.pusher.connection.state).toBe('connected');
  });

  test('[P-4.12] hears no more after unsubscribing, and again after subscribing anew', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client();
    await alice.subscribe('orders');
    alice.pusher.unsubscribe('orders');
    await alice.roundTrip();
    await stage.backend.trigger('orders', 'placed', 'unheard');
    const orders = await alice.subscribe('orders');
    await stage.backend.trigger('orders', 'placed', 'heard');
    expect(await orders.next()).toEqual({ event: 'placed', data: 'heard' });
  });

  test('[P-4.12] an unsubscribe while the subscription is under way wins', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client();
    const orders = alice.ask('private-orders');
    alice.pusher.unsubscribe('private-orders');
    await alice.roundTrip();
    await alice.roundTrip();
    await eventually('an empty channel', async () => {
      const response = await stage.backend.get({ path: '/channels/private-orders', params: {} });
      return ((await response.json()) as { occupied: boolean }).occupied ? null : true;
    });
    expect(orders.channel.subscribed).toBe(false);
  });

  test('[P-3.7] subscribe, unsubscribe, subscribe ends subscribed', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client();
    alice.ask('private-orders');
    alice.pusher.unsubscribe('private-orders');
    const orders = await alice.subscribe('private-orders');
    await alice.roundTrip();
    await stage.backend.trigger('private-orders', 'placed', ORDER);
    expect(await orders.next()).toEqual({ event: 'placed', data: ORDER });
  });

  const lacksCount = version.lacks.get('subscriptionCount');

  if (lacksCount !== undefined) {
    test(`[P-4.16] is not disturbed by counts it does not know (${lacksCount})`, async () => {
      await using stage = await openStage(version, { app: { subscriptionCount: true } });
      const alice = await stage.client();
      const orders = await alice.subscribe('orders');
      await stage.backend.trigger('orders', 'placed', ORDER);
      expect(await orders.next()).toEqual({ event: 'placed', data: ORDER });
    });
    return;
  }

  test('[P-4.16] subscribers are told how many they are', async () => {
    await using stage = await openStage(version, { app: { subscriptionCount: true } });
    const [alice, bob] = [await stage.client(), await stage.client()];
    const orders = await alice.subscribe('orders');
    expect(await orders.next()).toEqual({ event: 'pusher:subscription_count', data: { subscription_count: 1 } });
    await bob.subscribe('orders');
    expect(await orders.next()).toEqual({ event: 'pusher:subscription_count', data: { subscription_count: 2 } });
    bob.pusher.disconnect();
    expect(await orders.next()).toEqual({ event: 'pusher:subscription_count', data: { subscription_count: 1 } });
    expect(orders.channel.subscriptionCount as number | null).toBe(1);
  });

  test('[P-4.16] the members of a presence channel are not counted for them', async () => {
    await using stage = await openStage(version, { app: { subscriptionCount: true } });
    const alice = await stage.client();
    const room = await alice.subscribe('presence-room');
    await stage.backend.trigger('presence-room', 'greeting', 'hello');
    expect(await room.next()).toEqual({ event: 'greeting', data: 'hello' });
  });
});
