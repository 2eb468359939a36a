// Chapter P-6 of docs/protocol.md, users: signing in, what a user hears, and how the backend ends it.
import { describe, expect, test } from 'bun:test';
import { publish, requestForUser } from '../../src/engine/publish.ts';
import { terminate } from '../../src/engine/terminate.ts';
import { closeFaults, frameFaults } from '../../src/protocol/faults.ts';
import type { UserId } from '../../src/protocol/ids.ts';
import { userAuth } from '../support/credentials.ts';
import { refused, signedIn, succeeded } from '../support/expected.ts';
import { createWorld, type FakeClient, type World } from '../support/world.ts';

const PERSONAL = '#server-to-user-alice';
const hello = { event: 'hello', channel: PERSONAL, data: {} };

function toAlice(world: World): void {
  const request = requestForUser({ name: 'hello', data: '{}' }, 'alice' as UserId);
  void publish(world.nodes[0].engine, world.app, request);
}

function signInWith(client: FakeClient, userData: string): void {
  client.say({ event: 'pusher:signin', data: { auth: userAuth(client.socketId, userData), user_data: userData } });
}

describe('signing in', () => {
  test('[P-6.1] the answer has the text that was signed', () => {
    const alice = createWorld().client();
    const userData = '{ "id":"alice", "more" : [1.0] }';
    signInWith(alice, userData);
    expect(alice.next()).toEqual([signedIn(userData)]);
  });

  test('[P-6.1] signing in again as the same user succeeds, as another it is refused', () => {
    const world = createWorld();
    const alice = world.client();
    signInWith(alice, '{"id":"alice"}');
    signInWith(alice, '{"id":"alice","user_info":{}}');
    signInWith(alice, '{"id":"bob"}');
    expect(alice.next()).toEqual([
      signedIn('{"id":"alice"}'),
      signedIn('{"id":"alice","user_info":{}}'),
      refused(frameFaults.signedInAsOther),
    ]);
    toAlice(world);
    expect(alice.next()).toEqual([hello]);
  });

  test.each([
    [{}, 'Missing parameter: data.user'],
    [{ user_data: '{"id":"alice"}' }, 'Missing parameter: data.auth'],
  ])('[P-6.1] a sign-in with the data %j is refused', (data, message) => {
    const alice = createWorld().client();
    alice.say({ event: 'pusher:signin', data });
    expect(alice.next()).toEqual([{ event: 'pusher:error', data: { code: 4009, message } }]);
  });

  test.each(['', '[]', '{}', '{"id":""}', '{"id":7}'])('[P-6.1] the user_data %j is refused', (userData) => {
    const alice = createWorld().client();
    signInWith(alice, userData);
    expect(alice.next()).toMatchObject([{ event: 'pusher:error', data: { code: 4009 } }]);
    expect(alice.connection?.user).toBeNull();
  });

  test('[P-6.6] with userAuthentication off, sign-ins are refused', () => {
    const world = createWorld({ app: { userAuthentication: { enabled: false, required: false, timeoutSeconds: 20 } } });
    const alice = world.client();
    alice.signIn({ id: 'alice' });
    expect(alice.next()).toEqual([refused(frameFaults.signInOff)]);
    toAlice(world);
    expect(alice.next()).toEqual([]);
  });
});

describe('the events of a user', () => {
  test('[P-6.2] come without a subscription, and once with one', () => {
    const world = createWorld();
    const alice = world.client();
    alice.signIn({ id: 'alice' });
    alice.next();
    toAlice(world);
    expect(alice.next()).toEqual([hello]);
    alice.subscribe(PERSONAL);
    expect(alice.next()).toEqual([succeeded(PERSONAL)]);
    toAlice(world);
    expect(alice.next()).toEqual([hello]);
  });

  test('[P-6.2] come to every connection of the user, on every node, and to nobody else', () => {
    const world = createWorld({ nodes: 2 });
    const tabs = world.nodes.flatMap((node) => [node.client(), node.client()]);
    const bob = world.client();
    for (const tab of tabs) tab.signIn({ id: 'alice' });
    bob.signIn({ id: 'bob' });
    for (const each of [...tabs, bob]) each.next();
    toAlice(world);
    for (const tab of tabs) expect(tab.next()).toEqual([hello]);
    expect(bob.next()).toEqual([]);
  });

  test('[P-6.2] still come after an unsubscription, which ends nothing', () => {
    const world = createWorld();
    const alice = world.client();
    alice.signIn({ id: 'alice' });
    alice.subscribe(PERSONAL);
    alice.unsubscribe(PERSONAL);
    alice.next();
    toAlice(world);
    expect(alice.next()).toEqual([hello]);
  });

  test('[P-6.2] come to the other tab when one has gone', () => {
    const world = createWorld();
    const [alice, tab] = [world.client(), world.client()];
    for (const each of [alice, tab]) each.signIn({ id: 'alice' });
    alice.hangUp();
    tab.next();
    toAlice(world);
    expect(tab.next()).toEqual([hello]);
  });

  test.each(['alice', null])('[P-6.2] the channel of another user is refused to %p', (user) => {
    const alice = createWorld().client();
    if (user !== null) alice.signIn({ id: user });
    alice.next();
    alice.subscribe('#server-to-user-bob');
    expect(alice.next()).toEqual([refused(frameFaults.userOnly, { channel: '#server-to-user-bob' })]);
  });

  test.each(['#', '#x', '#server-to-user-', '#private-x'])('[P-6.2] the name %p is refused', (channel) => {
    const alice = createWorld().client();
    alice.signIn({ id: 'alice' });
    alice.next();
    alice.subscribe(channel);
    expect(alice.next()).toEqual([refused(frameFaults.badChannelName, { channel })]);
  });
});

describe('terminating', () => {
  const end = (world: World): void => void terminate(world.nodes[0].engine, world.app, 'alice' as UserId);

  test('[P-6.4] closes the connections of the user on all nodes, and no others', () => {
    const world = createWorld({ nodes: 2 });
    const tabs = world.nodes.flatMap((node) => [node.client(), node.client()]);
    const [bob, stranger, member] = [world.client(), world.client(), world.client()];
    for (const tab of tabs) tab.signIn({ id: 'alice' });
    bob.signIn({ id: 'bob' });
    member.subscribe('presence-room', { user_id: 'alice' });
    for (const tab of tabs) tab.next();
    end(world);
    for (const tab of tabs) {
      expect(tab.next()).toEqual([refused(closeFaults.terminated)]);
      expect(tab.closed?.code).toBe(4200);
    }
    for (const other of [bob, stranger, member]) expect(other.closed).toBeNull();
  });

  test('[P-6.4] a user may come back and is then a user like any other', () => {
    const world = createWorld();
    world.client().signIn({ id: 'alice' });
    end(world);
    const alice = world.client();
    alice.signIn({ id: 'alice' });
    expect(alice.next()).toEqual([signedIn('{"id":"alice"}')]);
    expect(alice.closed).toBeNull();
  });

  test('[P-6.4] nobody signed in means nothing to do', () => {
    const world = createWorld();
    const alice = world.client();
    end(world);
    expect(alice.closed).toBeNull();
  });
});
