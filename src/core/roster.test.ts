import { describe, expect, test } from 'bun:test';
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { Roster } from './roster.ts';

const ROOM = 'presence-room' as ChannelName;
const user = (id: string) => id as UserId;
const member = (id: string, info = '{}') => ({ userId: user(id), info });

/** The members in the frame that the roster makes, as `id: info`. */
function shown(roster: Roster): Record<string, unknown> {
  const { data } = JSON.parse(roster.succeededFrame(ROOM)) as { data: string };
  const { presence } = JSON.parse(data) as {
    presence: { ids: string[]; hash: Record<string, unknown>; count: number };
  };
  expect(presence.ids).toEqual(Object.keys(presence.hash));
  expect(presence.count).toBe(presence.ids.length);
  return presence.hash;
}

describe('a roster', () => {
  test('[P-4.11] shows each user once', () => {
    const roster = new Roster();
    roster.set(member('alice'));
    roster.set(member('bob', '1'));
    roster.set(member('alice'));
    expect(shown(roster)).toEqual({ alice: {}, bob: 1 });
  });

  test('[P-4.14] shows the newest of a user', () => {
    const roster = new Roster();
    roster.set(member('alice', '1'));
    expect(shown(roster)).toEqual({ alice: 1 });
    roster.set(member('alice', '2'));
    expect(shown(roster)).toEqual({ alice: 2 });
  });

  test('[P-4.13] does not show who has gone, nor mind who was never there', () => {
    const roster = new Roster();
    roster.set(member('alice'));
    expect(shown(roster)).toEqual({ alice: {} });
    roster.remove(user('alice'));
    roster.remove(user('bob'));
    expect(shown(roster)).toEqual({});
  });

  test('makes the frame once for many who ask', () => {
    const roster = new Roster();
    roster.set(member('alice'));
    expect(roster.succeededFrame(ROOM)).toBe(roster.succeededFrame(ROOM));
  });

  test('takes what it was told as all members, and forgets those from before', () => {
    const roster = new Roster();
    roster.set(member('ghost'));
    roster.begin();
    roster.complete([member('alice'), member('bob')]);
    expect(shown(roster)).toEqual({ alice: {}, bob: {} });
  });

  test('believes what it heard while it was told', () => {
    const roster = new Roster();
    roster.begin();
    roster.remove(user('gone'));
    roster.set(member('new'));
    roster.set(member('changed', '2'));
    roster.set(member('back'));
    roster.remove(user('back'));
    roster.set(member('back', '2'));
    roster.complete([member('gone'), member('changed', '1'), member('stays')]);
    expect(shown(roster)).toEqual({ changed: 2, stays: {}, new: {}, back: 2 });
  });

  test('does not believe it a second time', () => {
    const roster = new Roster();
    roster.begin();
    roster.set(member('early'));
    roster.complete([]);
    roster.begin();
    roster.complete([member('alice')]);
    expect(shown(roster)).toEqual({ alice: {} });
  });
});
