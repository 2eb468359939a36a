// Chapter P-4 of docs/protocol.md, counts: subscribers are told how many they are.
import { describe, expect, test } from 'bun:test';
import { count, succeeded } from '../support/expected.ts';
import { createWorld, type FakeClient, type Node } from '../support/world.ts';

const counting = (nodes = 1) => createWorld({ app: { subscriptionCount: true }, nodes });

function crowd(node: Pick<Node, 'client'>, size: number, channel = 'news'): FakeClient[] {
  return Array.from({ length: size }, () => {
    const client = node.client();
    client.subscribe(channel);
    return client;
  });
}

describe('few subscribers', () => {
  test('[P-4.16] each one who comes or goes is told, to the newcomer too', () => {
    const world = counting();
    const [alice, bob] = [world.client(), world.client()];
    alice.subscribe('news');
    bob.subscribe('news');
    expect(alice.next()).toEqual([succeeded('news'), count('news', 1), count('news', 2)]);
    expect(bob.next()).toEqual([succeeded('news'), count('news', 2)]);
    bob.unsubscribe('news');
    expect(alice.next()).toEqual([count('news', 1)]);
    expect(bob.next()).toEqual([]);
  });

  test('[P-4.16] connections are counted, on all nodes', () => {
    const world = counting(2);
    const [alice] = crowd(world, 1);
    crowd(world.nodes[1] ?? world, 2)[0]?.hangUp();
    expect(alice?.next()).toEqual([succeeded('news'), ...[1, 2, 3, 2].map((size) => count('news', size))]);
  });

  test('[P-4.16] presence channels have no count', () => {
    const alice = counting().client();
    alice.subscribe('presence-room', { user_id: 'alice' });
    alice.subscribe('presence-cache-room', { user_id: 'alice' });
    expect(alice.nextEvents()).not.toContain('pusher_internal:subscription_count');
  });

  test('[P-4.16] without the switch there is none', () => {
    const alice = createWorld().client();
    alice.subscribe('news');
    expect(alice.next()).toEqual([succeeded('news')]);
  });

  test('[P-4.16] a hundred subscribers are told of every one', () => {
    const [first] = crowd(counting(), 100);
    expect(first?.next().slice(1)).toEqual(Array.from({ length: 100 }, (_, at) => count('news', at + 1)));
  });
});

describe('many subscribers', () => {
  test('[P-4.17] above a hundred there is at most one frame in five seconds, and the last one is true', () => {
    const world = counting();
    const [first] = crowd(world, 100);
    first?.next();
    const late = crowd(world, 20);
    expect(first?.next()).toEqual([]);
    world.clock.advance(4_999);
    expect(first?.next()).toEqual([]);
    world.clock.advance(1);
    expect(first?.next()).toEqual([count('news', 120)]);
    late[0]?.hangUp();
    expect(first?.next()).toEqual([]);
    world.clock.advance(5_000);
    expect(first?.next()).toEqual([count('news', 119)]);
    world.clock.advance(60_000);
    expect(first?.next()).toEqual([]);
  });

  test('[P-4.17] after five quiet seconds a change is told at once', () => {
    const world = counting();
    const [first] = crowd(world, 102);
    world.clock.advance(20_000);
    first?.next();
    crowd(world, 1);
    expect(first?.next()).toEqual([count('news', 103)]);
  });

  test('[P-4.17] a channel that empties during the wait tells nobody', () => {
    const world = counting();
    const all = crowd(world, 101);
    for (const each of all) each.hangUp();
    const before = all.map(({ texts }) => texts.length);
    world.clock.advance(10_000);
    expect(all.map(({ texts }) => texts.length)).toEqual(before);
  });

  test('[P-4.17] while the channel shrinks below a hundred, the last frame is true', () => {
    const world = counting();
    const all = crowd(world, 110);
    for (const each of all.slice(50)) each.hangUp();
    world.clock.advance(5_000);
    expect(all[0]?.next().at(-1)).toEqual(count('news', 50));
  });

  test('[P-4.17] on two nodes the last frame is true as well', () => {
    const world = counting(2);
    const there = world.nodes[1] ?? world.nodes[0];
    const [first] = crowd(world, 101);
    crowd(world, 10);
    world.clock.advance(2_000);
    // Told at once by the other node, while this one still waits to tell what it knew before.
    crowd(there, 1);
    world.clock.advance(10_000);
    expect(first?.next().at(-1)).toEqual(count('news', 112));
  });
});
