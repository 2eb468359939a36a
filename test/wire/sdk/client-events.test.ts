// Clients that publish to each other with each published version of pusher-js.
import { describe, expect, test } from 'bun:test';
import { openStage } from '../sdk-support/stage.ts';
import { SDK_VERSIONS } from '../sdk-support/versions.ts';

const REFUSED = ['orders', 'private-encrypted-orders', 'cache-orders', 'private-encrypted-cache-orders'];

describe.each(SDK_VERSIONS.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  test.each(['private-room', 'presence-room'])(
    '[P-7.3] two clients talk on %s, and none hears itself',
    async (name) => {
      await using stage = await openStage(version);
      const [alice, bob] = [
        await stage.client({ person: { id: 'alice' } }),
        await stage.client({ person: { id: 'bob' } }),
      ];
      const atAlice = (await alice.subscribe(name)).on('client-said');
      const atBob = (await bob.subscribe(name)).on('client-said');
      alice.pusher.channel(name).trigger('client-said', { text: 'hello', at: 1.5 });
      expect((await atBob.next()).data).toEqual({ text: 'hello', at: 1.5 });
      bob.pusher.channel(name).trigger('client-said', 'hello yourself');
      expect((await atAlice.next()).data).toBe('hello yourself');
    },
  );

  test('[P-7.5] on a presence channel the sender is named, by a string', async () => {
    await using stage = await openStage(version);
    const [one, two] = [await stage.client({ person: { id: 1 } }), await stage.client({ person: { id: 2 } })];
    const said = (await one.subscribe('presence-room')).on('client-said');
    await two.subscribe('presence-room');
    two.pusher.channel('presence-room').trigger('client-said', {});
    expect(await said.next()).toEqual({ data: {}, metadata: { user_id: '2' } });
  });

  test('[P-7.5] on a private channel nobody is named', async () => {
    await using stage = await openStage(version);
    const [alice, bob] = [await stage.client(), await stage.client()];
    const said = (await alice.subscribe('private-room')).on('client-said');
    await bob.subscribe('private-room');
    bob.pusher.channel('private-room').trigger('client-said', {});
    expect(await said.next()).toEqual({ data: {}, metadata: {} });
  });

  test('[P-7.3] the other tab of the sender hears it', async () => {
    await using stage = await openStage(version);
    const [one, two] = [await stage.client({ person: { id: 'a' } }), await stage.client({ person: { id: 'a' } })];
    const said = (await one.subscribe('presence-room')).on('client-said');
    await two.subscribe('presence-room');
    two.pusher.channel('presence-room').trigger('client-said', [1]);
    expect(await said.next()).toEqual({ data: [1], metadata: { user_id: 'a' } });
  });

  test('[P-7.1] they are refused when the app has them off, and the connection stays', async () => {
    await using stage = await openStage(version, { app: { clientEvents: false } });
    const [alice, bob] = [await stage.client(), await stage.client()];
    const room = await bob.subscribe('private-room');
    await alice.subscribe('private-room');
    alice.pusher.channel('private-room').trigger('client-said', {});
    expect(await alice.told.next()).toMatchObject({
      code: 4009,
      message: expect.stringContaining('enable this feature'),
    });
    expect(alice.pusher.connection.state).toBe('connected');
    await stage.backend.trigger('private-room', 'greeting', 1);
    expect((await room.next()).event).toBe('greeting');
  });

  test.each(REFUSED)('[P-7.1] they are refused on %s, and the connection stays', async (name) => {
    await using stage = await openStage(version);
    const [alice, bob] = [await stage.client(), await stage.client()];
    await stage.backend.trigger(name, 'remembered', 0);
    const room = await bob.subscribe(name);
    await alice.subscribe(name);
    // Some versions would not send it on an encrypted channel of their own accord.
    alice.pusher.send_event('client-said', {}, name);
    expect(await alice.told.next()).toMatchObject({ code: 4009, message: expect.stringContaining('not allowed') });
    expect(alice.pusher.connection.state).toBe('connected');
    await stage.backend.trigger(name, 'greeting', 1);
    if (name.includes('cache-')) expect((await room.next()).event).toBe('remembered');
    expect((await room.next()).event).toBe('greeting');
  });

  test('[P-7.2] only a subscriber may send', async () => {
    await using stage = await openStage(version);
    const [alice, mallory] = [await stage.client(), await stage.client()];
    const room = await alice.subscribe('private-room');
    mallory.pusher.send_event('client-said', {}, 'private-room');
    expect(await mallory.told.next()).toMatchObject({ message: expect.stringContaining('No current subscription') });
    await stage.backend.trigger('private-room', 'greeting', 1);
    expect((await room.next()).event).toBe('greeting');
  });

  test('[P-7.7] too many in a second are refused with 4301, and the connection stays', async () => {
    await using stage = await openStage(version, { app: { limits: { clientEventsPerSecond: 1 } } });
    const alice = await stage.client();
    await alice.subscribe('private-room');
    for (let count = 0; count < 20; count++) alice.pusher.channel('private-room').trigger('client-said', { count });
    expect((await alice.told.next()).code).toBe(4301);
    expect(alice.pusher.connection.state).toBe('connected');
  });
});
