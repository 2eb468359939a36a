// The contract of liveness: who takes part, and what remains of a node that does no longer.
import { describe, expect, test } from 'bun:test';
import { appTopicOf } from '../../src/protocol/topics.ts';
import { APP, LOAD, member, NEWS, ROOM, type Stage, user } from './stage.ts';

export function livenessContract(stage: () => Stage): void {
  describe('nodes', () => {
    test('all that take part are told of, each by each, and each knows itself', async () => {
      const lists = await Promise.all(stage().nodes.map(({ liveness }) => liveness.nodes()));
      const ids = lists.map((list) => list.map(({ id }) => id).toSorted());
      expect(new Set(ids[0]).size).toBe(3);
      expect(ids).toEqual([ids[0] ?? [], ids[0] ?? [], ids[0] ?? []]);
      const own = lists.map((list) => list.filter(({ isSelf }) => isSelf).map(({ id }) => id));
      expect(own.flat().toSorted()).toEqual(ids[0] ?? []);
      for (const node of lists.flat()) expect(node).toMatchObject(LOAD);
      expect(stage().nodes.map(({ liveness }) => liveness.absence)).toEqual([null, null, null]);
    });

    test('one that withdraws is told of no more, and gives back all it holds, announcing it', async () => {
      const [leaver, stayer] = stage().nodes;
      await stage().enter(0, { channel: NEWS, subscribers: 3 });
      await stage().enter(0, { member: member('alice') });
      await stage().enter(0, { subscribers: 2, member: member('bob') });
      await stage().enter(1, { member: member('bob') });
      await leaver.ledger.signIn(APP, user('alice'));
      await leaver.ledger.signIn(APP, user('bob'));
      await stayer.ledger.signIn(APP, user('bob'));
      for (const { ledger } of [leaver, stayer]) {
        await ledger.recountConnections(APP, 4);
        await ledger.connections(APP);
      }
      await stage().listen([NEWS, ROOM], [user('alice'), user('bob')]);
      await stage().listenTo(appTopicOf(APP));
      await stage().heard();
      await leaver.liveness.withdraw();
      const { ledger, liveness } = stayer;
      expect((await liveness.nodes()).length).toBe(2);
      expect(await ledger.count(APP, NEWS)).toEqual({ subscribers: 0, users: 0 });
      expect(await ledger.count(APP, ROOM)).toEqual({ subscribers: 1, users: 1 });
      expect([...(await ledger.channels(APP, '')).keys()]).toEqual([ROOM]);
      expect([...(await ledger.online(APP, [user('alice'), user('bob')]))]).toEqual([user('bob')]);
      expect(await ledger.connections(APP)).toBe(4);
      const heard = (await stage().heard())[1]?.toSorted((one, other) => (one.kind < other.kind ? -1 : 1));
      expect(heard).toEqual([
        { kind: 'connections', app: APP, total: 4 },
        { kind: 'member', app: APP, channel: ROOM, change: { what: 'removed', user: user('alice') } },
        { kind: 'user', app: APP, user: user('alice'), isOnline: false },
      ]);
    });
  });
}
