// Users who sign in, hear what is meant for them, watch each other, and are shown the door.
import { describe, expect, test } from 'bun:test';
import { Inbox } from '../../support/inbox.ts';
import type { Heard } from '../sdk-support/client.ts';
import { openStage } from '../sdk-support/stage.ts';
import { SDK_VERSIONS } from '../sdk-support/versions.ts';

const ALICE = { id: 'alice', info: { name: 'Alice' } };

interface Emitter {
  bind_global(callback: (event: string, data: unknown) => void): unknown;
}

function heardBy(emitter: Emitter, what: string): Inbox<Heard> {
  const inbox = new Inbox<Heard>(what);
  emitter.bind_global((event, data) => inbox.push({ event, data }));
  return inbox;
}

const able = SDK_VERSIONS.filter(({ lacks }) => !lacks.has('signIn'));
const unable = SDK_VERSIONS.filter(({ lacks }) => lacks.has('signIn'));

describe.each(unable.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  test(`[P-6.1] has no sign-in of its own (${version.lacks.get('signIn')}), but may be signed in by hand`, async () => {
    await using stage = await openStage(version);
    const alice = await stage.client();
    expect(alice.pusher.signin).toBeUndefined();
    const heard = new Inbox<unknown>('greeting');
    alice.pusher.bind('greeting', heard.push);
    alice.pusher.send_event('pusher:signin', stage.backend.authenticateUser(alice.socketId, { id: 'alice' }));
    await alice.signIns.next();
    await stage.backend.sendToUser('alice', 'greeting', { hello: 'alice' });
    expect(await heard.next()).toEqual({ hello: 'alice' });
  });

  test(`[P-6.3] has no watchlist (${version.lacks.get('watchlist')})`, () => {
    expect('user' in version.Pusher.prototype).toBe(false);
  });
});

describe.each(able.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  test('[P-6.1] signs in', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client({ person: ALICE });
    await alice.signIn();
    expect(alice.pusher.user.user_data).toEqual({ id: 'alice', user_info: ALICE.info });
  });

  test('[P-6.2] every connection of a user hears what is sent to the user, once, and nobody else does', async () => {
    await using stage = await openStage(version);
    const one = await stage.client({ person: ALICE });
    const two = await stage.client({ person: ALICE });
    const bob = await stage.client({ person: { id: 'bob' } });
    for (const client of [one, two, bob]) await client.signIn();
    const [atOne, atTwo, atBob] = [one, two, bob].map(({ pusher }) => heardBy(pusher.user, 'an event for the user'));
    await stage.backend.sendToUser('alice', 'greeting', { hello: 'alice' });
    await stage.backend.sendToUser('alice', 'goodbye', {});
    await stage.backend.sendToUser('bob', 'greeting', { hello: 'bob' });
    for (const heard of [atOne, atTwo]) {
      expect(await heard?.next()).toEqual({ event: 'greeting', data: { hello: 'alice' } });
      expect(await heard?.next()).toEqual({ event: 'goodbye', data: {} });
    }
    expect(await atBob?.next()).toEqual({ event: 'greeting', data: { hello: 'bob' } });
  });

  test('[P-6.6] is told when sign-in is off', async () => {
    await using stage = await openStage(version, {
      app: { userAuthentication: { enabled: false, required: false, timeoutSeconds: 20 } },
    });
    const alice = await stage.client({ person: ALICE });
    alice.pusher.signin();
    expect(await alice.told.next()).toMatchObject({ code: 4009, message: expect.stringContaining('not enabled') });
  });

  test('[P-6.3] is told who of the watchlist is online, and of each change', async () => {
    await using stage = await openStage(version);
    const bob = await stage.client({ person: { id: 'bob' } });
    await bob.signIn();
    const alice = await stage.client({ person: { ...ALICE, watchlist: ['bob', 'carol'] } });
    const watched = heardBy(alice.pusher.user.watchlist, 'a change of the watchlist');
    await alice.signIn();
    expect(await watched.next()).toEqual({ event: 'online', data: { name: 'online', user_ids: ['bob'] } });
    expect(await watched.next()).toEqual({ event: 'offline', data: { name: 'offline', user_ids: ['carol'] } });
    const carol = await stage.client({ person: { id: 'carol' } });
    await carol.signIn();
    expect(await watched.next()).toEqual({ event: 'online', data: { name: 'online', user_ids: ['carol'] } });
    bob.pusher.disconnect();
    expect(await watched.next()).toEqual({ event: 'offline', data: { name: 'offline', user_ids: ['bob'] } });
  });

  test('[P-6.5] a watchlist that is too long is cut, and told so with 4302', async () => {
    await using stage = await openStage(version, { app: { limits: { watchlistLength: 1 } } });
    const alice = await stage.client({ person: { ...ALICE, watchlist: ['bob', 'carol'] } });
    const watched = heardBy(alice.pusher.user.watchlist, 'a change of the watchlist');
    await alice.signIn();
    expect((await alice.told.next()).code).toBe(4302);
    expect(await watched.next()).toEqual({ event: 'offline', data: { name: 'offline', user_ids: ['bob'] } });
  });

  test('[P-6.4] who is terminated comes back by itself, signs in and subscribes again', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client({ person: ALICE });
    const bob = await stage.client({ person: { id: 'bob' } });
    await bob.signIn();
    await alice.signIn();
    const room = await alice.subscribe('private-room');
    const before = alice.socketId;
    await stage.backend.terminateUserConnections('alice');
    expect(await alice.told.next()).toMatchObject({ code: 4200 });
    await alice.connected();
    expect(alice.socketId).not.toBe(before);
    await alice.signIns.next();
    await room.subscribed();
    const heard = heardBy(alice.pusher.user, 'an event for the user');
    await alice.roundTrip();
    await stage.backend.sendToUser('alice', 'greeting', 'welcome back');
    expect(await heard.next()).toEqual({ event: 'greeting', data: 'welcome back' });
    await stage.backend.trigger('private-room', 'greeting', 'all');
    expect(await room.next()).toEqual({ event: 'greeting', data: 'all' });
    expect(await bob.roundTrip()).toBe(true);
    expect(bob.pusher.connection.state).toBe('connected');
  });
});
