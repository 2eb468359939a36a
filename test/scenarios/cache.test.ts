// Chapter P-4 of docs/protocol.md, cache channels: a newcomer gets the last event.
import { describe, expect, test } from 'bun:test';
import { cacheMiss, succeeded, succeededWith } from '../support/expected.ts';
import { createWorld } from '../support/world.ts';

const NEWS = 'cache-news';
const hello = (data: unknown, channel = NEWS) => ({ event: 'hello', channel, data });

describe('cache channels', () => {
  test('[P-4.10] succeeded comes first, then the remembered event, then live ones', () => {
    const world = createWorld();
    world.publish(NEWS, 'hello', '1');
    const alice = world.client();
    alice.subscribe(NEWS);
    world.publish(NEWS, 'hello', '2');
    expect(alice.next()).toEqual([succeeded(NEWS), hello(1), hello(2)]);
  });

  test('[P-4.10] the order is the same in a presence cache channel', () => {
    const world = createWorld();
    const room = 'presence-cache-room';
    world.publish(room, 'hello', '1');
    const alice = world.client();
    alice.subscribe(room, { user_id: 'alice' });
    world.publish(room, 'hello', '2');
    expect(alice.next()).toEqual([succeededWith(room, { alice: {} }), hello(1, room), hello(2, room)]);
  });

  test('[P-4.18] only the last event is remembered, and for every later subscriber', () => {
    const world = createWorld({ nodes: 2 });
    for (const data of ['1', '2', '3']) world.publish(NEWS, 'hello', data);
    for (const node of world.nodes) {
      const client = node.client();
      client.subscribe(NEWS);
      expect(client.next()).toEqual([succeeded(NEWS), hello(3)]);
    }
  });

  test('[P-4.18] an event is forgotten cacheSeconds after it was published, asked for or not', () => {
    const world = createWorld({ app: { limits: { cacheSeconds: 60 } } });
    world.publish(NEWS, 'hello', '1');
    world.clock.advance(59_999);
    const alice = world.client();
    alice.subscribe(NEWS);
    expect(alice.next()).toEqual([succeeded(NEWS), hello(1)]);
    world.clock.advance(1);
    const bob = world.client();
    bob.subscribe(NEWS);
    expect(bob.next()).toEqual([succeeded(NEWS), cacheMiss(NEWS)]);
  });

  test('[P-4.18] client events are not remembered', () => {
    const world = createWorld();
    const room = 'private-cache-room';
    const [alice, bob] = [world.client(), world.client()];
    world.publish(room, 'hello', '1');
    alice.subscribe(room);
    alice.say({ event: 'client-x', channel: room, data: {} });
    bob.subscribe(room);
    expect(bob.next()).toEqual([succeeded(room), hello(1, room)]);
  });

  test('[P-4.18] an event that excludes a connection is remembered for it too', () => {
    const world = createWorld();
    const alice = world.client();
    alice.subscribe(NEWS);
    alice.next();
    world.publish(NEWS, 'hello', '1', alice);
    expect(alice.next()).toEqual([]);
    alice.unsubscribe(NEWS);
    alice.subscribe(NEWS);
    expect(alice.next()).toEqual([succeeded(NEWS), hello(1)]);
  });

  test('[P-4.18] beyond cachedEvents the oldest event is forgotten', () => {
    const world = createWorld({ app: { limits: { cachedEvents: 2 } } });
    for (const name of ['a', 'b', 'c']) world.publish(`cache-${name}`, 'hello', '1');
    const alice = world.client();
    for (const name of ['a', 'b', 'c']) alice.subscribe(`cache-${name}`);
    expect(alice.nextEvents().filter((event) => event !== 'pusher_internal:subscription_succeeded')).toEqual([
      'pusher:cache_miss',
      'hello',
      'hello',
    ]);
  });

  test('[P-4.19] without a remembered event the miss has data that is exactly "{}"', () => {
    const alice = createWorld().client();
    alice.subscribe(NEWS);
    expect(alice.texts.slice(1)).toEqual([
      '{"event":"pusher_internal:subscription_succeeded","channel":"cache-news","data":"{}"}',
      '{"event":"pusher:cache_miss","channel":"cache-news","data":"{}"}',
    ]);
  });

  test('[P-4.19] the remembered event is the same frame that the others got', () => {
    const world = createWorld();
    const [alice, bob] = [world.client(), world.client()];
    alice.subscribe(NEWS);
    world.publish(NEWS, 'héllo "quoted"', 'not JSON ü \u2028');
    bob.subscribe(NEWS);
    expect(bob.texts.at(-1)).toBe(alice.texts.at(-1) ?? '');
  });

  test('[P-4.19] a miss is observed', () => {
    const world = createWorld();
    world.client().subscribe(NEWS);
    expect(world.happenings.map(({ kind }) => kind)).toContain('cacheMissed');
  });
});
