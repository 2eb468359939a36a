// Two members of one room at two nodes, of which the first one is to be cut off.
import { expect } from 'bun:test';
import { succeededWith } from './expected.ts';
import { FaultyWorld } from './faulty-world.ts';
import type { FakeClient } from './world.ts';

export const ROOM = 'presence-room';

/** Alice is in the room at the node that will be cut off, Bob at the other. */
export async function twoInRoom(): Promise<{ faulty: FaultyWorld; alice: FakeClient; bob: FakeClient }> {
  const faulty = new FaultyWorld();
  const [alice, bob] = [faulty.client(0), faulty.client(1)];
  bob.subscribe(ROOM, { user_id: 'bob' });
  await faulty.calm();
  alice.subscribe(ROOM, { user_id: 'alice' });
  await faulty.calm();
  expect(alice.next()).toEqual([succeededWith(ROOM, { bob: {}, alice: {} })]);
  bob.next();
  return { faulty, alice, bob };
}
