// The contract of the ledger: who is in a presence channel, and how all nodes learn of it.
import { describe, expect, test } from 'bun:test';
import type { Delivery, Entered, MemberChange } from '../../src/engine/ports.ts';
import type { Member } from '../../src/protocol/server-message.ts';
import { APP, member, OTHER_APP, ROOM, type Stage, user } from './stage.ts';

const told = (change: MemberChange): Delivery => ({ kind: 'member', app: APP, channel: ROOM, change });
const added = (id: string, info?: string) => told({ what: 'added', member: member(id, info) });
const removed = (id: string) => told({ what: 'removed', user: user(id) });

/** One cluster keeps them in the order in which they came, another does not. */
const byId = (members: Iterable<Member>) => [...members].toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
const addedIn = (delivery: Delivery) =>
  delivery.kind === 'member' && delivery.change.what === 'added' ? [delivery.change.member.userId] : [];

export function membersContract(stage: () => Stage): void {
  const leave = async (at: 0 | 1 | 2, subscribers: number, who: string | null) =>
    await stage().nodes[at].ledger.leave({
      app: APP,
      channel: ROOM,
      subscribers,
      member: who === null ? null : user(who),
    });
  const members = async () => [...(await stage().nodes[2].ledger.members(APP, ROOM))].map(String).toSorted();

  /** What every node has heard, which must be the same for all. */
  async function heard(): Promise<readonly Delivery[]> {
    const [first, ...others] = await stage().heard();
    for (const other of others) expect(other).toEqual(first ?? []);
    return first ?? [];
  }

  describe('members', () => {
    test('[P-4.13] a user is announced as added once, whatever the number of connections and nodes', async () => {
      await stage().listen([ROOM]);
      await stage().enter(0, { member: member('alice', '{"a":1}') });
      await stage().enter(0, { subscribers: 2, member: member('alice', '{"a":1}') });
      await stage().enter(1, { member: member('alice', '{"a":1}') });
      expect(await heard()).toEqual([added('alice', '{"a":1}')]);
    });

    test('[P-4.13] and as removed once, when no node has a connection of it', async () => {
      await stage().enter(0, { member: member('alice') });
      await stage().enter(1, { member: member('alice') });
      await stage().enter(1, { subscribers: 2, member: member('alice') });
      await stage().listen([ROOM]);
      await stage().heard();
      await leave(0, 0, 'alice');
      await leave(1, 1, null);
      expect(await heard()).toEqual([]);
      expect(await members()).toEqual(['alice']);
      await leave(1, 0, 'alice');
      expect(await heard()).toEqual([removed('alice')]);
      expect(await members()).toEqual([]);
    });

    test('[P-4.13] repeated calls announce nothing again', async () => {
      await stage().listen([ROOM]);
      for (let time = 0; time < 2; time++) await stage().enter(0, { member: member('alice') });
      for (let time = 0; time < 2; time++) await leave(0, 0, 'alice');
      await leave(1, 0, 'alice');
      expect(await heard()).toEqual([added('alice'), removed('alice')]);
    });

    test('[P-4.13] a node that leaves on behalf of a user it did not bring removes nobody', async () => {
      await stage().enter(0, { member: member('alice') });
      await leave(1, 0, 'alice');
      expect(await members()).toEqual(['alice']);
    });

    test('[P-4.13] comings and goings are announced to all in the order in which they became true', async () => {
      await stage().listen([ROOM]);
      await Promise.all(
        Array.from({ length: 20 }, async (_, time) => {
          const at = time % 2 === 0 ? 0 : 1;
          await stage().enter(at, { member: member('alice') });
          await leave(at, 0, 'alice');
        }),
      );
      const changes = (await heard()).map((delivery) => (delivery.kind === 'member' ? delivery.change.what : null));
      expect(changes).toEqual(changes.map((_, at) => (at % 2 === 0 ? 'added' : 'removed')));
      expect(changes.length).toBeGreaterThan(1);
      expect(await members()).toEqual([]);
    });

    test('[P-4.14] other user_info is announced as changed, the same is not', async () => {
      await stage().listen([ROOM]);
      await stage().enter(0, { member: member('alice', '1') });
      await stage().enter(1, { member: member('alice', '2') });
      await stage().enter(1, { subscribers: 2, member: member('alice', '2') });
      expect(await heard()).toEqual([added('alice', '1'), told({ what: 'changed', member: member('alice', '2') })]);
    });

    test('[P-4.11] the first connection of a node gets all members as they are now, itself included', async () => {
      await stage().enter(0, { member: member('alice', '1') });
      await stage().enter(0, { subscribers: 2, member: member('bob') });
      await stage().enter(0, { subscribers: 3, member: member('alice', '2') });
      const entered = await stage().tryToEnter(1, { member: member('carol') });
      const all = [member('alice', '2'), member('bob'), member('carol')];
      expect(entered === 'full' ? null : byId(entered.members ?? [])).toEqual(all);
      expect(byId(await stage().nodes[2].ledger.roster(APP, ROOM))).toEqual(all);
      expect((await stage().enter(1, { subscribers: 2, member: member('dave') })).ids).toBeNull();
    });

    test('[P-4.11] user ids and user_info are any text', async () => {
      const odd = member('ü 😀 "\\\n__proto__', '{"a":"ü 😀 \\"\\n"}');
      await stage().listen([ROOM]);
      const entered = await stage().tryToEnter(0, { member: odd });
      expect(entered === 'full' ? null : [...(entered.members ?? [])]).toEqual([odd]);
      expect(await heard()).toEqual([told({ what: 'added', member: odd })]);
      expect(await stage().nodes[2].ledger.roster(APP, ROOM)).toEqual([odd]);
      await leave(0, 0, odd.userId);
      expect(await heard()).toEqual([removed(odd.userId)]);
    });

    test('[P-4.11] user ids that look alike to a computer are different users', async () => {
      const ids = ['1', '01', '\ud800', '\ud801', '\ufffd', '\0', '"', '\0"', '__proto__', ' ', 'a b', '2'];
      await stage().listen([ROOM]);
      for (const [at, id] of ids.entries()) await stage().enter(0, { subscribers: at + 1, member: member(id) });
      const entered = await stage().enter(1, { member: member('1') });
      expect(entered.ids?.toSorted()).toEqual(ids.toSorted());
      expect(await members()).toEqual(ids.toSorted());
      await leave(1, 0, '1');
      for (const [at, id] of ids.entries()) await leave(0, ids.length - at - 1, id);
      expect(await heard()).toEqual([...ids.map((id) => added(id)), ...ids.map(removed)]);
      expect(await members()).toEqual([]);
    });

    test('[P-4.11] a long roster is whole, too', async () => {
      const ids = Array.from({ length: 1_200 }, (_, at) => `user-${String(at).padStart(4, '0')}`);
      await Promise.all(
        ids.map((id, at) => stage().enter(0, { subscribers: at + 1, member: member(id), maxMembers: 2_000 })),
      );
      const entered = await stage().enter(1, { member: member('user-0007'), maxMembers: 2_000 });
      expect(entered.ids?.toSorted()).toEqual(ids);
      expect(byId(await stage().nodes[2].ledger.roster(APP, ROOM)).map(({ userId }) => String(userId))).toEqual(ids);
    });

    test('[P-4.11] what was announced before an answer has been heard before it', async () => {
      await stage().listen([ROOM]);
      await Promise.all(
        Array.from({ length: 50 }, (_, at) => stage().enter(0, { subscribers: at + 1, member: member(`u-${at}`) })),
      );
      const { members: answered } = (await stage().tryToEnter(1, { member: member('me') })) as Entered;
      const known = new Set(stage().heardAt(1).flatMap(addedIn));
      expect([...(answered ?? [])].filter(({ userId }) => !known.has(userId))).toEqual([]);
    });

    test('[P-1.1] members of two apps do not meet', async () => {
      await stage().enter(0, { member: member('alice') });
      expect((await stage().enter(0, { app: OTHER_APP, member: member('bob') })).ids).toEqual(['bob']);
    });
  });

  describe('full channels', () => {
    test('[P-4.15] a new user is turned away, which changes and announces nothing', async () => {
      await stage().enter(0, { maxMembers: 1, member: member('alice') });
      await stage().listen([ROOM]);
      await stage().heard();
      for (const at of [0, 1] as const) {
        expect(await stage().tryToEnter(at, { maxMembers: 1, subscribers: 2, member: member('bob') })).toBe('full');
      }
      expect(await heard()).toEqual([]);
      expect(await stage().nodes[2].ledger.count(APP, ROOM)).toEqual({ subscribers: 1, users: 1 });
    });

    test('[P-4.15] a user who is there may enter again, on every node', async () => {
      await stage().enter(0, { maxMembers: 1, member: member('alice') });
      expect((await stage().enter(1, { maxMembers: 1, member: member('alice', '2') })).ids).toEqual(['alice']);
    });

    test('[P-4.15] of those who come at the same time exactly as many get in as there are places', async () => {
      const answers = await Promise.all(
        Array.from({ length: 9 }, (_, at) =>
          stage().tryToEnter((at % 3) as 0 | 1 | 2, {
            maxMembers: 3,
            subscribers: Math.floor(at / 3) + 1,
            member: member(`user-${at}`),
          }),
        ),
      );
      expect(answers.filter((answer) => answer === 'full')).toHaveLength(6);
      expect(await members()).toHaveLength(3);
    });
  });
}
