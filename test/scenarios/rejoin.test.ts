// Chapter P-9 of docs/protocol.md: a node that was cut off comes back, and mends what its clients have missed.
import { describe, expect, test } from 'bun:test';
import { count, memberAdded, memberRemoved, succeeded, succeededWith, watchlist } from '../support/expected.ts';
import { FaultyWorld } from '../support/faulty-world.ts';
import { ROOM, twoInRoom } from '../support/two-in-room.ts';

const NEWS = 'cache-news';
const hello = (channel: string, data: unknown) => ({ event: 'hello', channel, data });

/** How many differences the node has mended. */
const repairsOf = (faulty: FaultyWorld, index: number): number => faulty.at(index).node.engine.repairs;

function repaired({ world }: FaultyWorld): { channel: string; changes: number }[] {
  return world.happenings.flatMap((happening) =>
    happening.kind === 'repaired' ? [{ channel: happening.channel, changes: happening.changes }] : [],
  );
}

describe('a node that was cut off', () => {
  test('[P-9.2] tells its clients once who has come and gone meanwhile, and counts what it mends', async () => {
    const { faulty, alice, bob } = await twoInRoom();
    await faulty.cut(0);
    const carol = faulty.client(1);
    carol.subscribe(ROOM, { user_id: 'carol' });
    bob.hangUp();
    await faulty.calm();
    expect(alice.next()).toEqual([]);
    await faulty.heal();
    expect(alice.next()).toEqual([memberAdded(ROOM, 'carol'), memberRemoved(ROOM, 'bob')]);
    expect(carol.next()).toEqual([succeededWith(ROOM, { bob: {}, alice: {}, carol: {} }), memberRemoved(ROOM, 'bob')]);
    expect(repaired(faulty)).toEqual([{ channel: ROOM, changes: 2 }]);
    expect([repairsOf(faulty, 0), repairsOf(faulty, 1)]).toEqual([2, 0]);
    carol.hangUp();
    await faulty.heal();
    expect(alice.next()).toEqual([memberRemoved(ROOM, 'carol')]);
    expect(repairsOf(faulty, 0)).toBe(2);
  });

  test('[P-9.2] says nothing when nothing has changed, and nobody hears that it was away', async () => {
    const { faulty, alice, bob } = await twoInRoom();
    await faulty.cut(0);
    await faulty.heal();
    expect([alice.next(), bob.next(), repaired(faulty)]).toEqual([[], [], []]);
    expect(alice.closed).toBeNull();
  });

  test('[P-9.2] tells who has come before it hears that the same has other user_info', async () => {
    const { faulty, alice } = await twoInRoom();
    await faulty.cut(0);
    const carol = faulty.client(1);
    carol.subscribe(ROOM, { user_id: 'carol', user_info: 1 });
    await faulty.calm();
    const tab = faulty.client(0);
    tab.subscribe(ROOM, { user_id: 'carol', user_info: 2 });
    await faulty.heal();
    expect(alice.next()).toEqual([memberAdded(ROOM, 'carol', 2)]);
    expect(tab.next()).toEqual([succeededWith(ROOM, { bob: {}, alice: {}, carol: 2 })]);
  });

  test('[P-4.11] has whoever enters in the roster, though it has not heard that the same came elsewhere', async () => {
    const { faulty, alice } = await twoInRoom();
    await faulty.cut(0);
    const [carol, tab] = [faulty.client(1), faulty.client(0)];
    for (const client of [carol, tab]) client.subscribe(ROOM, { user_id: 'carol' });
    await faulty.calm();
    await faulty.heal();
    expect(tab.next()).toEqual([succeededWith(ROOM, { bob: {}, alice: {}, carol: {} })]);
    expect(alice.next()).toEqual([memberAdded(ROOM, 'carol')]);
  });

  test('[P-9.2] tells watchers once who is online and who is not by now', async () => {
    const faulty = new FaultyWorld();
    const [watcher, bob] = [faulty.client(0), faulty.client(1)];
    bob.signIn({ id: 'bob' });
    watcher.signIn({ id: 'alice', watchlist: ['bob', 'carol', 'dave'] });
    await faulty.calm();
    expect(watcher.next().at(-1)).toEqual(watchlist(['bob'], ['carol', 'dave']));
    await faulty.cut(0);
    faulty.client(1).signIn({ id: 'carol' });
    bob.hangUp();
    await faulty.calm();
    await faulty.heal();
    expect(watcher.next()).toEqual([watchlist([], ['bob']), watchlist(['carol'], [])]);
    expect(repairsOf(faulty, 0)).toBe(2);
  });

  test('[P-9.2] lets an answer about a watched user be overtaken by news, though it was the same before', async () => {
    const faulty = new FaultyWorld();
    const [watcher, bob] = [faulty.client(0), faulty.client(1)];
    bob.signIn({ id: 'bob' });
    await faulty.calm();
    watcher.signIn({ id: 'alice', watchlist: ['bob'] });
    await faulty.calm();
    watcher.next();
    await faulty.cut(0);
    bob.hangUp();
    await faulty.calm();
    const { way } = faulty.at(0);
    while (way.state !== 'up') way.mend(0);
    // All that is asked because of the return: it is told that Bob is offline.
    await faulty.carryOut(0, 9);
    faulty.client(1).signIn({ id: 'bob' });
    await faulty.carryOut(1, 9);
    while (way.hear(0));
    await faulty.heal();
    expect(watcher.next()).toEqual([]);
  });

  test('[P-9.2] tells the subscribers of a cache channel the event that they have missed, once', async () => {
    const faulty = new FaultyWorld();
    const alice = faulty.client(0);
    alice.subscribe(NEWS);
    faulty.at(1).node.publish(NEWS, 'hello', '1');
    await faulty.calm();
    alice.next();
    await faulty.cut(0);
    for (const data of ['2', '3']) faulty.at(1).node.publish(NEWS, 'hello', data);
    await faulty.calm();
    await faulty.heal();
    expect(alice.next()).toEqual([hello(NEWS, 3)]);
    expect(repaired(faulty)).toEqual([{ channel: NEWS, changes: 1 }]);
    const bob = faulty.client(0);
    bob.subscribe(NEWS);
    await faulty.heal();
    expect(bob.next()).toEqual([succeeded(NEWS), hello(NEWS, 3)]);
    expect(alice.next()).toEqual([]);
  });

  test('[P-9.2] does not tell a remembered event again that its subscribers have', async () => {
    const faulty = new FaultyWorld();
    const alice = faulty.client(0);
    alice.subscribe(NEWS);
    faulty.at(1).node.publish(NEWS, 'hello', '1');
    await faulty.calm();
    alice.next();
    await faulty.cut(0);
    await faulty.heal();
    expect([alice.next(), repaired(faulty)]).toEqual([[], []]);
  });

  test('[P-9.2] tells and is told how many subscribers there are', async () => {
    const faulty = new FaultyWorld({ app: { subscriptionCount: true } });
    const [alice, bob] = [faulty.client(0), faulty.client(1)];
    for (const client of [alice, bob]) client.subscribe('news');
    await faulty.calm();
    await faulty.cut(0);
    bob.next();
    alice.next();
    faulty.client(1).subscribe('news');
    await faulty.calm();
    faulty.client(0).subscribe('news');
    await faulty.heal();
    expect([alice.next().at(-1), bob.next().at(-1)]).toEqual([count('news', 4), count('news', 4)]);
  });

  test('[P-9.2] tells the others that its last subscriber has gone, though it could not say so at once', async () => {
    const faulty = new FaultyWorld({ app: { subscriptionCount: true } });
    const [alice, bob] = [faulty.client(0), faulty.client(1)];
    for (const client of [alice, bob]) client.subscribe('news');
    await faulty.calm();
    bob.next();
    alice.unsubscribe('news');
    await faulty.carryOut(0, 1);
    await faulty.answer(0, 1);
    await faulty.cut(0);
    expect(bob.next()).toEqual([]);
    await faulty.heal();
    expect(bob.next()).toEqual([count('news', 1)]);
  });
});
