// laravel-echo with both of the broadcasters that speak this protocol.
import { describe, expect, test } from 'bun:test';
import Echo from 'laravel-echo';
import Pusher from 'pusher-js';
import { Inbox } from '../../support/inbox.ts';
import { startVask, type TestServer, type TestServerOptions } from '../../support/server.ts';
import { type AuthServer, openAuthServer } from '../sdk-support/auth-server.ts';
import type { Person } from '../sdk-support/client.ts';
import { addressOptions, backendOf } from '../sdk-support/stage.ts';

const ALICE = { id: 1, info: { name: 'Alice' } };
const BOB = { id: 2, info: { name: 'Bob' } };

type Driver = 'pusher' | 'reverb';
type Page = Echo<'pusher'>;

interface EchoStage extends AsyncDisposable {
  readonly vask: TestServer;
  readonly backend: ReturnType<typeof backendOf>;
  page(person: Person): Page;
}

async function openEchoStage(driver: Driver, options?: TestServerOptions): Promise<EchoStage> {
  const vask = await startVask(options);
  const backend = backendOf(vask);
  const opened: { page: Page; auth: AuthServer }[] = [];
  return {
    vask,
    backend,
    page(person) {
      const auth = openAuthServer(backend, person);
      const page = new Echo({
        ...addressOptions(vask.port),
        // Both are served by the same connector; only the options that Laravel writes into a page differ.
        broadcaster: driver as 'pusher',
        key: vask.app.key,
        Pusher,
        authEndpoint: auth.channelEndpoint,
        userAuthentication: { transport: 'ajax', endpoint: auth.userEndpoint, headers: {} },
        withoutInterceptors: true,
      });
      opened.push({ page, auth });
      return page;
    },
    async [Symbol.asyncDispose]() {
      for (const { page, auth } of opened) {
        page.disconnect();
        await auth[Symbol.asyncDispose]();
      }
      await vask.stop();
    },
  };
}

describe.each(['pusher', 'reverb'] as const)('laravel-echo 2.5 with %s', (driver) => {
  test('[P-4.1] listens to a public channel, in the namespace of the application and outside it', async () => {
    await using stage = await openEchoStage(driver);
    const heard = new Inbox<unknown>('an order');
    const subscribed = new Inbox<null>('the subscription');
    const orders = stage.page(ALICE).channel('orders');
    orders.listen('OrderPlaced', heard.push).listen('.order.closed', heard.push);
    orders.subscribed(() => subscribed.push(null));
    await subscribed.next();
    await stage.backend.trigger('orders', 'App\\Events\\OrderPlaced', { id: 1 });
    await stage.backend.trigger('orders', 'order.closed', { id: 2 });
    expect(await heard.next()).toEqual({ id: 1 });
    expect(await heard.next()).toEqual({ id: 2 });
  });

  test.each(['private', 'encryptedPrivate'] as const)('[P-4.4] is let into a channel by %s()', async (method) => {
    await using stage = await openEchoStage(driver);
    const heard = new Inbox<unknown>('an order');
    const subscribed = new Inbox<null>('the subscription');
    const orders = stage.page(ALICE)[method]('orders');
    orders.listen('.placed', heard.push).subscribed(() => subscribed.push(null));
    await subscribed.next();
    await stage.backend.trigger(orders.name, 'placed', { id: 1 });
    expect(await heard.next()).toEqual({ id: 1 });
  });

  test('[P-4.13] tells who is here, who joins and who leaves', async () => {
    await using stage = await openEchoStage(driver);
    const [here, joining, leaving] = [new Inbox('here'), new Inbox('joining'), new Inbox('leaving')];
    stage.page(ALICE).join('room').here(here.push).joining(joining.push).leaving(leaving.push);
    expect(await here.next()).toEqual([ALICE.info]);
    const bob = stage.page(BOB);
    const hereForBob = new Inbox<unknown>('here');
    bob.join('room').here(hereForBob.push);
    expect(await hereForBob.next()).toEqual([ALICE.info, BOB.info]);
    expect(await joining.next()).toEqual(BOB.info);
    bob.leave('room');
    expect(await leaving.next()).toEqual(BOB.info);
  });

  test.each(['private', 'join'] as const)('[P-7.3] whispers in a channel opened by %s()', async (method) => {
    await using stage = await openEchoStage(driver);
    const [whispers, subscribed] = [new Inbox<unknown>('a whisper'), new Inbox<string>('a subscription')];
    const atAlice = stage.page(ALICE)[method]('room');
    const atBob = stage.page(BOB)[method]('room');
    atAlice.subscribed(() => subscribed.push('alice')).listenForWhisper('typing', whispers.push);
    atBob.subscribed(() => subscribed.push('bob'));
    expect([await subscribed.next(), await subscribed.next()].toSorted()).toEqual(['alice', 'bob']);
    atBob.whisper('typing', { by: 'Bob' });
    expect(await whispers.next()).toEqual({ by: 'Bob' });
  });

  test('[P-4.12] leaves a channel with all its variants', async () => {
    await using stage = await openEchoStage(driver);
    const page = stage.page(ALICE);
    const subscribed = new Inbox<string>('a subscription');
    page.channel('room').subscribed(() => subscribed.push('public'));
    page.private('room').subscribed(() => subscribed.push('private'));
    page.join('room').here(() => subscribed.push('presence'));
    for (let count = 0; count < 3; count++) await subscribed.next();
    page.leave('room');
    page.channel('lobby').subscribed(() => subscribed.push('lobby'));
    expect(await subscribed.next()).toBe('lobby');
    const channels = await stage.backend.get({ path: '/channels', params: {} });
    expect(await channels.json()).toEqual({ channels: { lobby: {} } });
  });

  test('[P-6.1] signs in, and hears what is sent to the user', async () => {
    await using stage = await openEchoStage(driver);
    const { connector } = stage.page(ALICE);
    const heard = new Inbox<unknown>('a notice');
    const signedIn = new Inbox<unknown>('the sign-in');
    connector.pusher.bind('pusher:signin_success', signedIn.push);
    connector.pusher.user.bind('notice', heard.push);
    connector.signin();
    await signedIn.next();
    await stage.backend.sendToUser('1', 'notice', { text: 'hello' });
    expect(await heard.next()).toEqual({ text: 'hello' });
  });
});
