// The outbox behind its thread: what it keeps, sends, gives up and takes up again.
import { describe, expect, test } from 'bun:test';
import { emptyDirectory } from './cli/vask.ts';
import { appOf, clientEvent, endpointOf, eventsOf, OUTBOX_APP, roomFact, TestOutbox } from './support/outbox.ts';

const query = { app: OUTBOX_APP, limit: 100 };
const HOUR_MS = 3_600_000;

describe('an endpoint that is slow', () => {
  test('[W-3.1][W-3.5] gets one body at a time, and the next one has all that has come meanwhile', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())]);
    const { promise, resolve } = Promise.withResolvers<void>();
    outbox.held = promise;
    await outbox.settle(clientEvent('1'));
    await outbox.settle(clientEvent('2'));
    await outbox.settle(clientEvent('3'));
    expect(outbox.sent()).toEqual(['1']);
    outbox.held = null;
    resolve();
    await outbox.settle();
    expect(outbox.posts.map(({ body }) => eventsOf(body).length)).toEqual([2]);
    expect(outbox.sent()).toEqual(['2', '3']);
  });

  test('[W-3.6] loses the oldest to the dead letters when too many wait', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())], 3);
    outbox.held = new Promise(() => undefined);
    await outbox.settle(clientEvent('0'));
    for (let number = 1; number <= 6; number++) await outbox.settle(clientEvent(String(number)));
    const dead = outbox.journal
      .dead(query)
      .toReversed()
      .flatMap(({ body }) => eventsOf(body).map(({ data }) => data));
    expect(dead.slice(0, 3)).toEqual(['1', '2', '3']);
  });
});

describe('an endpoint that fails', () => {
  test('[W-3.3] is sent the same body again, also by the next process', async () => {
    using directory = emptyDirectory();
    const apps = [appOf(endpointOf())];
    const before = new TestOutbox(directory.path, apps);
    before.status = 500;
    await before.settle(clientEvent('1'));
    await before.settle(clientEvent('2'));
    await before.pass(1_000, 100);
    const [first, second] = before.posts;
    expect(second).toEqual(first as never);
    before[Symbol.dispose]();
    using after = new TestOutbox(directory.path, apps);
    await after.settle();
    expect(after.posts[0]).toEqual(first as never);
    expect(after.sent()).toEqual(['1', '2']);
  });

  test('[W-3.6] has its events given up after the time for retries, and they can be replayed', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())]);
    outbox.status = null;
    await outbox.settle(clientEvent('1'));
    outbox.nowMs += 1_000;
    await outbox.settle(clientEvent('2'));
    await outbox.pass(290_000, 1_000);
    expect(outbox.journal.dead(query)).toEqual([]);
    await outbox.pass(120_000, 1_000);
    const dead = outbox.journal.dead(query);
    expect(dead.map(({ body }) => eventsOf(body).map(({ data }) => data))).toEqual([['2'], ['1']]);
    const ids = dead.map(({ id }) => id);

    outbox.status = 204;
    outbox.posts.length = 0;
    expect(outbox.dispatcher.replay({ app: OUTBOX_APP, ids: [ids[1] ?? ''] })).toBe(1);
    await outbox.settle();
    expect(outbox.posts.map(({ id }) => id)).toEqual([ids[1] ?? '']);
    expect(outbox.dispatcher.replay({ app: OUTBOX_APP, fromMs: 0, toMs: outbox.nowMs })).toBe(1);
    await outbox.settle(clientEvent('3'));
    expect(outbox.sent()).toEqual(['1', '2', '3']);
    expect(outbox.journal.dead(query)).toEqual([]);
    expect(outbox.dispatcher.replay({ app: OUTBOX_APP })).toBe(0);
  });

  test('[W-3.7] for days is switched off, its owner is told, and what waited can be replayed', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [
      appOf(endpointOf(), endpointOf({ id: 'fine', url: 'https://fine.example/' })),
    ]);
    const post = outbox.posts;
    outbox.status = 503;
    await outbox.settle(clientEvent('1'));
    await outbox.pass(72 * HOUR_MS + 120_000, HOUR_MS / 2);
    await outbox.settle(clientEvent('2'));
    await outbox.pass(120_000, 60_000);
    expect(outbox.disabled.map(({ endpoint }) => endpoint).toSorted()).toEqual(['e', 'fine']);
    expect(outbox.disabled[0]?.reason).toContain('status 503');
    post.length = 0;
    await outbox.settle(clientEvent('3'));
    expect(outbox.sent()).toEqual([]);
    outbox.status = 204;
    outbox.dispatcher.configure([appOf(endpointOf({ url: 'https://other.example/' }))]);
    await outbox.settle(clientEvent('4'));
    expect(outbox.sent()).toEqual(['4']);
  });
});

describe('a change of the endpoints', () => {
  test('[W-4.3] takes effect at once: what waited for one that is gone is not sent', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())]);
    outbox.status = 500;
    await outbox.settle(clientEvent('1'));
    await outbox.settle(clientEvent('2'));
    outbox.status = 204;
    outbox.posts.length = 0;
    outbox.dispatcher.configure([appOf(endpointOf({ id: 'new' }))]);
    await outbox.pass(10_000, 1_000);
    await outbox.settle(clientEvent('3'));
    expect(outbox.sent()).toEqual(['3']);
    expect(outbox.journal.endpoints()).toEqual([]);
  });

  test('[W-4.3] one that is disabled is sent nothing, and what waited is kept as dead letters', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())]);
    outbox.status = 500;
    await outbox.settle(clientEvent('1'));
    await outbox.settle(clientEvent('2'));
    outbox.posts.length = 0;
    outbox.dispatcher.configure([appOf(endpointOf({ enabled: false }))]);
    await outbox.settle(clientEvent('3'));
    await outbox.pass(10_000, 1_000);
    expect(outbox.sent()).toEqual([]);
    expect(outbox.journal.dead(query)).toHaveLength(2);
    outbox.status = 204;
    outbox.dispatcher.configure([appOf(endpointOf())]);
    await outbox.settle(clientEvent('4'));
    outbox.dispatcher.replay({ app: OUTBOX_APP, endpoint: 'e' });
    await outbox.settle();
    expect(outbox.sent()).toEqual(['4', '1', '2']);
  });

  test('[W-4.3] a new address is tried at once, with the key of now', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())]);
    outbox.status = 500;
    await outbox.settle(clientEvent('1'));
    outbox.status = 204;
    outbox.posts.length = 0;
    const signingKey = { key: 'second', secret: 'other' };
    outbox.dispatcher.configure([{ ...appOf(endpointOf({ url: 'https://new.example/' })), signingKey }]);
    await outbox.settle();
    expect(outbox.posts.map(({ url, signingKey: { key } }) => [url, key])).toEqual([
      ['https://new.example/', 'second'],
    ]);
  });

  test('[W-2.4] whoever is there when webhooks come back counts as new', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())]);
    await outbox.settle(roomFact('channel_occupied'));
    outbox.dispatcher.configure([]);
    await outbox.settle();
    outbox.dispatcher.configure([appOf(endpointOf())]);
    await outbox.settle(roomFact('channel_occupied'));
    expect(outbox.sent()).toEqual(['channel_occupied room', 'channel_occupied room']);
  });
});

test('[W-2.2] what came before a change of endpoints is kept together with what it has announced', async () => {
  using directory = emptyDirectory();
  const apps = [appOf(endpointOf())];
  const before = new TestOutbox(directory.path, apps);
  before.dispatcher.add([roomFact('channel_occupied')]);
  before.dispatcher.configure(apps);
  // Writes, and is no turn.
  before.dispatcher.replay({ app: OUTBOX_APP });
  before[Symbol.dispose]();
  using after = new TestOutbox(directory.path, apps);
  await after.settle();
  expect(after.sent()).toEqual(['channel_occupied room', 'channel_vacated room']);
});

describe('what may be asked', () => {
  test('[W-4.4] the log of attempts, newest first and in pages, and a test that is in it', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())]);
    outbox.status = 500;
    await outbox.settle(clientEvent('1'));
    outbox.status = 204;
    await outbox.pass(1_000, 1_000);
    const attempt = await outbox.dispatcher.test(OUTBOX_APP, 'e');
    expect(attempt).toMatchObject({ status: 204, isTest: true });
    expect(await outbox.dispatcher.test(OUTBOX_APP, 'none')).toBeNull();
    await outbox.settle();
    const log = outbox.journal.attempts(query);
    expect(log.map(({ status, attempt: number, isTest }) => [status, number, isTest])).toEqual([
      [204, 1, true],
      [204, 2, false],
      [500, 1, false],
    ]);
    const page = outbox.journal.attempts({ ...query, limit: 1, before: log[0]?.id });
    expect(page).toEqual([log[1] as never]);
    expect(log[1]?.body).toContain('"client_event"');
  });
});
