// What each published version of pusher-js does when an established connection is closed: it comes back and takes up
// where it was, or gives up, as the code says. Here time really passes on the server, so the tests run side by side.
import { describe, expect, test } from 'bun:test';
import { startVask } from '../../support/server.ts';
import type { SdkChannel, SdkClient } from '../sdk-support/client.ts';
import { putToSleep } from '../sdk-support/sleep.ts';
import { attempts, backendOf, openStage, type Stage } from '../sdk-support/stage.ts';
import { SDK_VERSIONS } from '../sdk-support/versions.ts';

/** Several seconds pass before the server closes; a busy machine may need much longer. */
const TIMEOUT_MS = 30_000;

const CHANNELS = ['orders', 'private-orders', 'presence-orders', 'private-encrypted-orders'];

async function subscribeAll(client: SdkClient): Promise<SdkChannel[]> {
  return await Promise.all(CHANNELS.map((name) => client.subscribe(name)));
}

/** The client is connected anew, and each channel is subscribed and heard again. */
async function expectBack(
  { client, channels, before }: { client: SdkClient; channels: readonly SdkChannel[]; before: string },
  backend: Stage['backend'],
): Promise<void> {
  await client.connected();
  expect(client.socketId).not.toBe(before);
  for (const channel of channels) await channel.subscribed();
  for (const { channel } of channels) await backend.trigger(channel.name, 'greeting', { hello: channel.name });
  for (const channel of channels) {
    expect(await channel.next()).toEqual({ event: 'greeting', data: { hello: channel.channel.name } });
  }
}

describe.each(SDK_VERSIONS.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  test.concurrent(
    '[P-2.15] comes back to a restarted server after 4200',
    async () => {
      const first = await startVask();
      const { port } = first;
      await using stage = await openStage(version);
      const client = await stage.client({ wsPort: port });
      const channels = await subscribeAll(client);
      const before = client.socketId;
      const stopped = first.stop();
      expect(await client.told.next()).toMatchObject({ code: 4200 });
      await stopped;
      const second = await startVask({ port });
      await expectBack({ client, channels, before }, backendOf(second));
      client.pusher.disconnect();
      await second.stop();
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    '[P-2.12] comes back after 4201, for which it must have been asleep',
    async () => {
      await using stage = await openStage(version, { activityTimeoutSeconds: 1, pongTimeoutSeconds: 1 });
      const bob = await stage.client({ person: { id: 'bob' } });
      const atBob = await bob.subscribe('presence-orders');
      const client = await stage.client({ person: { id: 'alice' } });
      const channels = await subscribeAll(client);
      expect((await atBob.next()).event).toBe('pusher:member_added');
      const before = client.socketId;
      const wake = putToSleep(client.pusher);
      expect(await atBob.next()).toMatchObject({ event: 'pusher:member_removed', data: { id: 'alice' } });
      wake();
      expect(await client.told.next()).toMatchObject({ code: 4201 });
      await expectBack({ client, channels, before }, stage.backend);
      expect((await atBob.next()).event).toBe('pusher:member_added');
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    '[P-3.5] comes back after 1009, having sent too much at once',
    async () => {
      await using stage = await openStage(version);
      const client = await stage.client();
      const channels = await subscribeAll(client);
      const before = client.socketId;
      client.pusher.send_event('client-novel', 'x'.repeat(200_000), 'private-orders');
      expect(await client.told.next()).toMatchObject({ code: 1009 });
      expect(await client.pauses.next()).toBe(1);
      await expectBack({ client, channels, before }, stage.backend);
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    '[P-2.13] comes back after 4202',
    async () => {
      await using stage = await openStage(version, { inactiveTimeoutSeconds: 1 });
      const client = await stage.client();
      const before = client.socketId;
      expect(await client.told.next()).toMatchObject({ code: 4202 });
      await expectBack({ client, channels: [], before }, stage.backend);
    },
    TIMEOUT_MS,
  );

  test.concurrent(
    '[P-2.14] gives up after 4009, not having proved in time who it is',
    async () => {
      const userAuthentication = { enabled: true, required: true, timeoutSeconds: 1 };
      await using stage = await openStage(version, { app: { userAuthentication } });
      const client = await stage.client();
      expect(await client.told.next()).toMatchObject({ code: 4009 });
      expect(await client.states.next()).toBe('disconnected');
      expect(attempts(stage.vask)).toBe(1);
    },
    TIMEOUT_MS,
  );
});
