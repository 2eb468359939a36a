// The contract of the ledger: which users are signed in, and how watchers learn of it.
import { describe, expect, test } from 'bun:test';
import type { Delivery } from '../../src/engine/ports.ts';
import { APP, OTHER_APP, type Stage, user } from './stage.ts';

const ALICE = user('alice');
const change = (isOnline: boolean): Delivery => ({ kind: 'user', app: APP, user: ALICE, isOnline });

export function onlineContract(stage: () => Stage): void {
  describe('users', () => {
    test('[P-6.3] come online with the first node and go offline with the last, announced once', async () => {
      const [here, there] = stage().nodes;
      await stage().listen([], [ALICE]);
      await here.ledger.signIn(APP, ALICE);
      await there.ledger.signIn(APP, ALICE);
      await here.ledger.signOut(APP, ALICE);
      expect((await stage().heard())[2]).toEqual([change(true)]);
      await there.ledger.signOut(APP, ALICE);
      expect(await stage().heard()).toEqual([[change(false)], [change(false)], [change(false)]]);
    });

    test('[P-6.3] repeated calls announce nothing again', async () => {
      const { ledger } = stage().nodes[0];
      await stage().listen([], [ALICE]);
      await ledger.signOut(APP, ALICE);
      for (let time = 0; time < 2; time++) await ledger.signIn(APP, ALICE);
      for (let time = 0; time < 2; time++) await ledger.signOut(APP, ALICE);
      expect((await stage().heard())[1]).toEqual([change(true), change(false)]);
    });

    test('[P-6.3] of those asked for, the ones signed in anywhere are online', async () => {
      const [here, there, third] = stage().nodes;
      await here.ledger.signIn(APP, ALICE);
      await there.ledger.signIn(APP, user('__proto__'));
      await there.ledger.signIn(APP, user('carol'));
      await there.ledger.signOut(APP, user('carol'));
      const asked = ['alice', 'bob', 'carol', '__proto__'].map(user);
      expect([...(await third.ledger.online(APP, asked))].toSorted()).toEqual([user('__proto__'), ALICE]);
      expect([...(await third.ledger.online(APP, []))]).toEqual([]);
      expect([...(await third.ledger.online(OTHER_APP, asked))]).toEqual([]);
    });
  });
}
