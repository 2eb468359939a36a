// Chapter P-9 of docs/protocol.md: what waits and what is refused while a node is away, and what becomes of a node that the
// others take for gone, or of all when they lose what they had agreed on.
import { describe, expect, test } from 'bun:test';
import { publish } from '../../src/engine/publish.ts';
import { frameFaults } from '../../src/protocol/faults.ts';
import type { ChannelName } from '../../src/protocol/ids.ts';
import { NO_INFO } from '../../src/protocol/publish-request.ts';
import { count, memberAdded, memberRemoved, refused, watchlist } from '../support/expected.ts';
import { FaultyWorld } from '../support/faulty-world.ts';
import { ROOM, twoInRoom } from '../support/two-in-room.ts';

describe('while a node is away', () => {
  test('[P-9.3] subscriptions, their ends and sign-ins wait', async () => {
    const { faulty, alice, bob } = await twoInRoom();
    await faulty.cut(0);
    const tab = faulty.client(0);
    tab.subscribe(ROOM, { user_id: 'carol' });
    tab.signIn({ id: 'carol' });
    alice.unsubscribe(ROOM);
    await faulty.calm();
    expect([tab.next(), bob.next()]).toEqual([[], []]);
    await faulty.heal();
    expect(tab.nextEvents()).toContain('pusher:signin_success');
    expect(bob.next()).toEqual(expect.arrayContaining([memberRemoved(ROOM, 'alice'), memberAdded(ROOM, 'carol')]));
  });

  test('[P-9.3] who has waited for too long is refused, and may ask again', async () => {
    const faulty = new FaultyWorld();
    const alice = faulty.client(0);
    await faulty.cut(0);
    alice.subscribe('news');
    alice.signIn({ id: 'alice', watchlist: ['bob'] });
    faulty.at(0).way.giveUp();
    await faulty.calm();
    expect(alice.next()).toEqual([1, 2].map(() => refused(frameFaults.clusterUnavailable)));
    await faulty.heal();
    alice.subscribe('news');
    alice.signIn({ id: 'alice', watchlist: ['bob'] });
    await faulty.heal();
    expect(alice.nextEvents().toSorted()).toEqual([
      'pusher:signin_success',
      'pusher_internal:subscription_succeeded',
      'pusher_internal:watchlist_events',
    ]);
    faulty.at(1).node.publish('#server-to-user-alice', 'hello', '1');
    await faulty.heal();
    expect(alice.nextEvents()).toEqual(['hello']);
  });

  test('[P-9.3] a sign-in that waits to hear of the user is refused, too, and works when it is asked again', async () => {
    const faulty = new FaultyWorld();
    const alice = faulty.client(0);
    await faulty.calm();
    alice.signIn({ id: 'alice' });
    await faulty.carryOut(0, 1);
    await faulty.answer(0, 1);
    await faulty.cut(0);
    faulty.at(0).way.giveUp();
    await faulty.calm();
    expect(alice.next()).toEqual([refused(frameFaults.clusterUnavailable)]);
    await faulty.heal();
    expect(faulty.at(0).way.listensTo.filter((topic) => topic.includes('#'))).toEqual([]);
    alice.signIn({ id: 'alice' });
    await faulty.heal();
    faulty.at(1).node.publish('#server-to-user-alice', 'hello', '1');
    await faulty.heal();
    expect(alice.nextEvents()).toEqual(['pusher:signin_success', 'hello']);
  });

  test('[P-9.3] client events and publishes are refused', async () => {
    const faulty = new FaultyWorld();
    const alice = faulty.client(0);
    alice.subscribe('private-room');
    await faulty.calm();
    alice.next();
    await faulty.cut(0);
    alice.say({ event: 'client-x', channel: 'private-room', data: {} });
    const { engine } = faulty.at(0).node;
    const request = {
      event: { name: 'hello', data: '1' },
      channels: ['news' as ChannelName],
      except: null,
      info: NO_INFO,
    };
    await expect(publish(engine, faulty.world.app, request)).rejects.toThrow('away');
    expect(alice.next()).toEqual([refused(frameFaults.clusterUnavailable)]);
  });
});

describe('a node that is taken for gone', () => {
  test('[P-9.4] loses its members for the others at once, and has them again when it is back', async () => {
    const { faulty, alice, bob } = await twoInRoom();
    await faulty.cut(0);
    await faulty.reap(0);
    expect(bob.next()).toEqual([memberRemoved(ROOM, 'alice')]);
    await faulty.heal();
    expect(bob.next()).toEqual([memberAdded(ROOM, 'alice')]);
    expect([alice.next(), alice.closed]).toEqual([[], null]);
  });

  test('[P-9.4] is gone from counts, watchlists and connections', async () => {
    const faulty = new FaultyWorld({ app: { subscriptionCount: true } });
    const [alice, bob] = [faulty.client(0), faulty.client(1)];
    alice.signIn({ id: 'alice' });
    await faulty.calm();
    bob.signIn({ id: 'bob', watchlist: ['alice'] });
    for (const client of [bob, alice]) client.subscribe('news');
    await faulty.calm();
    bob.next();
    faulty.at(0).way.crash();
    await faulty.reap(0);
    expect(bob.next()).toEqual(expect.arrayContaining([count('news', 1), watchlist([], ['alice'])]));
    const space = faulty.at(1).node.engine.spaces.get(faulty.world.app.id);
    expect([space?.connections.size, space?.connectionsElsewhere]).toEqual([1, 0]);
  });
});

test('[P-9.5] when all is lost that the nodes had agreed on, each says again what it holds', async () => {
  const { faulty, alice, bob } = await twoInRoom();
  faulty.faulty.flush();
  await faulty.heal();
  const beliefs = [alice, bob].map((client) => {
    const room = new Set(['alice', 'bob']);
    for (const { event, data } of client.next()) {
      const user = (data as { user_id: string }).user_id;
      if (event === 'pusher_internal:member_added') room.add(user);
      else room.delete(user);
    }
    return [...room].toSorted();
  });
  expect(beliefs).toEqual([
    ['alice', 'bob'],
    ['alice', 'bob'],
  ]);
  const carol = faulty.client(0);
  carol.subscribe(ROOM, { user_id: 'carol' });
  await faulty.heal();
  expect(carol.next()).toMatchObject([{ data: { presence: { count: 3 } } }]);
  expect([alice.next(), bob.next()]).toEqual([[memberAdded(ROOM, 'carol')], [memberAdded(ROOM, 'carol')]]);
});

describe('what waits', () => {
  test('[P-9.3] is bounded for each connection, which is refused what is more', async () => {
    const faulty = new FaultyWorld();
    const mallory = faulty.client(0);
    await faulty.cut(0);
    const limit = 2_000;
    for (let at = 0; at < limit; at++) {
      mallory.subscribe('news');
      mallory.unsubscribe('news');
    }
    await faulty.calm();
    expect(mallory.next()).toEqual([]);
    mallory.subscribe('news');
    mallory.signIn({ id: 'mallory' });
    await faulty.calm();
    expect(mallory.next()).toEqual([1, 2].map(() => refused(frameFaults.clusterUnavailable)));
    await faulty.heal();
    mallory.subscribe('news');
    await faulty.heal();
    expect(mallory.nextEvents()).toEqual(['pusher_internal:subscription_succeeded']);
  });
});
