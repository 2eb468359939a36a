// Who is there, as each published version of pusher-js tells its page.
import { describe, expect, test } from 'bun:test';
import { authorizationOptions, type Signatures } from '../sdk-support/client.ts';
import { openStage, type Stage } from '../sdk-support/stage.ts';
import { SDK_VERSIONS } from '../sdk-support/versions.ts';

const ROOM = 'presence-room';
const ALICE = { id: 'alice', info: { name: 'Alice 🐇', tags: [1, 2] } };
const BOB = { id: 'bob', info: { name: 'Bob' } };

describe.each(SDK_VERSIONS.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  test('[P-4.11] whoever enters sees all members, oneself included', async () => {
    await using stage = await openStage(version);
    const [alice, bob] = [await stage.client({ person: ALICE }), await stage.client({ person: BOB })];
    await alice.subscribe(ROOM);
    const room = await bob.subscribe(ROOM);
    expect(room.members).toEqual({ alice: ALICE.info, bob: BOB.info });
    expect(room.memberCount).toBe(2);
    const { members } = bob.pusher.channel(ROOM) as typeof room.channel & { members: { me: unknown } };
    expect(members.me).toEqual({ id: 'bob', info: BOB.info });
  });

  test('[P-4.11] a member without user_info is there all the same', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client({ person: { id: 'alice' } });
    const room = await alice.subscribe(ROOM);
    expect(room.members).toEqual({ alice: {} });
  });

  test('[P-4.13] present members are told of who comes and goes', async () => {
    await using stage = await openStage(version);
    const [alice, bob] = [await stage.client({ person: ALICE }), await stage.client({ person: BOB })];
    const room = await alice.subscribe(ROOM);
    await bob.subscribe(ROOM);
    expect(await room.next()).toEqual({ event: 'pusher:member_added', data: BOB });
    bob.pusher.unsubscribe(ROOM);
    expect(await room.next()).toEqual({ event: 'pusher:member_removed', data: BOB });
    expect(room.members).toEqual({ alice: ALICE.info });
  });

  test('[P-4.13] of the tabs of one user only the first and the last are told', async () => {
    await using stage = await openStage(version);
    const alice = await stage.client({ person: ALICE });
    const room = await alice.subscribe(ROOM);
    const [first, second] = [await stage.client({ person: BOB }), await stage.client({ person: BOB })];
    await first.subscribe(ROOM);
    expect(await room.next()).toEqual({ event: 'pusher:member_added', data: BOB });
    const inSecondTab = await second.subscribe(ROOM);
    expect(inSecondTab.memberCount).toBe(2);
    first.pusher.disconnect();
    await second.roundTrip();
    await stage.backend.trigger(ROOM, 'greeting', 'to those who are left');
    expect((await room.next()).event).toBe('greeting');
    expect((await inSecondTab.next()).event).toBe('greeting');
    second.pusher.disconnect();
    expect(await room.next()).toEqual({ event: 'pusher:member_removed', data: BOB });
  });

  test('[P-4.6] a numeric user id is a string wherever it is told', async () => {
    await using stage = await openStage(version);
    const [alice, bob] = [await stage.client({ person: { id: 1 } }), await stage.client({ person: { id: 2 } })];
    const room = await alice.subscribe(ROOM);
    await bob.subscribe(ROOM);
    expect(await room.next()).toEqual({ event: 'pusher:member_added', data: { id: '2', info: {} } });
    const users = await stage.backend.get({ path: `/channels/${ROOM}/users`, params: {} });
    expect(await users.json()).toEqual({ users: [{ id: '1' }, { id: '2' }] });
    bob.pusher.disconnect();
    expect(await room.next()).toMatchObject({ event: 'pusher:member_removed', data: { id: '2' } });
  });

  test('[P-4.15] one user too many is refused, a second tab is not', async () => {
    await using stage = await openStage(version, { app: { limits: { presenceMembers: 1 } } });
    await (await stage.client({ person: ALICE })).subscribe(ROOM);
    const bob = await stage.client({ person: BOB });
    bob.ask(ROOM);
    expect(await bob.told.next()).toEqual({ code: 4009, message: expect.stringContaining('maximum of 1 members') });
    const tab = await (await stage.client({ person: ALICE })).subscribe(ROOM);
    expect(tab.memberCount).toBe(1);
  });

  const withoutMember = (stage: Stage): Signatures => ({
    channel: (socketId, channel) => stage.backend.authorizeChannel(socketId, channel),
    user: (socketId) => stage.backend.authenticateUser(socketId, { id: 'carol', user_info: { name: 'Carol' } }),
  });
  const reason = version.lacks.get('presenceBySignIn');

  if (reason !== undefined) {
    test(`[P-4.9] cannot enter without channel_data (${reason})`, async () => {
      await using stage = await openStage(version);
      const carol = await stage.client(authorizationOptions(version, withoutMember(stage)));
      const room = carol.ask(ROOM);
      await carol.roundTrip();
      expect(room.channel.subscribed).toBe(false);
    });
    return;
  }

  test('[P-4.9] who is signed in needs no channel_data', async () => {
    await using stage = await openStage(version);
    const carol = await stage.client(authorizationOptions(version, withoutMember(stage)));
    await carol.signIn();
    const room = await carol.subscribe(ROOM);
    expect(room.members).toEqual({ carol: { name: 'Carol' } });
  });
});
