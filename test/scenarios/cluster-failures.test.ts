// What happens while the nodes cannot agree: what was asked is refused, nothing is lost that had been there, and the same
// may be asked again (docs/protocol.md P-3.3).
import { expect, test } from 'bun:test';
import { frameFaults } from '../../src/protocol/faults.ts';
import { count, refused, signedIn, succeeded, succeededWith, watchlist } from '../support/expected.ts';
import { lateWorld, leftovers, NOTHING } from '../support/late-world.ts';

const ROOM = 'presence-room';
const ALICE = { user_id: 'alice' };

test('[P-3.3] a subscription that the cluster cannot take is refused, and may be tried again', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  late.isBroken = true;
  alice.subscribe(ROOM, ALICE);
  await late.settle();
  expect(alice.next()).toEqual([refused(frameFaults.clusterUnavailable)]);
  late.isBroken = false;
  alice.subscribe(ROOM, ALICE);
  await late.settle();
  expect(alice.next()).toEqual([succeededWith(ROOM, { alice: {} })]);
  alice.hangUp();
  await late.settle();
  expect(await leftovers({ world, late })).toEqual(NOTHING);
});

test('[P-3.7] a subscription that fails after its end takes nothing from the one that followed', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  late.isBroken = true;
  alice.subscribe('news');
  late.carryOut();
  late.isBroken = false;
  alice.unsubscribe('news');
  alice.subscribe('news');
  await late.settle();
  expect(alice.next().at(-1)).toEqual(succeeded('news'));
  alice.subscribe('news');
  expect(alice.next()).toEqual([refused(frameFaults.existingSubscription, { channel: 'news' })]);
  alice.hangUp();
  await late.settle();
  expect(await leftovers({ world, late })).toEqual(NOTHING);
});

test('[P-4.20] a subscription that fails leaves no channel behind', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe('news');
  // The topic is listened to; the ledger is away.
  late.carryOut();
  await late.answer();
  late.isBroken = true;
  late.carryOut();
  late.isBroken = false;
  await late.settle();
  expect(alice.next()).toEqual([refused(frameFaults.clusterUnavailable)]);
  expect(await leftovers({ world, late })).toEqual(NOTHING);
});

test('[P-6.1] a sign-in that the cluster cannot take may be tried again', async () => {
  const { world, late } = lateWorld({ nodes: 2 });
  const watcher = (world.nodes[1] ?? world).client();
  watcher.signIn({ id: 'bob', watchlist: ['alice'] });
  await late.settle();
  watcher.next();
  const alice = world.client();
  late.isBroken = true;
  alice.signIn({ id: 'alice' });
  await late.settle();
  expect(alice.next()).toEqual([refused(frameFaults.clusterUnavailable)]);
  late.isBroken = false;
  alice.signIn({ id: 'alice' });
  await late.settle();
  expect(alice.next()).toEqual([signedIn('{"id":"alice"}')]);
  expect(watcher.next()).toEqual([watchlist(['alice'], [])]);
  world.publish('#server-to-user-alice', 'hello', '{}');
  await late.settle();
  expect(alice.nextEvents()).toEqual(['hello']);
});

test('[P-3.3] a client event that the cluster cannot take is refused', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe('private-room');
  await late.settle();
  alice.next();
  late.isBroken = true;
  alice.say({ event: 'client-x', channel: 'private-room', data: {} });
  await late.settle();
  expect(alice.next()).toEqual([refused(frameFaults.clusterUnavailable)]);
});

test('[P-4.12] an unsubscription that the cluster cannot take is one for the client, and can be followed by another', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe(ROOM, ALICE);
  await late.settle();
  late.isBroken = true;
  alice.unsubscribe(ROOM);
  await late.settle();
  late.isBroken = false;
  expect(world.happenings.filter(({ kind }) => kind === 'failed').length).toBeGreaterThan(0);
  alice.subscribe(ROOM, ALICE);
  await late.settle();
  expect(alice.next().at(-1)).toEqual(succeededWith(ROOM, { alice: {} }));
  alice.hangUp();
  await late.settle();
  expect(await leftovers({ world, late })).toEqual(NOTHING);
});

test('[P-4.20] an end that the cluster cannot take leaves no channel on the node', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe('news');
  await late.settle();
  alice.hangUp();
  late.isBroken = true;
  late.carryOut();
  late.isBroken = false;
  await late.settle();
  // The ledger will be told what is so when it is back; the node itself knows already.
  expect(await leftovers({ world, late })).toMatchObject({ channels: [], topics: 0 });
});

test('[P-4.17] a count that the cluster cannot tell now is told with the next change', async () => {
  const { world, late } = lateWorld({ app: { subscriptionCount: true } });
  late.isLate = false;
  const crowd = Array.from({ length: 102 }, () => world.client());
  for (const each of crowd) each.subscribe('news');
  const [alice, bob] = crowd;
  alice?.next();
  late.isLate = true;
  late.isBroken = true;
  world.clock.advance(5_000);
  await late.settle();
  expect(alice?.next()).toEqual([]);
  late.isBroken = false;
  bob?.hangUp();
  await late.settle();
  world.clock.advance(5_000);
  await late.settle();
  expect(alice?.next()).toEqual([count('news', 101)]);
});
