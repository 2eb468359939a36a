// All nodes say anew what they hold at the same time, and each of them must let the beats of all through.
import { expect, test } from 'bun:test';
import type { Life } from '../../src/cluster/redis/life.ts';
import { restate } from '../../src/cluster/redis/restate.ts';
import type { Holding } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { KeySpace } from '../../src/redis/partitions.ts';

const APP = 'app' as AppId;
const MEMBERS = Array.from({ length: 120 }, (_, at) => ({ userId: `user-${at}` as UserId, info: '{}' }));
const FIELDS_BEFORE_MEMBERS = 4;
const FIELDS_OF_MEMBER = 3;

function* rooms(): Iterable<Holding> {
  for (let at = 0; at < 50; at += 1) {
    const channel = `presence-${at}` as ChannelName;
    yield { kind: 'channel', app: APP, channel, subscribers: MEMBERS.length, members: MEMBERS };
  }
}

test('what is under way at once is bounded by members, not by steps with many of them', async () => {
  let [said, underWay, most] = [0, 0, 0];
  const life = {
    keys: new KeySpace('restating:', 1),
    async change(_partition: number, _script: unknown, args: readonly unknown[]): Promise<void> {
      const members = (args.length - FIELDS_BEFORE_MEMBERS) / FIELDS_OF_MEMBER;
      underWay += members;
      most = Math.max(most, underWay);
      // Answered when all that is sent at once has been sent.
      await Promise.resolve();
      underWay -= members;
      said += members;
    },
  };
  await restate(life as unknown as Life, rooms(), { wants: () => false });
  expect(said).toBe(50 * MEMBERS.length);
  expect(most).toBeLessThanOrEqual(550);
});
