// Clients that ask a real backend over HTTP for their signatures, as they do in production.
import { describe, expect, test } from 'bun:test';
import { openAuthServer } from '../sdk-support/auth-server.ts';
import { openStage } from '../sdk-support/stage.ts';
import { SDK_VERSIONS } from '../sdk-support/versions.ts';

describe.each(SDK_VERSIONS.map((version) => [version.name, version] as const))('%s', (_name, version) => {
  test.each(['private-room', 'presence-room', 'private-encrypted-room'])(
    '[P-5.2] an auth endpoint lets the client into %s',
    async (name) => {
      await using stage = await openStage(version);
      await using auth = openAuthServer(stage.backend, { id: 'alice', info: { name: 'Alice' } });
      const alice = await stage.client(auth.options(version));
      const room = await alice.subscribe(name);
      await stage.backend.trigger(name, 'greeting', { hello: 'alice' });
      expect(await room.next()).toEqual({ event: 'greeting', data: { hello: 'alice' } });
      if (name.startsWith('presence-')) expect(room.members).toEqual({ alice: { name: 'Alice' } });
    },
  );

  test('[P-4.4] a client that the endpoint turns away does not get in, and may still talk to Vask', async () => {
    await using stage = await openStage(version);
    await using auth = openAuthServer(stage.backend, null);
    const mallory = await stage.client(auth.options(version));
    const room = mallory.ask('private-room');
    expect((await room.next()).event).toBe('pusher:subscription_error');
    expect(await mallory.roundTrip()).toBe(true);
    expect(room.channel.subscribed).toBe(false);
  });

  if (version.lacks.has('signIn')) return;

  test('[P-5.3] an auth endpoint signs the user in', async () => {
    await using stage = await openStage(version);
    await using auth = openAuthServer(stage.backend, { id: 'alice', info: { name: 'Alice' } });
    const alice = await stage.client(auth.options(version));
    await alice.signIn();
    expect(alice.pusher.user.user_data).toEqual({ id: 'alice', user_info: { name: 'Alice' } });
  });

  test('[P-6.1] a user whom the endpoint turns away is not signed in', async () => {
    await using stage = await openStage(version);
    await using auth = openAuthServer(stage.backend, null);
    const mallory = await stage.client(auth.options(version));
    mallory.pusher.signin();
    await mallory.pusher.user.signinDonePromise;
    expect(mallory.pusher.user.user_data).toBe(null);
  });
});
