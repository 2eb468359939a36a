import { describe, expect, test } from 'bun:test';
import { Lanes } from './lanes.ts';

const noFailure = (error: unknown): void => {
  throw error;
};

/** Changes whose beginning and end are written down; each ends when the test says so. */
function diary() {
  const lines: string[] = [];
  const change = (name: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const run = (): Promise<void> => {
      lines.push(`${name} begins`);
      return promise.finally(() => lines.push(`${name} ends`));
    };
    return { run, end: () => resolve(), fail: () => reject(new Error(`${name} fails`)) };
  };
  return { lines, change };
}

/** Lets everything go on that waits for a promise which is there. */
async function breathe(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

describe('lanes', () => {
  test('a change that is there at once runs at once, and leaves no lane behind', async () => {
    const lanes = new Lanes();
    const order: number[] = [];
    lanes.run('a', () => void order.push(1), noFailure);
    lanes.run('a', () => void order.push(2), noFailure);
    order.push(3);
    expect(order).toEqual([1, 2, 3]);
    await lanes.settled();
  });

  test('[P-3.7] in one lane a change begins when the one before has ended', async () => {
    const lanes = new Lanes();
    const { lines, change } = diary();
    const [first, second] = [change('first'), change('second')];
    lanes.run('a', first.run, noFailure);
    lanes.run('a', second.run, noFailure);
    lanes.run('a', () => void lines.push('third'), noFailure);
    second.end();
    await breathe();
    expect(lines).toEqual(['first begins']);
    first.end();
    await lanes.settled();
    expect(lines).toEqual(['first begins', 'first ends', 'second begins', 'second ends', 'third']);
  });

  test('other lanes do not wait', async () => {
    const lanes = new Lanes();
    const { lines, change } = diary();
    const slow = change('slow');
    lanes.run('a', slow.run, noFailure);
    lanes.run('b', () => void lines.push('other'), noFailure);
    expect(lines).toEqual(['slow begins', 'other']);
    slow.end();
    await lanes.settled();
  });

  test('a lane that has become empty runs the next change at once again', async () => {
    const lanes = new Lanes();
    const { lines, change } = diary();
    const first = change('first');
    lanes.run('a', first.run, noFailure);
    first.end();
    await lanes.settled();
    lanes.run('a', () => void lines.push('next'), noFailure);
    expect(lines.at(-1)).toBe('next');
  });

  test('a change that fails is told, and the lane goes on', async () => {
    const lanes = new Lanes();
    const { lines, change } = diary();
    const failures: string[] = [];
    const note = (error: unknown): void => void failures.push(String(error));
    const first = change('first');
    lanes.run('a', first.run, note);
    lanes.run(
      'a',
      () => {
        throw new Error('second throws');
      },
      note,
    );
    lanes.run('a', () => void lines.push('third'), noFailure);
    first.fail();
    await lanes.settled();
    expect(failures).toEqual(['Error: first fails', 'Error: second throws']);
    expect(lines.at(-1)).toBe('third');
  });

  test('a change that throws at once is told at once', () => {
    const failures: unknown[] = [];
    const error = new Error('broken');
    new Lanes().run(
      'a',
      () => {
        throw error;
      },
      (failure) => void failures.push(failure),
    );
    expect(failures).toEqual([error]);
  });

  test('a change may ask for another one in its own lane', async () => {
    const lanes = new Lanes();
    const { lines, change } = diary();
    const outer = change('outer');
    lanes.run(
      'a',
      () => {
        const ended = outer.run();
        lanes.run('a', () => void lines.push('inner'), noFailure);
        return ended;
      },
      noFailure,
    );
    lanes.run('a', () => void lines.push('last'), noFailure);
    outer.end();
    await lanes.settled();
    expect(lines.toSorted()).toEqual(['inner', 'last', 'outer begins', 'outer ends']);
  });
});
