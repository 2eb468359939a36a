// Somebody watches an app: what is shown, on which node, and that nothing of it runs while nobody does.
import { describe, expect, test } from 'bun:test';
import type { Shown } from '../../src/core/app-feed.ts';
import type { Entry, Sample } from '../../src/core/feed.ts';
import { signedIn } from '../../src/engine/signed-in.ts';
import { watchApp } from '../../src/engine/watch-app.ts';
import { createWorld, type Node, type World, type WorldOptions } from '../support/world.ts';

/** Somebody who keeps all that is shown. */
class Onlooker {
  readonly isAdmin: boolean;
  readonly shown: Shown[] = [];
  readonly end: (() => void) | null;

  constructor(world: World, node: Node = world.nodes[0], isAdmin = false) {
    this.isAdmin = isAdmin;
    this.end = watchApp(node.engine, world.app.id, { isAdmin, show: (shown) => void this.shown.push(shown) });
  }

  get entries(): readonly Entry[] {
    return this.shown.flatMap((each) => (each.kind === 'happenings' ? each.entries : []));
  }

  get types(): readonly string[] {
    return this.entries.map(({ type }) => type);
  }

  get samples(): readonly Sample[] {
    return this.shown.flatMap((each) => (each.kind === 'sample' ? [each.sample] : []));
  }

  get dropped(): number {
    return this.shown.reduce((sum, each) => sum + (each.kind === 'dropped' ? each.count : 0), 0);
  }
}

/** Nodes, and somebody who watches on the first of them and has been heard by the others. */
async function watched(options: WorldOptions & { readonly isAdmin?: boolean } = {}) {
  const world = createWorld({ nodes: 1, ...options });
  const onlooker = new Onlooker(world, world.nodes[0], options.isAdmin);
  await settle();
  return { world, onlooker };
}

async function settle(): Promise<void> {
  for (let step = 0; step < 20; step++) await Promise.resolve();
}

describe('[A-5.4] while nobody watches', () => {
  test('the engine is observed by nobody but the log, before and after', async () => {
    const world = createWorld({ nodes: 2 });
    const engines = world.nodes.map(({ engine }) => engine);
    const before = engines.map(({ observe, observeTraffic }) => ({ observe, observeTraffic }));
    const seen = () => engines.map(({ observe, observeTraffic }) => ({ observe, observeTraffic }));
    const onlooker = new Onlooker(world);
    await settle();
    for (const [at, each] of seen().entries()) {
      expect(each.observe).not.toBe(before[at]?.observe as never);
      expect(each.observeTraffic).not.toBe(before[at]?.observeTraffic as never);
    }
    onlooker.end?.();
    world.clock.advance(10_000);
    expect(seen()).toEqual(before);
    expect(engines.map(({ feeds }) => feeds.size)).toEqual([0, 0]);
  });

  test('nothing is made of what happens in other apps', async () => {
    const { world, onlooker } = await watched({
      apps: [{}, { id: '2002' as never, keys: [{ key: 'k', secret: 's' }] }],
    });
    world.knock({ key: 'k' });
    world.clock.advance(1_000);
    expect(onlooker.entries).toEqual([]);
  });
});

test('[A-5.3] a conversation is shown as it happens', async () => {
  const { world, onlooker } = await watched();
  const alice = world.client();
  alice.subscribe('cache-news');
  alice.subscribe('cache-news');
  alice.signIn({ id: 'alice' });
  alice.subscribe('presence-room', { user_id: 'alice' });
  alice.say({ event: 'client-x', channel: 'presence-room', data: { a: 1 } });
  world.publish('cache-news', 'hello', '"text"');
  alice.hangUp();
  world.clock.advance(100);
  const told = onlooker.entries.map(({ id: _id, atMs: _atMs, node: _node, ...rest }) => rest);
  const { socketId } = told[0] ?? {};
  expect(told as unknown[]).toEqual([
    { type: 'connected', socketId },
    { type: 'occupied', channel: 'cache-news' },
    { type: 'cache-missed', channel: 'cache-news' },
    { type: 'subscribed', socketId, channel: 'cache-news' },
    { type: 'refused', socketId, text: expect.stringContaining('Existing'), advice: expect.any(String) },
    { type: 'signed-in', socketId, user: 'alice' },
    { type: 'member-added', channel: 'presence-room', user: 'alice' },
    { type: 'occupied', channel: 'presence-room' },
    { type: 'subscribed', socketId, channel: 'presence-room' },
    { type: 'client-event', channel: 'presence-room', event: 'client-x', socketId, data: '{"a":1}' },
    { type: 'published', channel: 'cache-news', event: 'hello', data: '"text"' },
    { type: 'vacated', channel: 'cache-news' },
    { type: 'unsubscribed', socketId, channel: 'cache-news' },
    { type: 'member-removed', channel: 'presence-room', user: 'alice' },
    { type: 'vacated', channel: 'presence-room' },
    { type: 'unsubscribed', socketId, channel: 'presence-room' },
    { type: 'disconnected', socketId, code: 1000 },
  ]);
  expect(new Set(onlooker.entries.map(({ id }) => id)).size).toBe(told.length);
});

test('[A-5.3] a connection that the server closes is shown with the reason and what to do', async () => {
  const { world, onlooker } = await watched();
  world.client();
  world.knock({ protocol: '3' });
  world.remove();
  world.clock.advance(100);
  const [refused, ended] = ['refused-connection', 'disconnected'].map((type) =>
    onlooker.entries.find((entry) => entry.type === type),
  );
  expect(refused).toMatchObject({ code: 4007, text: expect.stringContaining('version 3'), advice: expect.any(String) });
  expect(ended).toMatchObject({ code: 4001, text: expect.stringContaining('not in this cluster') });
});

describe('[A-5.3] in a cluster', () => {
  test('what happens on every node is shown once, with the samples of all', async () => {
    const { world, onlooker } = await watched({ nodes: 3 });
    for (const node of world.nodes) {
      const client = node.client();
      client.subscribe('presence-room', { user_id: `of ${client.socketId}` });
    }
    world.nodes[2]?.publish('presence-room', 'hello', '{}');
    world.clock.advance(200);
    const count = (type: string) => onlooker.types.filter((each) => each === type).length;
    const counts = ['connected', 'subscribed', 'member-added', 'occupied', 'published'].map(count);
    expect(counts).toEqual([3, 3, 3, 1, 1]);
    world.clock.advance(2_000);
    const sum = (name: keyof Sample) => onlooker.samples.reduce((total, sample) => total + sample[name], 0);
    expect(onlooker.samples.at(-1)).toMatchObject({ connections: 3, errors: 0 });
    expect(sum('messagesIn')).toBe(3);
    // Three readers of the event, and those who were there already of each new member.
    expect(sum('messagesOut')).toBe(3 + 1 + 2);
    world.clock.advance(10_000);
    await settle();
    world.clock.advance(1_000);
    expect(onlooker.samples.at(-1)).toMatchObject({ connections: 3, channels: 1 });
  });

  test('a member who comes and goes and comes is shown each time', async () => {
    const { world, onlooker } = await watched({ nodes: 2 });
    for (const node of world.nodes) node.client().subscribe('presence-room', { user_id: 'stays' });
    for (let time = 0; time < 2; time++) {
      const client = world.nodes[1]?.client();
      client?.subscribe('presence-room', { user_id: 'alice' });
      client?.hangUp();
    }
    world.clock.advance(200);
    const ofAlice = onlooker.entries.filter(({ user }) => user === 'alice').map(({ type }) => type);
    expect(ofAlice).toEqual(['member-added', 'member-removed', 'member-added', 'member-removed']);
  });

  test('a node that nobody asks any more tells no more', async () => {
    const { world, onlooker } = await watched({ nodes: 2 });
    onlooker.end?.();
    world.clock.advance(10_000);
    expect(world.nodes.map(({ engine }) => engine.feeds.size)).toEqual([0, 0]);
    world.nodes[1]?.client();
    world.clock.advance(1_000);
    expect(onlooker.entries).toEqual([]);
  });

  test('[A-5.9] those who are signed in on any node are listed in order, a page at a time', async () => {
    const world = createWorld({ nodes: 3 });
    for (const [at, node] of world.nodes.entries()) {
      for (let user = 0; user < 30; user++) node.client().signIn({ id: `user-${10 + ((user * 7 + at) % 40)}` });
    }
    const { engine } = world.nodes[0];
    const ask = async (limit: number, after: string) => {
      const asked = signedIn(engine, world.app.id, limit, after);
      await settle();
      world.clock.advance(300);
      return await asked;
    };
    const all = await ask(1_000, '');
    expect(all.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, at) => `user-${10 + at}`));
    expect(all.reduce((sum, { connections }) => sum + connections.length, 0)).toBe(90);
    const page = await ask(7, 'user-19');
    expect(page.map(({ id }) => id)).toEqual(all.slice(10, 17).map(({ id }) => id));
    expect(page[0]?.connections.length).toBe(all[10]?.connections.length ?? 0);
    expect(engine.feeds.listeners.size + engine.feeds.questions.size).toBe(0);
  });
});

describe('[A-5.5] a feed is bounded', () => {
  test('beyond 500 entries in a second the rest is only counted', async () => {
    const { world, onlooker } = await watched({ nodes: 2 });
    world.clock.advance(1_000);
    for (const node of world.nodes) {
      for (let event = 0; event < 700; event++) node.publish('news', 'hello', '{}');
    }
    world.clock.advance(1_000);
    expect(onlooker.entries).toHaveLength(500);
    expect(onlooker.dropped).toBe(900);
    world.publish('news', 'later', '{}');
    world.clock.advance(100);
    expect(onlooker.entries.at(-1)?.event).toBe('later');
  });

  test('data is cut', async () => {
    const { world, onlooker } = await watched();
    world.publish('news', 'hello', 'x'.repeat(100_000));
    world.clock.advance(100);
    expect(onlooker.entries[0]?.data).toHaveLength(20_000);
  });

  test('twenty watch on one node, and nobody else', () => {
    const world = createWorld({ nodes: 1 });
    const all = Array.from({ length: 21 }, () => new Onlooker(world).end !== null);
    expect(all).toEqual([...Array.from({ length: 20 }, () => true), false]);
  });
});

test('[A-5.7] what concerns the server as a whole is shown to admins only', async () => {
  const { world, onlooker } = await watched({ isAdmin: true });
  const other = new Onlooker(world);
  world.knock({ key: 'nobody-has-it' });
  world.clock.advance(1_000);
  expect(onlooker.types).toEqual(['refused-connection']);
  expect(other.types).toEqual([]);
});
