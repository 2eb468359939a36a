import { describe, expect, test } from 'bun:test';
import { EventStreams } from './event-streams.ts';

/** A clock whose only timer is the one that looks after a stream. */
function stage() {
  const ticks = new Set<() => void>();
  const clock = {
    now: () => 0,
    after: () => () => undefined,
    every(_: number, task: () => void) {
      ticks.add(task);
      return () => void ticks.delete(task);
    },
  };
  const streams = new EventStreams(clock);
  const ended: string[] = [];
  const rights = { isAllowed: true, isAway: false };
  const open = (session: string | null = 'session', name = 'it') =>
    streams.open({
      session,
      isStillAllowed: async () => {
        if (rights.isAway) throw new Error('The store is away.');
        return rights.isAllowed;
      },
      ended: () => void ended.push(name),
    });
  const look = async () => {
    for (const tick of [...ticks]) tick();
    for (let step = 0; step < 10; step++) await Promise.resolve();
  };
  return { streams, ended, rights, open, look, ticks };
}

test('[A-5.3] events are sent as they are made, and a comment while nothing happens', async () => {
  const { open, streams, look } = stage();
  const { body, send } = open();
  send('sample', { text: 'a\nb' });
  await look();
  streams.endAll();
  expect(await new Response(body).text()).toBe(': \n\nevent: sample\ndata: {"text":"a\\nb"}\n\n: \n\n');
});

test('[A-5.5] who does not read is dropped, once', () => {
  const { open, ended, streams, ticks } = stage();
  const { send } = open();
  const data = 'x'.repeat(100_000);
  for (let event = 0; event < 10; event++) send('happenings', data);
  expect(ended).toEqual([]);
  for (let event = 0; event < 10; event++) send('happenings', data);
  expect(ended).toEqual(['it']);
  streams.endAll();
  expect([ended.length, ticks.size]).toEqual([1, 0]);
});

describe('[A-5.6] a stream ends', () => {
  test('with its session, and no other', () => {
    const { open, ended, streams } = stage();
    open('one', 'of one');
    open('two', 'of two');
    open(null, 'of a token');
    streams.endOf('one');
    expect(ended).toEqual(['of one']);
  });

  test('when the caller may look no more, or that cannot be known', async () => {
    const { open, ended, rights, look } = stage();
    open(null, 'first');
    await look();
    expect(ended).toEqual([]);
    rights.isAllowed = false;
    await look();
    expect(ended).toEqual(['first']);
    rights.isAllowed = true;
    rights.isAway = true;
    open(null, 'second');
    await look();
    expect(ended).toEqual(['first', 'second']);
  });

  test('when its reader hangs up', async () => {
    const { open, ended, ticks } = stage();
    const { body, send } = open();
    await body.cancel();
    send('sample', {});
    expect([ended, ticks.size]).toEqual([['it'], 0]);
  });

  test('at once when the server stops already', async () => {
    const { open, ended, streams } = stage();
    streams.endAll();
    expect(await new Response(open().body).text()).toBe(': \n\n');
    expect(ended).toEqual(['it']);
  });
});
