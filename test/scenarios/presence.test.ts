// Chapter P-4 of docs/protocol.md, presence channels: who is there, who comes and who goes.
import { describe, expect, test } from 'bun:test';
import { frameFaults } from '../../src/protocol/faults.ts';
import { channelAuth } from '../support/credentials.ts';
import { memberAdded, memberRemoved, refused, succeededWith } from '../support/expected.ts';
import { createWorld, type FakeClient } from '../support/world.ts';

const ROOM = 'presence-room';

describe('members', () => {
  test('[P-4.6] a user id that is a number becomes a string', () => {
    const world = createWorld();
    const [alice, bob] = [world.client(), world.client()];
    alice.subscribe(ROOM, { user_id: 7 });
    bob.subscribe(ROOM, { user_id: 8 });
    expect(alice.next()).toEqual([succeededWith(ROOM, { 7: {} }), memberAdded(ROOM, '8')]);
    expect(bob.next()).toEqual([succeededWith(ROOM, { 7: {}, 8: {} })]);
    bob.say({ event: 'client-x', channel: ROOM, data: {} });
    bob.hangUp();
    expect(alice.next()).toEqual([
      { event: 'client-x', channel: ROOM, data: {}, user_id: '8' },
      memberRemoved(ROOM, '8'),
    ]);
  });

  test('[P-4.6] the number and the string are the same user', () => {
    const world = createWorld();
    const [alice, bob] = [world.client(), world.client()];
    alice.subscribe(ROOM, { user_id: 7 });
    bob.subscribe(ROOM, { user_id: '7' });
    expect(bob.next()).toEqual([succeededWith(ROOM, { 7: {} })]);
  });

  test('[P-4.9] channel_data wins over the sign-in, and without it the sign-in says who it is', () => {
    const alice = createWorld().client();
    alice.signIn({ id: 'alice', user_info: { name: 'Alice' } });
    alice.next();
    alice.subscribe(ROOM, { user_id: 'masked' });
    alice.subscribe('presence-other');
    expect(alice.next()).toEqual([
      succeededWith(ROOM, { masked: {} }),
      succeededWith('presence-other', { alice: { name: 'Alice' } }),
    ]);
  });

  test('[P-4.9] without either the subscription is refused', () => {
    const alice = createWorld().client();
    alice.subscribe(ROOM);
    expect(alice.next()).toEqual([refused(frameFaults.memberMissing, { channel: ROOM })]);
  });

  test.each(['', '[]', '{}', '{"user_id":""}', '{"user_id":null}'])(
    '[P-4.9] the channel_data %j is refused, whoever is signed in',
    (channelData) => {
      const alice = createWorld().client();
      alice.signIn({ id: 'alice' });
      alice.next();
      const auth = channelAuth(alice.socketId, ROOM, channelData);
      alice.say({ event: 'pusher:subscribe', data: { channel: ROOM, auth, channel_data: channelData } });
      expect(alice.next()).toMatchObject([{ event: 'pusher:error', data: { code: 4009 } }]);
    },
  );

  test('[P-4.11] the answer has the roster, each user once, oneself included', () => {
    const world = createWorld();
    const [alice, bob, tab] = [world.client(), world.client(), world.client()];
    alice.subscribe(ROOM, { user_id: 'alice', user_info: { name: 'Alice' } });
    bob.subscribe(ROOM, { user_id: 'bob' });
    tab.subscribe(ROOM, { user_id: 'bob' });
    expect(tab.texts.at(-1)).toBe(
      '{"event":"pusher_internal:subscription_succeeded","channel":"presence-room","data":"{\\"presence\\":' +
        '{\\"ids\\":[\\"alice\\",\\"bob\\"],\\"hash\\":{\\"alice\\":{\\"name\\":\\"Alice\\"},\\"bob\\":{}},\\"count\\":2}}"}',
    );
  });
});

describe('coming and going', () => {
  test('[P-4.13] the first connection of a user is told to the others, not to itself', () => {
    const world = createWorld();
    const [alice, bob] = [world.client(), world.client()];
    alice.subscribe(ROOM, { user_id: 'alice' });
    alice.next();
    bob.subscribe(ROOM, { user_id: 'bob', user_info: { name: 'Bob' } });
    expect(alice.next()).toEqual([memberAdded(ROOM, 'bob', { name: 'Bob' })]);
    expect(bob.nextEvents()).toEqual(['pusher_internal:subscription_succeeded']);
  });

  test('[P-4.13] a second tab of the same user is silent, coming and going', () => {
    const world = createWorld();
    const [bob, alice, tab] = [world.client(), world.client(), world.client()];
    bob.subscribe(ROOM, { user_id: 'bob' });
    alice.subscribe(ROOM, { user_id: 'alice' });
    bob.next();
    tab.subscribe(ROOM, { user_id: 'alice' });
    alice.hangUp();
    expect(bob.next()).toEqual([]);
    tab.unsubscribe(ROOM);
    expect(bob.next()).toEqual([memberRemoved(ROOM, 'alice')]);
  });

  test('[P-4.13] of several tabs only the last one to go counts', () => {
    const world = createWorld();
    const bob = world.client();
    bob.subscribe(ROOM, { user_id: 'bob' });
    const tabs = Array.from({ length: 4 }, () => world.client());
    for (const tab of tabs) tab.subscribe(ROOM, { user_id: 'alice' });
    bob.next();
    for (const tab of tabs.slice(1)) {
      tab.hangUp();
      expect(bob.next()).toEqual([]);
    }
    tabs[0]?.unsubscribe(ROOM);
    expect(bob.next()).toEqual([memberRemoved(ROOM, 'alice')]);
  });

  const WAYS: [string, (client: FakeClient) => void][] = [
    ['unsubscribes', (client) => client.unsubscribe(ROOM)],
    ['hangs up', (client) => client.hangUp()],
    ['is cut off', (client) => client.close(1006, '')],
  ];
  test.each(WAYS)('[P-4.13] a user who %s is told as removed, once', (_, go) => {
    const world = createWorld();
    const [alice, bob] = [world.client(), world.client()];
    alice.subscribe(ROOM, { user_id: 'alice' });
    bob.subscribe(ROOM, { user_id: 'bob' });
    alice.next();
    go(bob);
    expect(alice.next()).toEqual([memberRemoved(ROOM, 'bob')]);
    world.clock.advance(1_000);
    expect(alice.next()).toEqual([]);
  });

  test('[P-4.13] two tabs on two nodes are one user', () => {
    const world = createWorld({ nodes: 2 });
    const [here, there] = [world.nodes[0], world.nodes[1] ?? world.nodes[0]];
    const [bob, alice, tab] = [there.client(), here.client(), there.client()];
    bob.subscribe(ROOM, { user_id: 'bob' });
    alice.subscribe(ROOM, { user_id: 'alice' });
    expect(bob.next()).toEqual([succeededWith(ROOM, { bob: {} }), memberAdded(ROOM, 'alice')]);
    tab.subscribe(ROOM, { user_id: 'alice' });
    expect(tab.next()).toEqual([succeededWith(ROOM, { bob: {}, alice: {} })]);
    alice.hangUp();
    expect(bob.next()).toEqual([]);
    tab.hangUp();
    expect(bob.next()).toEqual([memberRemoved(ROOM, 'alice')]);
  });

  test('[P-4.13] one connection in two rooms is told in each for itself', () => {
    const world = createWorld();
    const [alice, bob] = [world.client(), world.client()];
    for (const room of [ROOM, 'presence-other']) alice.subscribe(room, { user_id: 'alice' });
    alice.next();
    bob.subscribe('presence-other', { user_id: 'bob' });
    expect(alice.next()).toEqual([memberAdded('presence-other', 'bob')]);
  });

  test('[P-4.14] later subscribers see the newest user_info, present ones are not told', () => {
    const world = createWorld({ nodes: 2 });
    const there = world.nodes[1] ?? world.nodes[0];
    const [bob, alice, tab] = [world.client(), world.client(), there.client()];
    bob.subscribe(ROOM, { user_id: 'bob' });
    alice.subscribe(ROOM, { user_id: 'alice', user_info: { mood: 'glad' } });
    bob.next();
    tab.subscribe(ROOM, { user_id: 'alice', user_info: { mood: 'tired' } });
    expect(bob.next()).toEqual([]);
    expect(tab.next()).toEqual([succeededWith(ROOM, { bob: {}, alice: { mood: 'tired' } })]);
    const carol = world.client();
    carol.subscribe(ROOM, { user_id: 'carol' });
    expect(carol.next()).toEqual([succeededWith(ROOM, { bob: {}, alice: { mood: 'tired' }, carol: {} })]);
  });
});

describe('bounds', () => {
  const full = refused(frameFaults.presenceFull, { channel: ROOM, limit: 2 });
  const smallRoom = () => createWorld({ app: { limits: { presenceMembers: 2 } }, nodes: 2 });

  test('[P-4.15] a new user is refused in a full room, on every node', () => {
    const world = smallRoom();
    for (const user of ['alice', 'bob']) world.client().subscribe(ROOM, { user_id: user });
    for (const node of world.nodes) {
      const carol = node.client();
      carol.subscribe(ROOM, { user_id: 'carol' });
      expect(carol.next()).toEqual([full]);
    }
  });

  test('[P-4.15] a user who is in a full room may enter it again', () => {
    const world = smallRoom();
    for (const user of ['alice', 'bob']) world.client().subscribe(ROOM, { user_id: user });
    const tab = world.client();
    tab.subscribe(ROOM, { user_id: 'bob' });
    expect(tab.next()).toEqual([succeededWith(ROOM, { alice: {}, bob: {} })]);
  });

  test('[P-4.15] who was turned away hears nothing, and may try again when there is room', () => {
    const world = smallRoom();
    const [alice, bob, carol] = [world.client(), world.client(), world.client()];
    alice.subscribe(ROOM, { user_id: 'alice' });
    bob.subscribe(ROOM, { user_id: 'bob' });
    carol.subscribe(ROOM, { user_id: 'carol' });
    carol.next();
    bob.hangUp();
    expect(carol.next()).toEqual([]);
    carol.subscribe(ROOM, { user_id: 'carol' });
    expect(carol.next()).toEqual([succeededWith(ROOM, { alice: {}, carol: {} })]);
  });

  test('[P-4.15] a user id and a user_info that are too long are refused', () => {
    const alice = createWorld().client();
    alice.subscribe(ROOM, { user_id: 'x'.repeat(129) });
    alice.subscribe(ROOM, { user_id: 'alice', user_info: 'x'.repeat(1_023) });
    expect(alice.next()).toEqual([
      refused(frameFaults.memberTooLarge, { part: 'user_id', limit: 128 }),
      refused(frameFaults.memberTooLarge, { part: 'user_info', limit: 1_024 }),
    ]);
    alice.subscribe(ROOM, { user_id: 'x'.repeat(128), user_info: 'x'.repeat(1_022) });
    expect(alice.nextEvents()).toEqual(['pusher_internal:subscription_succeeded']);
  });

  test('[P-4.15] the user_info of a sign-in has the same bound', () => {
    const alice = createWorld().client();
    alice.signIn({ id: 'alice', user_info: 'x'.repeat(1_023) });
    alice.next();
    alice.subscribe(ROOM);
    expect(alice.next()).toEqual([refused(frameFaults.memberTooLarge, { part: 'user_info', limit: 1_024 })]);
  });
});
