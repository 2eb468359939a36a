// Webhooks of a real server, taken by a real backend that checks each post with the official package.
import { describe, expect, test } from 'bun:test';
import { WEBHOOK_EVENTS, type WebhookSettings } from '../../src/core/facts.ts';
import { emptyDirectory } from '../cli/vask.ts';
import { KEY, type TestApp } from '../support/credentials.ts';
import { Receiver } from '../support/receiver.ts';
import { startVask, type TestServer, type TestServerOptions } from '../support/server.ts';

interface Scene extends AsyncDisposable {
  readonly vask: TestServer;
  readonly receiver: Receiver;
}

type Webhook = Partial<WebhookSettings>;

async function scene(
  webhook: Webhook | ((receiver: Receiver) => readonly Webhook[]) = {},
  options: Omit<TestServerOptions, 'app'> & { readonly app?: TestApp } = {},
): Promise<Scene> {
  const directory = emptyDirectory();
  const receiver = new Receiver();
  const webhooks = typeof webhook === 'function' ? webhook(receiver) : [webhook];
  const vask = await startVask({
    dataDirectory: directory.path,
    webhookGraceSeconds: 0,
    webhookAllowedHosts: [receiver.host],
    ...options,
    app: { subscriptionCount: true, ...options.app, webhooks: webhooks.map((given) => whole(given, receiver)) },
  });
  return {
    vask,
    receiver,
    async [Symbol.asyncDispose]() {
      await vask.stop();
      await receiver[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}

function whole(webhook: Webhook, receiver: Receiver): WebhookSettings {
  return { url: receiver.url, enabled: true, events: WEBHOOK_EVENTS, channelPrefixes: [], headers: {}, ...webhook };
}

describe('a backend is told', () => {
  test('[W-1.1][W-1.2] that a channel is occupied and vacated, with the headers that the SDKs check', async () => {
    await using stage = await scene({ headers: { 'X-Extra': 'yes' } });
    const client = await stage.vask.client();
    await client.subscribe('room');
    await stage.receiver.until(() => stage.receiver.names.includes('channel_occupied room'));
    await client.hangUp();
    await stage.receiver.until(() => stage.receiver.names.includes('channel_vacated room'));
    const [first] = stage.receiver.posts;
    expect(stage.receiver.posts.every(({ isValid }) => isValid)).toBe(true);
    expect(first?.headers.get('content-type')).toBe('application/json');
    expect(first?.headers.get('x-pusher-key')).toBe(KEY);
    expect(first?.headers.get('x-extra')).toBe('yes');
    expect(first?.id).not.toBe('');
    expect(Object.keys(JSON.parse(first?.body ?? ''))).toEqual(['time_ms', 'events']);
  });

  test('[W-1.3] all seven kinds of events, flat, in the order in which they became true', async () => {
    await using stage = await scene();
    const { receiver } = stage;
    const client = await stage.vask.client();
    await client.subscribe('presence-cache-room', { user_id: 7 });
    await client.next();
    client.say('{"event":"client-hi","channel":"presence-cache-room","data":{"big":12345678901234567890}}');
    client.say('{"event":"client-hi","channel":"presence-cache-room","data":"text"}');
    client.say({ event: 'pusher:unsubscribe', data: { channel: 'presence-cache-room' } });
    await client.subscribe('room');
    await receiver.until(() => receiver.names.includes('subscription_count room'));
    const { socketId } = client;
    const channel = 'presence-cache-room';
    const sent = { name: 'client_event', channel, event: 'client-hi', socket_id: socketId, user_id: '7' };
    expect(receiver.events.filter((event) => event['channel'] === channel)).toEqual([
      { name: 'channel_occupied', channel },
      { name: 'member_added', channel, user_id: '7' },
      { name: 'cache_miss', channel },
      { ...sent, data: '{"big":12345678901234567890}' },
      { ...sent, data: 'text' },
      { name: 'member_removed', channel, user_id: '7' },
      { name: 'channel_vacated', channel },
    ]);
    expect(receiver.events.filter((event) => event['channel'] === 'room')).toEqual([
      { name: 'channel_occupied', channel: 'room' },
      { name: 'subscription_count', channel: 'room', subscription_count: 1 },
    ]);
  });

  test('[W-1.4] only what an endpoint has asked for, by event and by channel', async () => {
    await using stage = await scene(({ url }) => [
      { url: `${url}/all` },
      { url: `${url}/some`, events: ['channel_vacated'], channelPrefixes: ['private-'] },
      { url: `${url}/off`, enabled: false },
    ]);
    const { receiver } = stage;
    const client = await stage.vask.client();
    await client.subscribe('room');
    await client.subscribe('private-room');
    await client.hangUp();
    const some = () => receiver.posts.filter(({ path }) => path === '/hooks/some');
    await receiver.until(() => some().length > 0 && receiver.names.filter((name) => /vacated/.test(name)).length === 3);
    expect(some().map(({ body }) => JSON.parse(body).events)).toEqual([
      [{ name: 'channel_vacated', channel: 'private-room' }],
    ]);
    expect(receiver.posts.some(({ path }) => path === '/hooks/off')).toBe(false);
  });

  test('[W-2.1] nothing about somebody who is back within the grace', async () => {
    await using stage = await scene(
      { events: ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed'] },
      {
        webhookGraceSeconds: 1,
      },
    );
    const { receiver } = stage;
    for (const _ of [1, 2, 3]) {
      const client = await stage.vask.client();
      await client.subscribe('presence-room', { user_id: 'a' });
      await client.hangUp();
    }
    await receiver.until(() => receiver.names.includes('channel_vacated presence-room'));
    expect(receiver.names).toEqual([
      'channel_occupied presence-room',
      'member_added presence-room a',
      'member_removed presence-room a',
      'channel_vacated presence-room',
    ]);
  });

  test('[W-2.3] after a restart, that those who have not come back are gone', async () => {
    using directory = emptyDirectory();
    await using receiver = new Receiver();
    const options: TestServerOptions = {
      dataDirectory: directory.path,
      webhookGraceSeconds: 1,
      webhookAllowedHosts: [receiver.host],
      app: { webhooks: [whole({ events: ['channel_occupied', 'channel_vacated'] }, receiver)] },
    };
    const before = await startVask(options);
    const client = await before.client();
    await client.subscribe('stays');
    await client.subscribe('goes');
    await before.stop();
    const after = await startVask(options);
    const again = await after.client();
    await again.subscribe('stays');
    await receiver.until(() => receiver.names.includes('channel_vacated goes'));
    expect(receiver.names.toSorted()).toEqual([
      'channel_occupied goes',
      'channel_occupied stays',
      'channel_vacated goes',
    ]);
    await after.stop();
  });
});

describe('a delivery', () => {
  test('[W-3.1][W-3.2] is repeated unchanged, with the same id, until it is taken, and nothing overtakes it', async () => {
    await using stage = await scene({ events: ['client_event'] });
    const { receiver } = stage;
    const answers = [500, 404, 302, 200];
    receiver.answer = () => {
      const status = answers.shift() ?? 200;
      return new Response(null, { status, headers: status === 302 ? { Location: `${receiver.url}/elsewhere` } : {} });
    };
    const client = await stage.vask.client();
    await client.subscribe('private-room');
    for (const data of ['1', '2', '3']) {
      client.say({ event: 'client-n', channel: 'private-room', data });
      await client.heardNothing();
    }
    await receiver.until(() => receiver.events.length === 3);
    expect(receiver.events.map(({ data }) => data)).toEqual(['1', '2', '3']);
    expect(new Set(receiver.posts.slice(0, 4).map(({ id, body }) => id + body)).size).toBe(1);
    expect(receiver.posts.some(({ path }) => path === '/hooks/elsewhere')).toBe(false);
  });

  test('[W-3.4] to one endpoint does not wait for another that hangs, answers without end, or is not there', async () => {
    const hung = Promise.withResolvers<Response>();
    await using stage = await scene(
      ({ url }) => [
        { url: 'http://127.0.0.1:1/' },
        { url: `${url}/hangs` },
        { url: `${url}/endless` },
        { url: `${url}/fine` },
      ],
      { webhookAllowedHosts: ['127.0.0.1'] },
    );
    const { receiver } = stage;
    receiver.answer = ({ path }) => {
      if (path === '/hooks/hangs') return hung.promise;
      if (path !== '/hooks/endless') return new Response(null, { status: 204 });
      const bytes = new Uint8Array(65_536);
      return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(bytes) }));
    };
    const started = performance.now();
    const fine = () =>
      receiver.posts.filter(({ path }) => path === '/hooks/fine').flatMap(({ body }) => JSON.parse(body).events);
    const client = await stage.vask.client();
    for (const channel of ['a', 'b', 'c']) {
      await client.subscribe(channel);
      await receiver.until(() => fine().some((event: { channel: string }) => event.channel === channel));
    }
    expect(performance.now() - started).toBeLessThan(4_000);
    const endless = () => receiver.posts.filter(({ path }) => path === '/hooks/endless');
    await receiver.until(() => endless().length >= 2);
    hung.resolve(new Response(null));
  });

  test('[W-5.1] goes to no host that is not public, unless it is allowed', async () => {
    await using stage = await scene({}, { webhookAllowedHosts: [] });
    const client = await stage.vask.client();
    await client.subscribe('room');
    await client.hangUp();
    await stage.vask.stop();
    expect(stage.receiver.posts).toEqual([]);
  });
});
