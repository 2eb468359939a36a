// What a node does when it cannot agree with the others, and how it comes back: nobody stays deaf, nothing is announced
// that has not happened, and whoever waited is served.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { Unavailable } from '../../src/engine/failure.ts';
import type { ChannelName } from '../../src/protocol/ids.ts';
import { eventually } from '../support/eventually.ts';
import { redisDirectory } from '../support/redis.ts';
import { ALICE, APP, away, back, isAway, NEWS, publishFrom, ROOM, rosterOf, TwoNodes } from '../support/two-nodes.ts';

describe.skipIf(redisDirectory() === null)('a node that is away', () => {
  let nodes: TwoNodes;
  beforeEach(async () => {
    nodes = await TwoNodes.open();
  }, 20_000);
  afterEach(async () => await nodes.stop());

  test('refuses publishes and questions at once, says why, and says it once', async () => {
    const { cut, failures, one } = nodes;
    await cut.cut();
    await away(one);
    await expect(publishFrom(one, 'x')).rejects.toBeInstanceOf(Unavailable);
    await expect(rosterOf(one)).rejects.toBeInstanceOf(Unavailable);
    expect(one.handle.status().absence).toBe(one.handle.cluster.liveness.absence);
    const before = one.handle.status().attempts;
    await eventually('other attempts', () => Promise.resolve(one.handle.status().attempts > before + 1 ? true : null));
    expect(failures).toHaveLength(1);
    await cut.heal();
    await back(one, 1);
    expect(one.handle.status()).toMatchObject({ absence: null, lives: 2 });
  });

  test('comes back before anybody has noticed, and nothing is announced', async () => {
    const { cut, one } = nodes;
    await cut.cut();
    await away(one);
    await cut.heal();
    await back(one, 1);
    await nodes.expectNobodyDeaf();
    await nodes.expectTrueLedger();
    expect(nodes.news).toEqual([]);
  });

  test('keeps changes until it is back, which are announced once', async () => {
    const { cut, one, other } = nodes;
    await cut.cut();
    await away(one);
    one.leave(ROOM, ALICE);
    one.enter('presence-other' as ChannelName, ALICE);
    one.signOut(ALICE);
    await cut.heal();
    await back(one, 1);
    await nodes.settled();
    expect(one.failures).toEqual([]);
    expect(await rosterOf(other)).toEqual(['bob']);
    expect(await other.handle.cluster.ledger.count(APP, 'presence-other' as ChannelName)).toEqual({
      subscribers: 1,
      users: 1,
    });
    expect(nodes.news).toEqual([
      { kind: 'member', app: APP, channel: ROOM, change: { what: 'removed', user: ALICE } },
      { kind: 'user', app: APP, user: ALICE, isOnline: false },
    ]);
  });

  test('is taken for gone when it stays away, and everything comes back with it', async () => {
    const { cut, one, other } = nodes;
    cut.freeze();
    await eventually('a roster without it', async () => ((await rosterOf(other)).length === 1 ? true : null));
    expect(await other.handle.cluster.ledger.count(APP, NEWS)).toEqual({ subscribers: 0, users: 0 });
    await away(one);
    await cut.heal();
    await back(one, 1);
    await nodes.expectNobodyDeaf();
    await nodes.expectTrueLedger();
    const member = { userId: ALICE, info: '{}' };
    expect(nodes.news.filter(({ kind }) => kind === 'member')).toEqual([
      { kind: 'member', app: APP, channel: ROOM, change: { what: 'removed', user: ALICE } },
      { kind: 'member', app: APP, channel: ROOM, change: { what: 'added', member } },
    ]);
  }, 20_000);

  test('says all anew when everything was lost, and tells it for webhooks, which may not know it any more', async () => {
    const { one, other, server } = nodes;
    await server.command('FLUSHALL');
    await back(one, 1);
    await back(other, 1);
    await nodes.expectNobodyDeaf();
    await nodes.expectTrueLedger();
    const facts = (await server.command('XRANGE', 'away:{0}:facts', '-', '+')) as [string, [string, string]][];
    expect(facts.map(([, [, json]]) => Object.values(JSON.parse(json)).join(' ')).toSorted()).toEqual([
      'channel_occupied app news',
      'channel_occupied app presence-room',
      'member_added app presence-room alice',
      'member_added app presence-room bob',
    ]);
  }, 20_000);

  test('waits for a server that starts again, empty', async () => {
    const { one, other, server } = nodes;
    await server.kill();
    await away(one);
    await away(other);
    await server.restart();
    await back(one, 1);
    await back(other, 1);
    await nodes.expectNobodyDeaf();
    await nodes.expectTrueLedger();
  }, 20_000);

  test('ends its session with a server that has stopped to answer', async () => {
    const { one, other, server } = nodes;
    server.pause();
    await away(one);
    server.resume();
    await back(one, 1);
    await eventually('the other', () => Promise.resolve(isAway(other) ? null : true));
    await nodes.expectNobodyDeaf();
    await nodes.expectTrueLedger();
  }, 20_000);

  test('does not stay when only its ears are cut off', async () => {
    const { one, server } = nodes;
    const list = String(await server.command('CLIENT', 'LIST', 'TYPE', 'pubsub'));
    const [, id = ''] = /^id=(\d+) .* name=vask-one/m.exec(list) ?? [];
    await server.command('CLIENT', 'KILL', 'ID', id);
    await back(one, 1);
    await nodes.expectNobodyDeaf();
    expect(nodes.news).toEqual([]);
  });

  test('comes back when it may listen again', async () => {
    const { one, server } = nodes;
    const kept = await server.command('ACL', 'SETUSER', 'default', 'resetchannels', '&none');
    expect(kept).toBe('OK');
    await away(one);
    await server.command('ACL', 'SETUSER', 'default', 'allchannels');
    await back(one, 1);
    await nodes.expectNobodyDeaf();
    await nodes.expectTrueLedger();
  }, 20_000);

  test('withdraws soon although it is away', async () => {
    const { cut, one, other } = nodes;
    await cut.cut();
    await away(one);
    await one.handle.cluster.liveness.withdraw();
    await expect(rosterOf(one)).rejects.toBeInstanceOf(Unavailable);
    await eventually('a roster without it', async () => ((await rosterOf(other)).length === 1 ? true : null));
  });

  test('that no server answers at first joins when one does', async () => {
    const { cut } = nodes;
    await cut.cut();
    const late = nodes.newNode('late');
    const started = late.start();
    await eventually('some attempts', () => Promise.resolve(late.handle.status().attempts > 1 ? true : null));
    expect(isAway(late)).toBe(true);
    await cut.heal();
    await started;
    expect(await rosterOf(late)).toContain('bob');
    expect(late.rejoins).toBe(0);
    await late.handle.stop();
  });
});
