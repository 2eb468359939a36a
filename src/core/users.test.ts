import { describe, expect, test } from 'bun:test';
import type { UserId } from '../protocol/ids.ts';
import type { Connection } from './connection.ts';
import { Users } from './users.ts';

const ALICE = 'alice' as UserId;
const BOB = 'bob' as UserId;
/** A connection is here only told apart from others. */
const connection = () => ({}) as Connection;

describe('signed-in users', () => {
  test('[P-6.3] the first connection of a user and the last one are told apart from the others', () => {
    const users = new Users();
    const [one, two] = [connection(), connection()];
    expect(users.signIn(ALICE, one)).toBe(true);
    expect(users.signIn(ALICE, two)).toBe(false);
    expect(users.signIn(BOB, two)).toBe(true);
    expect(users.signOut(ALICE, one)).toBe(false);
    expect(users.signOut(ALICE, two)).toBe(true);
  });

  test('[P-6.1] signing in again changes nothing', () => {
    const users = new Users();
    const one = connection();
    users.signIn(ALICE, one);
    expect(users.signIn(ALICE, one)).toBe(false);
    expect([...users.connectionsOf(ALICE)]).toEqual([one]);
    expect(users.signOut(ALICE, one)).toBe(true);
    expect(users.signOut(ALICE, one)).toBe(false);
  });

  test('[P-6.4] the connections of a user are those signed in as the user', () => {
    const users = new Users();
    const [one, two, other] = [connection(), connection(), connection()];
    users.signIn(ALICE, one);
    users.signIn(ALICE, two);
    users.signIn(BOB, other);
    expect([...users.connectionsOf(ALICE)]).toEqual([one, two]);
    users.signOut(ALICE, one);
    expect(users.connectionsOf(ALICE)).toContain(two);
    expect(users.signOut(ALICE, other)).toBe(false);
    users.signOut(ALICE, two);
    expect([...users.connectionsOf(ALICE)]).toEqual([]);
  });
});

describe('watched users', () => {
  test('[P-6.3] the first watcher of a user and the last one are told apart from the others', () => {
    const users = new Users();
    const unheard = users.watch(ALICE);
    if (unheard === null) throw new Error('Nobody has watched before.');
    users.beginToHear(unheard);
    expect(users.watch(ALICE)).toBeNull();
    expect(users.unwatch(ALICE)).toBe(false);
    expect(users.unwatch(ALICE)).toBe(true);
    expect(users.unwatch(ALICE)).toBe(false);
  });

  test('[P-6.3] of a watched user the last news count, of another one nothing is kept', () => {
    const users = new Users();
    expect(users.hear(ALICE, true)).toBe(false);
    users.watch(ALICE);
    expect(users.heard(ALICE)).toBeNull();
    expect(users.hear(ALICE, true)).toBe(true);
    expect(users.hear(ALICE, false)).toBe(true);
    expect(users.heard(ALICE)).toBe(false);
    expect(users.heard(BOB)).toBeNull();
  });

  test('[P-6.3] what was heard before the node begins to hear does not count, and whoever watches meanwhile has to wait, too', () => {
    const users = new Users();
    const unheard = users.watch(ALICE);
    users.hear(ALICE, true);
    expect(users.watch(ALICE)).toBe(unheard);
    if (unheard === null) throw new Error('Nobody has watched before.');
    users.beginToHear(unheard);
    expect(users.heard(ALICE)).toBeNull();
    users.hear(ALICE, true);
    users.beginToHear(unheard);
    expect(users.heard(ALICE)).toBe(true);
  });

  test('[P-9.2] what the ledger says is news unless something was heard since it was asked, the same as before included', () => {
    const users = new Users();
    users.watch(ALICE);
    users.beginRepair(ALICE);
    expect([users.hasMissed(ALICE, true), users.hasMissed(BOB, true)]).toEqual([false, false]);
    users.hear(ALICE, true);
    users.beginRepair(ALICE);
    expect([users.hasMissed(ALICE, true), users.hasMissed(ALICE, false)]).toEqual([false, true]);
    expect(users.hear(ALICE, true)).toBe(false);
    expect(users.hasMissed(ALICE, false)).toBe(false);
  });

  test('[P-6.3] a watch that begins anew knows nothing from before', () => {
    const users = new Users();
    users.watch(ALICE);
    users.hear(ALICE, true);
    users.unwatch(ALICE);
    users.watch(ALICE);
    expect(users.heard(ALICE)).toBeNull();
  });
});
