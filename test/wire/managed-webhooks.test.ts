// Endpoints that are set up by the admin API while the server runs, and what arrives at a real receiver.
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { RawClient } from '../support/client.ts';
import { eventually, type MadeApp, type Person, personOn, socketUrl } from '../support/managed.ts';
import { Receiver } from '../support/receiver.ts';
import { startVask, type TestServer, type TestServerOptions } from '../support/server.ts';

// An endpoint that fails is asked again after a while.
setDefaultTimeout(20_000);

const PAIR = { key: 'shop-key', secret: 'shop-secret' };

class Stage implements AsyncDisposable {
  readonly vask: TestServer;
  readonly receiver: Receiver;
  readonly ann: Person;
  readonly app: MadeApp;

  private constructor(vask: TestServer, receiver: Receiver, ann: Person, app: MadeApp) {
    this.vask = vask;
    this.receiver = receiver;
    this.ann = ann;
    this.app = app;
  }

  static async open(options: TestServerOptions = {}): Promise<Stage> {
    const receiver = new Receiver([PAIR]);
    const vask = await startVask({ webhookAllowedHosts: [receiver.host], webhookGraceSeconds: 0, ...options });
    const ann = await personOn(vask);
    return new Stage(vask, receiver, ann, await ann.createApp('Shop', { keyPair: PAIR }));
  }

  /** A path of the app in the admin API. */
  path(rest: string): string {
    return `/apps/${this.app.id}${rest}`;
  }

  async client(): Promise<RawClient> {
    return await (await new RawClient(socketUrl(this.vask.url, PAIR.key)).opened()).greeted();
  }

  /** Comes and goes, so that the channel is occupied and vacated. */
  async visit(channel: string): Promise<void> {
    const client = await this.client();
    await client.subscribe(channel);
    await client.hangUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.vask.stop();
    await this.receiver[Symbol.asyncDispose]();
  }
}

describe('an endpoint that is made by the API', () => {
  test('[W-1.2][W-1.4][A-4.2] is told at once, signed, what it wants', async () => {
    await using stage = await Stage.open();
    const { ann, app, receiver } = stage;
    const headers = { 'X-Shop': 'yes' };
    await ann.createWebhook(app.id, receiver.url, {
      events: ['channel_occupied'],
      channelPrefixes: ['room-'],
      headers,
    });
    const client = await stage.client();
    await client.subscribe('hall');
    await client.subscribe('room-1');
    await receiver.until(() => receiver.events.length > 0);
    await stage.visit('room-2');
    await receiver.until(() => receiver.events.length > 1);
    expect(receiver.names).toEqual(['channel_occupied room-1', 'channel_occupied room-2']);
    expect(receiver.posts.every(({ isValid }) => isValid)).toBe(true);
    expect(receiver.posts[0]?.headers.get('x-shop')).toBe('yes');
    expect(receiver.posts[0]?.headers.get('x-pusher-key')).toBe(PAIR.key);
    const shown = await ann.items(stage.path('/webhooks'));
    expect(shown).toMatchObject([{ headerNames: ['X-Shop'], disabledReason: null, enabled: true }]);
  });

  test('[W-4.4] takes a test, which says how it was answered, and stands in the log with the rest', async () => {
    await using stage = await Stage.open();
    const { ann, app, receiver } = stage;
    const id = await ann.createWebhook(app.id, receiver.url);
    expect(await ann.done('POST', stage.path(`/webhooks/${id}/test`))).toMatchObject({ status: 204, error: null });
    expect(receiver.names).toEqual(['channel_occupied vask-test']);
    receiver.answer = () => new Response('not today', { status: 503 });
    const refused = await ann.done('POST', stage.path(`/webhooks/${id}/test`));
    expect(refused).toMatchObject({ status: 503, answer: 'not today' });
    receiver.answer = () => new Response(null, { status: 200 });
    await stage.visit('news');
    await receiver.until(() => receiver.names.includes('channel_vacated news'));
    const log = await eventually(
      () => ann.items(stage.path(`/deliveries?webhook=${id}`)),
      (attempts) => attempts.some(({ body }) => String(body).includes('channel_vacated')),
    );
    expect(log.filter(({ isTest }) => isTest).map(({ status }) => status)).toEqual([503, 204]);
    const page = await ann.done('GET', stage.path('/deliveries?limit=1'));
    expect(page['items']).toMatchObject([{ endpoint: id, status: 200 }]);
    const older = await ann.items(stage.path(`/deliveries?limit=200&cursor=${page['next']}`));
    expect(older.map((attempt) => attempt['id'])).toEqual(log.slice(1).map((attempt) => attempt['id']));
    expect((await ann.ask('POST', stage.path('/webhooks/unknown/test'))).status).toBe(404);
  });

  test('[W-4.3] is told nothing more once it is disabled, and nothing once it is deleted', async () => {
    await using stage = await Stage.open();
    const { ann, app, receiver } = stage;
    const leaving = await ann.createWebhook(app.id, `${receiver.url}/leaving`);
    const witness = await ann.createWebhook(app.id, `${receiver.url}/witness`, { events: ['channel_occupied'] });
    const heardBy = (path: string) => receiver.posts.filter((post) => post.path === `/hooks/${path}`);
    const witnessed = async (channel: string) => {
      await stage.visit(channel);
      await receiver.until(() => heardBy('witness').some(({ body }) => body.includes(channel)), `the witness`);
    };
    await witnessed('first');
    await receiver.until(() => heardBy('leaving').some(({ body }) => body.includes('channel_vacated')));
    await ann.change(stage.path(`/webhooks/${leaving}`), { enabled: false });
    const count = heardBy('leaving').length;
    await witnessed('second');
    expect(heardBy('leaving').length).toBe(count);
    // To be asked for a test it need not be on.
    expect(await ann.done('POST', stage.path(`/webhooks/${leaving}/test`))).toMatchObject({ status: 204 });
    await ann.change(stage.path(`/webhooks/${leaving}`), { enabled: true });
    await witnessed('third');
    await receiver.until(() => heardBy('leaving').some(({ body }) => body.includes('"third"')));
    await ann.done('DELETE', stage.path(`/webhooks/${leaving}`));
    const last = heardBy('leaving').length;
    await witnessed('fourth');
    expect(heardBy('leaving').length).toBe(last);
    expect(heardBy('leaving').some(({ body }) => /second|fourth/.test(body))).toBe(false);
    await ann.done('DELETE', stage.path(`/webhooks/${witness}`));
    expect(await ann.items(stage.path('/webhooks'))).toEqual([]);
  });

  test('[W-5.1][W-5.3][A-4.5] may be at a public address, or at one that the configuration allows', async () => {
    await using stage = await Stage.open();
    const { ann } = stage;
    for (const url of [
      'http://shop.example/hook',
      'https://127.0.0.1/',
      'https://a:b@shop.example/',
      'https://[::1]/',
    ]) {
      const refused = await ann.ask('POST', stage.path('/webhooks'), { url });
      expect([url, refused.status]).toEqual([url, 400]);
      expect(refused.body).toMatchObject({ errors: [{ pointer: '/url' }] });
    }
    expect(await ann.items(stage.path('/webhooks'))).toEqual([]);
  });
});

describe('an endpoint that fails', () => {
  test('[W-3.6] leaves dead letters, which are listed and sent again', async () => {
    await using stage = await Stage.open({ webhookRetrySeconds: 0 });
    const { ann, app, receiver } = stage;
    const id = await ann.createWebhook(app.id, receiver.url, { events: ['channel_occupied'] });
    receiver.answer = () => new Response(null, { status: 500 });
    await stage.visit('news');
    const [letter] = await eventually(
      () => ann.items(stage.path('/dead-letters')),
      (letters) => letters.length > 0,
    );
    expect(letter).toMatchObject({ endpoint: id, events: 1, body: expect.stringContaining('channel_occupied') });
    receiver.answer = () => new Response(null, { status: 200 });
    expect((await ann.ask('POST', stage.path('/dead-letters/replay'), {})).status).toBe(400);
    const replay = { ids: [letter?.['id']] };
    expect(await ann.done('POST', stage.path('/dead-letters/replay'), replay)).toEqual({ replayed: 1 });
    await receiver.until(() => receiver.names.includes('channel_occupied news'));
    await eventually(
      () => ann.items(stage.path('/dead-letters')),
      (letters) => letters.length === 0,
    );
    expect(await ann.done('POST', stage.path('/dead-letters/replay'), replay)).toEqual({ replayed: 0 });
  });

  test('[W-3.7] for too long is switched off, and says why until it is switched on again', async () => {
    // A few milliseconds, in hours.
    await using stage = await Stage.open({ webhookDisableHours: 1e-6 });
    const { ann, app, receiver } = stage;
    const id = await ann.createWebhook(app.id, receiver.url, { events: ['channel_occupied'] });
    receiver.answer = () => new Response(null, { status: 500 });
    await stage.visit('one');
    const off = await eventually(
      () => ann.done('GET', stage.path(`/webhooks/${id}`)),
      ({ enabled }) => enabled === false,
    );
    expect(off['disabledReason']).toBeString();
    expect(stage.vask.logLines.filter((line) => line.includes('webhookDisabled'))).toHaveLength(1);
    receiver.answer = () => new Response(null, { status: 200 });
    expect(await ann.change(stage.path(`/webhooks/${id}`), { enabled: true })).toMatchObject({ disabledReason: null });
    await stage.visit('three');
    await receiver.until(() => receiver.names.includes('channel_occupied three'));
  });
});

test('[A-3.3] what was sent for a deleted app is shown to nobody who makes another one of the same id', async () => {
  await using stage = await Stage.open({ webhookRetrySeconds: 0 });
  const { ann, app, receiver, vask } = stage;
  await ann.createWebhook(app.id, receiver.url, { events: ['channel_occupied'] });
  receiver.answer = () => new Response(null, { status: 500 });
  await stage.visit('secret-plans');
  await eventually(
    () => ann.items(stage.path('/dead-letters')),
    (letters) => letters.length > 0,
  );
  await ann.done('DELETE', stage.path(''));
  const bob = await personOn(vask, 'bob@example.com', 'member');
  await bob.createApp('Mine', { id: app.id });
  expect(await bob.done('POST', stage.path('/dead-letters/replay'), { fromMs: 0 })).toEqual({ replayed: 0 });
  expect(await bob.items(stage.path('/members'))).toMatchObject([{ email: 'bob@example.com' }]);
  const changes = await bob.items(stage.path('/audit'));
  expect(changes.map(({ action, account }) => [action, account])).toEqual([
    ['webhook.replay', bob.account],
    ['app.create', bob.account],
  ]);
  expect(await bob.items(stage.path('/deliveries'))).toEqual([]);
  expect(await bob.items(stage.path('/dead-letters'))).toEqual([]);
  expect(await bob.items(stage.path('/usage?span=day'))).toEqual([]);
});
