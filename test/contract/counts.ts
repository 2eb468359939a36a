// The contract of the ledger: who says how many there are.
import { describe, expect, test } from 'bun:test';
import type { Delivery } from '../../src/engine/ports.ts';
import type { ChannelName } from '../../src/protocol/ids.ts';
import { APP, member, OTHER_APP, ROOM, type Stage, user } from './stage.ts';

const NEWS = 'news' as ChannelName;

export function countsContract(stage: () => Stage): void {
  const leave = async (at: 0 | 1 | 2, channel: ChannelName, subscribers: number, who: string | null = null) =>
    await stage().nodes[at].ledger.leave({
      app: APP,
      channel,
      subscribers,
      member: who === null ? null : user(who),
    });
  const count = async (channel: ChannelName, app = APP) => await stage().nodes[2].ledger.count(app, channel);

  describe('counts', () => {
    test('[P-4.16] the subscribers of all nodes are added up', async () => {
      expect((await stage().enter(0, { channel: NEWS })).subscribers).toBe(1);
      expect((await stage().enter(1, { channel: NEWS })).subscribers).toBe(2);
      expect((await stage().enter(1, { channel: NEWS, subscribers: 2 })).subscribers).toBe(3);
      expect(await count(NEWS)).toEqual({ subscribers: 3, users: 0 });
      expect(await leave(1, NEWS, 1)).toEqual({ subscribers: 2 });
      expect(await leave(0, NEWS, 0)).toEqual({ subscribers: 1 });
      expect(await leave(1, NEWS, 0)).toEqual({ subscribers: 0 });
      expect(await count(NEWS)).toEqual({ subscribers: 0, users: 0 });
    });

    test('[P-4.16] a repeated call changes nothing', async () => {
      for (let time = 0; time < 3; time++) {
        expect((await stage().enter(0, { channel: NEWS, subscribers: 2 })).subscribers).toBe(2);
      }
      for (let time = 0; time < 3; time++) expect(await leave(0, NEWS, 1)).toEqual({ subscribers: 1 });
      for (let time = 0; time < 3; time++) expect(await leave(0, NEWS, 0)).toEqual({ subscribers: 0 });
    });

    test('[P-4.20] leaving a channel that nobody is in is no fault', async () => {
      expect(await leave(0, NEWS, 0)).toEqual({ subscribers: 0 });
      expect(await leave(0, ROOM, 0, 'alice')).toEqual({ subscribers: 0 });
    });

    test('[P-4.13] users are counted once, however many their connections and nodes', async () => {
      await stage().enter(0, { member: member('alice') });
      await stage().enter(0, { subscribers: 2, member: member('alice') });
      await stage().enter(1, { member: member('alice') });
      await stage().enter(1, { subscribers: 2, member: member('bob') });
      expect(await count(ROOM)).toEqual({ subscribers: 4, users: 2 });
    });

    test('[P-4.16] a node tells another number without waiting, and every question knows it', async () => {
      const { ledger } = stage().nodes[0];
      await stage().enter(0, { channel: NEWS });
      await stage().enter(1, { channel: NEWS });
      for (const subscribers of [2, 3, 4]) await ledger.recount(APP, NEWS, subscribers);
      expect(await ledger.count(APP, NEWS)).toEqual({ subscribers: 5, users: 0 });
      expect(await count(NEWS)).toEqual({ subscribers: 5, users: 0 });
      await ledger.recount(APP, NEWS, 7);
      expect((await ledger.channels(APP, 'n')).get(NEWS)).toEqual({ subscribers: 8, users: 0 });
      await ledger.recount(APP, NEWS, 1);
      expect(await ledger.tellCount(APP, NEWS)).toBe(2);
    });

    test('[P-4.16] the latest number holds, whichever call told it', async () => {
      const { ledger } = stage().nodes[0];
      await stage().enter(0, { channel: NEWS });
      await ledger.recount(APP, NEWS, 2);
      expect(await leave(0, NEWS, 0)).toEqual({ subscribers: 0 });
      expect(await ledger.count(APP, NEWS)).toEqual({ subscribers: 0, users: 0 });
      await stage().enter(0, { member: member('alice') });
      await ledger.recount(APP, ROOM, 2);
      expect((await stage().enter(0, { subscribers: 3, member: member('bob') })).subscribers).toBe(3);
      expect(await ledger.count(APP, ROOM)).toEqual({ subscribers: 3, users: 2 });
      await ledger.recount(APP, ROOM, 4);
      const refused = { subscribers: 5, member: member('carol'), maxMembers: 2 };
      expect(await stage().tryToEnter(0, refused)).toBe('full');
      expect(await ledger.count(APP, ROOM)).toEqual({ subscribers: 4, users: 2 });
    });

    test('[P-4.16] a number does not bring a node into a channel', async () => {
      const { ledger } = stage().nodes[0];
      await ledger.recount(APP, NEWS, 2);
      expect(await ledger.count(APP, NEWS)).toEqual({ subscribers: 0, users: 0 });
      expect((await ledger.channels(APP, '')).size).toBe(0);
    });

    test('[P-4.16] [P-4.17] all nodes are told the number as it is in that step', async () => {
      await stage().listen([NEWS]);
      await stage().enter(0, { channel: NEWS, subscribers: 2 });
      await stage().enter(1, { channel: NEWS });
      expect(await stage().nodes[1].ledger.tellCount(APP, NEWS)).toBe(3);
      await leave(0, NEWS, 1);
      expect(await stage().nodes[0].ledger.tellCount(APP, NEWS)).toBe(2);
      const told = [3, 2].map((subscribers): Delivery => ({ kind: 'count', app: APP, channel: NEWS, subscribers }));
      expect(await stage().heard()).toEqual([told, told, told]);
    });

    test('[P-1.1] the same name in two apps is two channels', async () => {
      await stage().enter(0, { channel: NEWS });
      expect(await count(NEWS, OTHER_APP)).toEqual({ subscribers: 0, users: 0 });
      expect((await stage().enter(0, { app: OTHER_APP, channel: NEWS })).subscribers).toBe(1);
      await leave(0, NEWS, 0);
      expect(await count(NEWS, OTHER_APP)).toEqual({ subscribers: 1, users: 0 });
    });
  });

  describe('occupied channels', () => {
    const channels = async (prefix: string, app = APP) =>
      Object.fromEntries(await stage().nodes[2].ledger.channels(app, prefix));

    test('are those with subscribers, by prefix', async () => {
      for (const name of ['a-1', 'a-2', 'b-1', '__proto__']) {
        await stage().enter(0, { channel: name as ChannelName });
      }
      await stage().enter(1, { channel: 'a-2' as ChannelName });
      await stage().enter(1, { member: member('alice') });
      await leave(0, 'b-1' as ChannelName, 0);
      expect(await channels('a-')).toEqual({
        'a-1': { subscribers: 1, users: 0 },
        'a-2': { subscribers: 2, users: 0 },
      });
      expect(await channels('presence-')).toEqual({ [ROOM]: { subscribers: 1, users: 1 } });
      expect(Object.keys(await channels('')).toSorted()).toEqual(['__proto__', 'a-1', 'a-2', ROOM]);
      expect(await channels('b-')).toEqual({});
      expect(await channels('', OTHER_APP)).toEqual({});
    });

    test('a prefix is taken as it is, not as a pattern', async () => {
      await stage().enter(0, { channel: 'a.b' as ChannelName });
      for (const prefix of ['*', 'a?', '[a]', 'a*', '%']) expect(await channels(prefix)).toEqual({});
      expect(Object.keys(await channels('a.'))).toEqual(['a.b']);
    });
  });
}
