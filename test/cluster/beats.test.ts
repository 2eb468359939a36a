// A life ends when Redis does not answer it, and when it does not hear itself.
import { describe, expect, test } from 'bun:test';
import { Beats } from '../../src/cluster/redis/beats.ts';
import { Life } from '../../src/cluster/redis/life.ts';
import { KeySpace } from '../../src/redis/partitions.ts';
import type { RedisSession } from '../../src/redis/session.ts';
import { FakeClock } from '../support/clock.ts';

/** A session whose server answers as it is told. */
function lifeWith(answer: (...args: readonly unknown[]) => Promise<unknown>) {
  const listeners: ((why: Error) => void)[] = [];
  const reasons: string[] = [];
  const session = {
    isSharded: false,
    commands: () => ({ evalsha: answer }),
    onEnd: (listener: (why: Error) => void) => listeners.push(listener),
    end(why: Error) {
      reasons.push(why.message);
      for (const listener of listeners.splice(0)) listener(why);
    },
  };
  const life = new Life(session as unknown as RedisSession, new KeySpace('beats:', 1), 'node.1', []);
  return { life, reasons };
}

async function beat(clock: FakeClock, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    clock.advance(500);
    // Answers come in between.
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

const parts = (clock: FakeClock) => ({
  clock,
  outbox: { wants: () => false },
  describe: () => '',
  see: () => undefined,
});

describe('beats', () => {
  test('end a life that does not hear itself for three seconds', async () => {
    const clock = new FakeClock();
    const { life, reasons } = lifeWith(() => Promise.resolve([[], [], []]));
    const beats = new Beats(life, parts(clock));
    for (let number = 1; number <= 20; number += 1) {
      beats.hear(0, `b${number}`);
      await beat(clock, 1);
    }
    expect(reasons).toEqual([]);
    await beat(clock, 7);
    expect(reasons).toEqual(['the node has not heard itself for 3 seconds']);
    expect(life.hasEnded).toBe(true);
  });

  test('end a life that gets no answer for three seconds', async () => {
    const clock = new FakeClock();
    const { life, reasons } = lifeWith(() => Promise.withResolvers<unknown>().promise);
    const beats = new Beats(life, parts(clock));
    await beat(clock, 4);
    beats.hear(0, 'b4');
    expect(reasons).toEqual([]);
    await beat(clock, 4);
    expect(reasons).toEqual(['Redis has not answered for 3 seconds']);
  });

  test('do not blame Redis when it is the process that stood still', async () => {
    const clock = new FakeClock();
    const { life, reasons } = lifeWith(() => Promise.resolve([[], [], []]));
    const beats = new Beats(life, parts(clock));
    await beat(clock, 1);
    beats.hear(0, 'b2');
    // The timer fires once for all the time; the answers are read behind it.
    clock.advance(500);
    expect(reasons).toEqual([]);
    expect(beats.lagMs).toBe(0);
  });

  test('take a node for gone that looks so twice, also when the clock was set back in between', async () => {
    const clock = new FakeClock();
    const fenced: unknown[] = [];
    const { life } = lifeWith((...args) => {
      if (!args.includes('other.1')) return Promise.resolve([['other.1'], [], [], 0]);
      fenced.push(args);
      return Promise.resolve(0);
    });
    const beats = new Beats(life, parts(clock));
    await beat(clock, 1);
    clock.set(-3_600_000);
    await beat(clock, 2);
    expect(fenced.length).toBeGreaterThan(0);
    beats.stop();
  });

  test('tell how long a message to itself took', async () => {
    const clock = new FakeClock();
    const { life } = lifeWith(() => Promise.resolve([[], [], []]));
    const beats = new Beats(life, parts(clock));
    clock.advance(7);
    beats.hear(0, 'b1');
    expect(beats.lagMs).toBe(7);
  });
});
