// Chapter P-4 of docs/protocol.md, cache channels, while the cluster has not answered yet: whoever subscribes gets the
// last event and every later one, each once.
import { expect, test } from 'bun:test';
import { cacheMiss, succeeded, succeededWith } from '../support/expected.ts';
import { FaultyWorld } from '../support/faulty-world.ts';
import type { FakeClient } from '../support/world.ts';

const NEWS = 'cache-news';
const hello = (data: unknown, channel = NEWS) => ({ event: 'hello', channel, data });

/** Somebody at the first node whose connection is known everywhere; the backend is at the second. */
async function newcomer(limits = {}): Promise<{ faulty: FaultyWorld; alice: FakeClient }> {
  const faulty = new FaultyWorld({ app: { limits } });
  const alice = faulty.client(0);
  await faulty.calm();
  return { faulty, alice };
}

async function publish(faulty: FaultyWorld, data: string, channel = NEWS): Promise<void> {
  faulty.at(1).node.publish(channel, 'hello', data);
  await faulty.carryOut(1, 1);
  await faulty.answer(1, 1);
}

test('[P-4.10] an event from before the node listens is the remembered one', async () => {
  const { faulty, alice } = await newcomer();
  alice.subscribe(NEWS);
  await publish(faulty, '1');
  await faulty.heal();
  expect(alice.next()).toEqual([succeeded(NEWS), hello(1)]);
});

test('[P-4.10] an event between listening and the snapshot comes once', async () => {
  const { faulty, alice } = await newcomer();
  alice.subscribe(NEWS);
  await faulty.carryOut(0, 1);
  await faulty.answer(0, 1);
  await publish(faulty, '1');
  await faulty.heal();
  expect(alice.next()).toEqual([succeeded(NEWS), hello(1)]);
});

test('[P-4.10] of events between the snapshot and its arrival the last one is the remembered one, whether heard by then', async () => {
  for (const heard of [0, 1, 2]) {
    const { faulty, alice } = await newcomer();
    await publish(faulty, '1');
    alice.subscribe(NEWS);
    await faulty.carryOut(0, 1);
    await faulty.answer(0, 1);
    await faulty.carryOut(0, 1);
    for (const data of ['2', '3']) await publish(faulty, data);
    for (let left = heard; left > 0; left--) faulty.at(0).way.hear(0);
    await faulty.answer(0, 1);
    await faulty.heal();
    const told = [[hello(1), hello(2), hello(3)], [hello(2), hello(3)], [hello(3)]][heard] ?? [];
    expect(alice.next()).toEqual([succeeded(NEWS), ...told]);
  }
});

test('[P-4.10] an event after the snapshot of a presence cache channel is neither lost nor doubled', async () => {
  const room = 'presence-cache-room';
  const { faulty, alice } = await newcomer();
  alice.subscribe(room, { user_id: 'alice' });
  await faulty.carryOut(0, 1);
  await faulty.answer(0, 1);
  await faulty.carryOut(0, 1);
  await publish(faulty, '1', room);
  await faulty.answer(0, 1);
  await publish(faulty, '2', room);
  await faulty.heal();
  expect(alice.next()).toEqual([succeededWith(room, { alice: {} }), cacheMiss(room), hello(1, room), hello(2, room)]);
});

test('[P-4.10] what is left over from an earlier subscription does not hide a newer event', async () => {
  const { faulty, alice } = await newcomer();
  alice.subscribe(NEWS);
  await faulty.calm();
  alice.unsubscribe(NEWS);
  await faulty.carryOut(0, 1);
  await faulty.answer(0, 1);
  // The node has asked to hear no more; this one is still on its way to it when it listens again.
  await publish(faulty, '1');
  await faulty.carryOut(0, 1);
  await publish(faulty, '2');
  alice.next();
  alice.subscribe(NEWS);
  await faulty.heal();
  expect(alice.next()).toEqual([succeeded(NEWS), hello(2)]);
});

test('[P-4.18] an event that is over by the time of the snapshot is not told, nor is one that the node has heard', async () => {
  const { faulty, alice } = await newcomer({ cacheSeconds: 60 });
  await publish(faulty, '1');
  alice.subscribe(NEWS);
  await faulty.carryOut(0, 1);
  await faulty.answer(0, 1);
  faulty.clock.advance(60_000);
  await faulty.heal();
  expect(alice.next()).toEqual([succeeded(NEWS), cacheMiss(NEWS)]);
  await publish(faulty, '2');
  await faulty.heal();
  for (const [waitMs, told] of [
    [59_999, hello(2)],
    [1, cacheMiss(NEWS)],
  ] as const) {
    faulty.clock.advance(waitMs);
    const late = faulty.client(0);
    late.subscribe(NEWS);
    await faulty.heal();
    expect(late.next()).toEqual([succeeded(NEWS), told]);
  }
});
