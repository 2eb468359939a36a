// What happens to users while the cluster has not answered yet (docs/protocol.md P-6): tabs come and go meanwhile, and in
// the end everybody hears what is theirs.
import { expect, test } from 'bun:test';
import { frameFaults } from '../../src/protocol/faults.ts';
import { refused, signedIn, watchlist } from '../support/expected.ts';
import { lateWorld, leftovers, NOTHING } from '../support/late-world.ts';

test('[P-6.2] a tab that goes while signing in takes nothing from the other tab', async () => {
  const { world, late } = lateWorld();
  const [alice, tab] = [world.client(), world.client()];
  alice.signIn({ id: 'alice' });
  await late.settle();
  tab.signIn({ id: 'alice' });
  tab.hangUp();
  await late.settle();
  world.publish('#server-to-user-alice', 'hello', '{}');
  await late.settle();
  expect(alice.nextEvents()).toEqual(['pusher:signin_success', 'hello']);
});

test('[P-6.2] a tab that goes while the first one is signing in takes nothing from it', async () => {
  const { world, late } = lateWorld();
  const [alice, tab] = [world.client(), world.client()];
  alice.signIn({ id: 'alice' });
  tab.signIn({ id: 'alice' });
  tab.hangUp();
  await late.settle();
  world.publish('#server-to-user-alice', 'hello', '{}');
  await late.settle();
  expect(alice.nextEvents()).toEqual(['pusher:signin_success', 'hello']);
  alice.hangUp();
  await late.settle();
  expect(await leftovers({ world, late })).toEqual(NOTHING);
});

test('[P-6.1] two sign-ins at once are answered in order', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.signIn({ id: 'alice' });
  alice.signIn({ id: 'alice', user_info: 1 });
  alice.signIn({ id: 'bob' });
  await late.settle();
  const answers = alice.next();
  expect(answers).toContainEqual(refused(frameFaults.signedInAsOther));
  expect(answers.filter(({ event }) => event !== 'pusher:error')).toEqual([
    signedIn('{"id":"alice"}'),
    signedIn('{"id":"alice","user_info":1}'),
  ]);
});

test('[P-6.3] who signs in between the list and its arrival is told as online', async () => {
  const { world, late } = lateWorld({ nodes: 2 });
  const bob = (world.nodes[1] ?? world).client();
  const alice = world.client();
  alice.signIn({ id: 'alice', watchlist: ['bob'] });
  // The sign-in, the two topics, then the list itself is carried out.
  for (let call = 0; call < 3; call++) {
    late.carryOut(0);
    await late.answer(0);
  }
  late.carryOut(0);
  bob.signIn({ id: 'bob' });
  late.carryOut(1);
  await late.settle();
  expect(alice.next().at(-1)).toEqual(watchlist(['bob'], []));
});

test('[P-6.3] a watcher that goes while the list is asked for leaves nothing behind', async () => {
  const { world, late } = lateWorld();
  for (const steps of [1, 2, 3, 4]) {
    const alice = world.client();
    alice.signIn({ id: 'alice', watchlist: ['bob', 'alice'] });
    for (let step = 0; step < steps; step++) {
      late.carryOut();
      await late.answer();
    }
    alice.hangUp();
    await late.settle();
  }
  expect(await leftovers({ world, late })).toEqual(NOTHING);
});
