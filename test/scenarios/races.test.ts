// What happens to channels while the cluster has not answered yet (docs/protocol.md P-3.7, P-4.10, P-4.13): the client
// changes its mind, repeats itself or goes away, and in the end all is as it should be.
import { expect, test } from 'bun:test';
import { frameFaults } from '../../src/protocol/faults.ts';
import { cacheMiss, memberAdded, memberRemoved, refused, succeeded, succeededWith } from '../support/expected.ts';
import { lateWorld, leftovers, NOTHING } from '../support/late-world.ts';

const ROOM = 'presence-room';
const ALICE = { user_id: 'alice' };
const BOB = { user_id: 'bob' };

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
  expect(await leftovers({ world, late })).toEqual(NOTHING);
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
  expect(await leftovers({ world, late })).toEqual(NOTHING);
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
  expect(await leftovers({ world, late })).toEqual(NOTHING);
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
