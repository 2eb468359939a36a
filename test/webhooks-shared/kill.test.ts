// The fault test of the shared outbox: nodes are killed at random moments, again and again, while facts come; what the
// backends were told must fit together over all takeovers.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { printedSeed, randomFrom } from '../support/random.ts';
import { Receiver } from '../support/receiver.ts';
import { type Redis, redisDirectory, startRedis } from '../support/redis.ts';
import { Ledger } from './ledger.ts';
import { appFor, faultsIn, MortalNode, numbersOf, settingsOf, tales, whilePassing } from './stage.ts';

const KILLS = 30;
/** The longest time between two of them: longer than a takeover takes, so that most of them hit a node that sends. */
const LIFE_MS = 1_100;
const NODES = 2;
const CHANNELS = ['room', 'presence-a', 'presence-b'];
const USERS = ['u', 'v'];
const PAUSE_MS = 8;
/** Of some of the nodes; the others have none. */
const GRACE_MS = 150;

/** Facts of all kinds until it is over; the answer is how many client events there were. */
async function happen(ledger: Ledger, random: () => number, isOver: () => boolean): Promise<number> {
  let number = 0;
  const one = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
  while (!isOver()) {
    const what = random();
    const channel = one(CHANNELS);
    if (what < 0.4) await ledger.tell(String(number++));
    else if (what < 0.7 || channel === 'room') await ledger.toggle(channel, null);
    else await ledger.toggle(channel, one(USERS));
    if (random() < 0.5) await whilePassing(random() * PAUSE_MS);
  }
  return number;
}

describe.skipIf(redisDirectory() === null)('nodes that share an outbox', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.stop();
  });

  test('[W-6.1][W-6.2][W-6.3] that are killed at any moment lose nothing and tell nothing twice', async () => {
    const random = randomFrom(printedSeed());
    await using first = new Receiver();
    await using second = new Receiver();
    const receivers = [first, second];
    for (const receiver of receivers) {
      receiver.answer = () => new Response(null, { status: random() < 0.03 ? 500 : 204 });
    }
    using ledger = await Ledger.on(redis.url);
    const settings = settingsOf(redis.url, receivers, [appFor(receivers)]);
    const start = (): Promise<MortalNode> => MortalNode.start({ ...settings, graceMs: random() < 0.5 ? 0 : GRACE_MS });
    const nodes = await Promise.all(Array.from({ length: NODES }, start));
    let isOver = false;
    const happened = happen(ledger, randomFrom(Math.floor(random() * 2 ** 32)), () => isOver);
    const senders = new Set<string | null>();
    for (let kill = 0; kill < KILLS; kill++) {
      await whilePassing(random() * LIFE_MS);
      senders.add(await ledger.sender());
      const victim = Math.floor(random() * NODES);
      await nodes[victim]?.kill();
      nodes[victim] = await start();
    }
    isOver = true;
    const count = await happened;
    await ledger.allGo();
    await ledger.tell(String(count));
    for (const receiver of receivers) {
      await receiver.until(() => numbersOf(receiver.events).at(-1) === count, 'the last event');
      await receiver.until(() => faultsIn(tales(receiver.events)).length === 0, 'the last going');
    }
    await Promise.all(nodes.map((node) => node.stop()));

    const all = Array.from({ length: count + 1 }, (_, number) => number);
    for (const { events, posts } of receivers) {
      expect(faultsIn(tales(events))).toEqual([]);
      expect(numbersOf(events)).toEqual(all);
      const bodies = new Map(posts.map(({ id, body }) => [id, body]));
      expect(posts.filter(({ id, body }) => bodies.get(id) !== body)).toEqual([]);
      expect(posts.every(({ isValid }) => isValid)).toBe(true);
      console.log(`${events.length} events, ${posts.length - bodies.size} repeats`);
    }
    expect(senders.size).toBeGreaterThan(KILLS / 10);
    console.log(`${senders.size} senders`);
    // Told of both: one node after another sends the same to all endpoints.
    expect([...tales(first.events)].toSorted()).toEqual([...tales(second.events)].toSorted());
  }, 180_000);
});
