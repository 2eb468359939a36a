// What happens while the cluster has not answered yet (docs/protocol.md P-3.7, P-4.10, P-4.13): the client changes its
// mind, repeats itself or goes away, and in the end all is as it should be.
import { expect, test } from 'bun:test';
import { frameFaults } from '../../src/protocol/faults.ts';
import {
  cacheMiss,
  memberAdded,
  memberRemoved,
  refused,
  signedIn,
  succeeded,
  succeededWith,
  watchlist,
} from '../support/expected.ts';
import { LateCluster } from '../support/late-cluster.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

const ROOM = 'presence-room';
const ALICE = { user_id: 'alice' };
const BOB = { user_id: 'bob' };

function lateWorld(options: WorldOptions = {}): { world: World; late: LateCluster } {
  const late = new LateCluster();
  return { late, world: createWorld({ ...options, through: late.through }) };
}

/** What is left of channels, on the nodes and in the ledger. */
async function leftovers(world: World, late: LateCluster) {
  late.isLate = false;
  await Promise.all(world.nodes.map(({ engine }) => engine.lanes.settled()));
  const [{ engine }] = world.nodes;
  return {
    channels: world.nodes
      .flatMap((node) => [...(node.engine.spaces.get(world.app.id)?.channels.keys() ?? [])])
      .map(String),
    ledger: Object.fromEntries(await engine.cluster.ledger.channels(world.app.id, '')),
    topics: late.topics.map((topics) => topics.size),
  };
}

const NOTHING = { channels: [], ledger: {}, topics: [0] };

test('[P-4.10] nothing comes before the ledger has answered', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe('cache-news');
  expect(alice.next()).toEqual([]);
  late.carryOut();
  await late.answer();
  late.carryOut();
  expect(alice.next()).toEqual([]);
  await late.answer();
  expect(alice.next()).toEqual([succeeded('cache-news'), cacheMiss('cache-news')]);
});

test('[P-4.12] unsubscribing while joining ends unsubscribed', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe(ROOM, ALICE);
  alice.unsubscribe(ROOM);
  await late.settle();
  world.publish(ROOM, 'hello', '{}');
  await late.settle();
  expect(alice.next()).toEqual([]);
  expect(await leftovers(world, late)).toEqual(NOTHING);
});

test('[P-4.13] the others see who entered and left while joining come and go', async () => {
  const { world, late } = lateWorld();
  const [bob, alice] = [world.client(), world.client()];
  bob.subscribe(ROOM, BOB);
  await late.settle();
  bob.next();
  alice.subscribe(ROOM, ALICE);
  late.carryOut();
  alice.unsubscribe(ROOM);
  await late.settle();
  expect(bob.next()).toEqual([memberAdded(ROOM, 'alice'), memberRemoved(ROOM, 'alice')]);
  expect(alice.next()).toEqual([]);
});

test('[P-3.7] subscribe, unsubscribe, subscribe ends subscribed, as whom the last one says', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe(ROOM, ALICE);
  alice.unsubscribe(ROOM);
  alice.subscribe(ROOM, BOB);
  await late.settle();
  expect(alice.next()).toEqual([succeededWith(ROOM, { bob: {} })]);
  world.publish(ROOM, 'hello', '{}');
  await late.settle();
  expect(alice.nextEvents()).toEqual(['hello']);
});

test('[P-3.7] subscribing again while leaving ends subscribed', async () => {
  const { world, late } = lateWorld();
  const [alice, bob] = [world.client(), world.client()];
  alice.subscribe(ROOM, ALICE);
  bob.subscribe(ROOM, BOB);
  await late.settle();
  alice.next();
  bob.next();
  alice.unsubscribe(ROOM);
  alice.subscribe(ROOM, ALICE);
  await late.settle();
  expect(alice.next()).toEqual([succeededWith(ROOM, { bob: {}, alice: {} })]);
  expect(bob.next()).toEqual([memberRemoved(ROOM, 'alice'), memberAdded(ROOM, 'alice')]);
});

test('[P-4.20] disconnecting while joining leaves nothing behind', async () => {
  const { world, late } = lateWorld();
  for (const steps of [0, 1, 2, 3]) {
    const alice = world.client();
    alice.subscribe(ROOM, ALICE);
    alice.subscribe('news');
    for (let step = 0; step < steps; step++) late.carryOut();
    alice.hangUp();
    await late.settle();
    expect(alice.next()).toEqual([]);
  }
  expect(await leftovers(world, late)).toEqual(NOTHING);
});

test('[P-4.7] a second subscription while joining is refused, and the first one succeeds once', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe('news');
  alice.subscribe('news');
  expect(alice.next()).toEqual([refused(frameFaults.existingSubscription, { channel: 'news' })]);
  await late.settle();
  expect(alice.next()).toEqual([succeeded('news')]);
});

test('[P-7.2] a client event while joining is refused', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe('private-room');
  alice.say({ event: 'client-x', channel: 'private-room', data: {} });
  expect(alice.next()).toEqual([refused(frameFaults.noSubscription, { channel: 'private-room' })]);
  await late.settle();
  alice.say({ event: 'client-x', channel: 'private-room', data: {} });
  await late.settle();
  expect(alice.next()).toEqual([succeeded('private-room')]);
});

test('[P-4.5] subscriptions under way count against the limit', async () => {
  const { world, late } = lateWorld({ app: { limits: { channelsPerConnection: 1 } } });
  const alice = world.client();
  alice.subscribe('one');
  alice.subscribe('two');
  expect(alice.next()).toEqual([refused(frameFaults.tooManyChannels, { limit: 1 })]);
  await late.settle();
  expect(alice.next()).toEqual([succeeded('one')]);
});

test('[P-4.15] two users at one last place: one is refused', async () => {
  const { world, late } = lateWorld({ app: { limits: { presenceMembers: 1 } }, nodes: 2 });
  const clients = world.nodes.map((node) => node.client());
  clients[0]?.subscribe(ROOM, ALICE);
  clients[1]?.subscribe(ROOM, BOB);
  await late.settle();
  expect(clients[0]?.next()).toEqual([succeededWith(ROOM, { alice: {} })]);
  expect(clients[1]?.next()).toEqual([refused(frameFaults.presenceFull, { channel: ROOM, limit: 1 })]);
});

test('[P-4.15] who is turned away after changing its mind keeps the later subscription', async () => {
  const { world, late } = lateWorld({ app: { limits: { presenceMembers: 1 } } });
  const [bob, alice] = [world.client(), world.client()];
  bob.subscribe(ROOM, BOB);
  await late.settle();
  alice.subscribe(ROOM, ALICE);
  late.carryOut();
  alice.unsubscribe(ROOM);
  alice.subscribe(ROOM, BOB);
  await late.settle();
  expect(alice.next().at(-1)).toEqual(succeededWith(ROOM, { bob: {} }));
  alice.subscribe(ROOM, BOB);
  expect(alice.next()).toEqual([refused(frameFaults.existingSubscription, { channel: ROOM })]);
  bob.hangUp();
  alice.hangUp();
  await late.settle();
  expect(await leftovers(world, late)).toEqual(NOTHING);
});

test('[P-4.11] who leaves another node between the snapshot and its arrival is in no roster', async () => {
  const { world, late } = lateWorld({ nodes: 2 });
  const bob = (world.nodes[1] ?? world).client();
  bob.subscribe(ROOM, BOB);
  await late.settle();
  const alice = world.client();
  alice.subscribe(ROOM, ALICE);
  late.carryOut(0);
  await late.answer(0);
  late.carryOut(0);
  bob.hangUp();
  late.carryOut(1);
  await late.settle();
  expect(alice.next()).toEqual([succeededWith(ROOM, { alice: {} })]);
});

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
  expect(await leftovers(world, late)).toEqual(NOTHING);
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
  expect(await leftovers(world, late)).toEqual(NOTHING);
});

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
  expect(await leftovers(world, late)).toEqual(NOTHING);
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
  expect(await leftovers(world, late)).toEqual(NOTHING);
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
  expect(await leftovers(world, late)).toEqual(NOTHING);
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
