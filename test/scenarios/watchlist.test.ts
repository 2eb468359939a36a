// Chapter P-6 of docs/protocol.md, watchlists: who of the users one cares about is online.
import { describe, expect, test } from 'bun:test';
import { frameFaults } from '../../src/protocol/faults.ts';
import { refused, signedIn, watchlist } from '../support/expected.ts';
import { createWorld, type FakeClient } from '../support/world.ts';

/** A signed-in client that has read all so far. */
function watching(client: FakeClient, id: string, users: readonly string[]): FakeClient {
  client.signIn({ id, watchlist: users });
  client.next();
  return client;
}

describe('watchlists', () => {
  test('[P-6.3] the sign-in is followed by who is online and who is not', () => {
    const world = createWorld();
    world.client().signIn({ id: 'bob' });
    const alice = world.client();
    alice.signIn({ id: 'alice', watchlist: ['bob', 'carol'] });
    expect(alice.texts.at(-1)).toBe(
      '{"event":"pusher_internal:watchlist_events","data":"{\\"events\\":[' +
        '{\\"name\\":\\"online\\",\\"user_ids\\":[\\"bob\\"]},{\\"name\\":\\"offline\\",\\"user_ids\\":[\\"carol\\"]}]}"}',
    );
    expect(alice.nextEvents()).toEqual(['pusher:signin_success', 'pusher_internal:watchlist_events']);
  });

  test('[P-6.3] without a watchlist nothing follows', () => {
    const alice = createWorld().client();
    alice.signIn({ id: 'alice', watchlist: [] });
    expect(alice.nextEvents()).toEqual(['pusher:signin_success']);
  });

  test('[P-6.3] a user is told as online with the first connection and as offline with the end of the last', () => {
    const world = createWorld({ nodes: 2 });
    const there = world.nodes[1] ?? world.nodes[0];
    const alice = watching(world.client(), 'alice', ['bob']);
    const [bob, tab] = [world.client(), there.client()];
    bob.signIn({ id: 'bob' });
    expect(alice.next()).toEqual([watchlist(['bob'], [])]);
    tab.signIn({ id: 'bob' });
    bob.hangUp();
    expect(alice.next()).toEqual([]);
    tab.hangUp();
    expect(alice.next()).toEqual([watchlist([], ['bob'])]);
  });

  test('[P-6.3] presence does not count', () => {
    const world = createWorld();
    const alice = watching(world.client(), 'alice', ['bob']);
    world.client().subscribe('presence-room', { user_id: 'bob' });
    expect(alice.next()).toEqual([]);
  });

  test('[P-6.3] users may watch each other and themselves', () => {
    const world = createWorld();
    const alice = world.client();
    alice.signIn({ id: 'alice', watchlist: ['alice', 'bob'] });
    expect(alice.next().at(-1)).toEqual(watchlist(['alice'], ['bob']));
    const bob = world.client();
    bob.signIn({ id: 'bob', watchlist: ['alice'] });
    expect(bob.next().at(-1)).toEqual(watchlist(['alice'], []));
    expect(alice.next()).toEqual([watchlist(['bob'], [])]);
    alice.hangUp();
    expect(bob.next()).toEqual([watchlist([], ['alice'])]);
  });

  test('[P-6.3] two tabs watch independently', () => {
    const world = createWorld();
    const tabs = [world.client(), world.client()].map((tab) => watching(tab, 'alice', ['bob']));
    tabs[0]?.hangUp();
    world.client().signIn({ id: 'bob' });
    expect(tabs[0]?.next()).toEqual([]);
    expect(tabs[1]?.next()).toEqual([watchlist(['bob'], [])]);
  });

  test('[P-6.3] a later sign-in replaces the watchlist', () => {
    const world = createWorld();
    const alice = watching(world.client(), 'alice', ['bob', 'carol']);
    watching(alice, 'alice', ['carol', 'dave']);
    for (const id of ['bob', 'carol', 'dave']) world.client().signIn({ id });
    expect(alice.next()).toEqual([watchlist(['carol'], []), watchlist(['dave'], [])]);
    watching(alice, 'alice', []);
    world.client().signIn({ id: 'erin' });
    expect(alice.next()).toEqual([]);
  });

  test('[P-6.3] who is watched twice is told once', () => {
    const world = createWorld();
    const alice = watching(world.client(), 'alice', ['bob', 'bob']);
    world.client().signIn({ id: 'bob' });
    expect(alice.next()).toEqual([watchlist(['bob'], [])]);
  });

  test('[P-6.5] of a list that is too long the first ids count, and 4302 follows the success', () => {
    const world = createWorld({ app: { limits: { watchlistLength: 2 } } });
    const alice = world.client();
    alice.signIn({ id: 'alice', watchlist: ['b', 'c', 'd'] });
    expect(alice.next()).toEqual([
      signedIn('{"id":"alice","watchlist":["b","c","d"]}'),
      refused(frameFaults.watchlistTooLong, { limit: 2 }),
      watchlist([], ['b', 'c']),
    ]);
    for (const id of ['d', 'c']) world.client().signIn({ id });
    expect(alice.next()).toEqual([watchlist(['c'], [])]);
  });

  test('[P-6.5] a limit of 0 watches nobody', () => {
    const world = createWorld({ app: { limits: { watchlistLength: 0 } } });
    const alice = world.client();
    alice.signIn({ id: 'alice', watchlist: ['bob'] });
    expect(alice.nextEvents()).toEqual(['pusher:signin_success', 'pusher:error']);
  });
});
