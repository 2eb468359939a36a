// What the journal keeps for one app cannot push out what it keeps for another, nor be read by a later one of its id.
import { describe, expect, test } from 'bun:test';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { AppId } from '../../src/protocol/ids.ts';
import type { Attempt, Delivery } from '../../src/webhooks/delivery.ts';
import { type Change, DEAD_DELIVERIES, Journal, KEPT_MS, LOG_ROWS } from '../../src/webhooks/journal.ts';
import { emptyDirectory } from '../cli/vask.ts';
import { appOf, clientEvent, endpointOf, OUTBOX_APP, TestOutbox } from '../support/outbox.ts';

const LOUD = 'loud' as AppId;
const QUIET = 'quiet' as AppId;

function attemptOf(app: AppId, atMs = 0): Change {
  const attempt: Attempt = {
    ...{ id: 0, delivery: 'd', app, endpoint: app, atMs, attempt: 1, isTest: false, body: '' },
    ...{ status: 200, durationMs: 1, error: null, answer: null },
  };
  return { kind: 'attempt', attempt };
}

function deadOf(app: AppId, id: string): Change {
  const delivery: Delivery = { seq: 0, id, app, endpoint: app, sinceMs: 0, count: 1, body: '', deadAtMs: 1 };
  return { kind: 'delivery', delivery };
}

function waitingOf(app: AppId, id: string): Change {
  const delivery: Delivery = { seq: 0, id, app, endpoint: app, sinceMs: 0, count: 1, body: '', deadAtMs: null };
  return { kind: 'delivery', delivery };
}

const many = (count: number, change: (index: number) => Change): Change[] =>
  Array.from({ length: count }, (_, index) => change(index));

function opened(): { readonly journal: Journal; readonly directory: string } & Disposable {
  const directory = emptyDirectory();
  const journal = new Journal(join(directory.path, 'outbox.db'));
  const close = (): void => {
    journal.close();
    directory[Symbol.dispose]();
  };
  return { journal, directory: directory.path, [Symbol.dispose]: close };
}

describe('the journal', () => {
  test('[W-4.4] keeps the newest attempts of each app, however many another makes', () => {
    using stage = opened();
    const { journal } = stage;
    journal.write([attemptOf(QUIET)]);
    journal.write(many(LOG_ROWS + 150, (index) => attemptOf(LOUD, index)));
    const loud = journal.attempts({ app: LOUD, limit: LOG_ROWS * 2 });
    expect([loud.length, loud[0]?.atMs]).toEqual([LOG_ROWS, LOG_ROWS + 149]);
    expect(journal.attempts({ app: QUIET, limit: 10 })).toHaveLength(1);
  });

  test('[W-4.4] keeps no attempt for longer than a month', () => {
    using stage = opened();
    const { journal } = stage;
    journal.write(many(10, () => attemptOf(QUIET, 0)));
    journal.write(many(100, () => attemptOf(LOUD, KEPT_MS + 1)));
    expect(journal.attempts({ app: QUIET, limit: 100 })).toEqual([]);
    expect(journal.attempts({ app: LOUD, limit: 200 })).toHaveLength(100);
  });

  test('[W-3.6] keeps the newest dead letters of each app, however many another makes', () => {
    using stage = opened();
    const { journal } = stage;
    journal.write([deadOf(QUIET, 'quiet')]);
    journal.write(many(DEAD_DELIVERIES + 100, (index) => deadOf(LOUD, `loud-${index}`)));
    const loud = journal.dead({ app: LOUD, limit: DEAD_DELIVERIES * 2 });
    expect([loud.length, loud[0]?.id]).toEqual([DEAD_DELIVERIES, `loud-${DEAD_DELIVERIES + 99}`]);
    expect(journal.dead({ app: QUIET, limit: 10 })).toHaveLength(1);
  });

  test('[W-3.6] counts dead letters that were given up one by one, or when their endpoint was switched off', () => {
    using stage = opened();
    const { journal } = stage;
    journal.write(many(DEAD_DELIVERIES + 100, (index) => waitingOf(LOUD, `a-${index}`)));
    journal.write(many(DEAD_DELIVERIES + 100, (index) => ({ kind: 'dead', id: `a-${index}`, atMs: 1 })));
    expect(journal.dead({ app: LOUD, limit: DEAD_DELIVERIES * 2 })).toHaveLength(DEAD_DELIVERIES);
    journal.write(many(200, (index) => waitingOf(LOUD, `b-${index}`)));
    journal.write([{ kind: 'buried', endpoint: LOUD, atMs: 1 }]);
    const dead = journal.dead({ app: LOUD, limit: DEAD_DELIVERIES * 2 });
    expect([dead.length, dead[0]?.id]).toEqual([DEAD_DELIVERIES, 'b-199']);
  });

  test('[W-4.1] is readable for its owner only', () => {
    using stage = opened();
    stage.journal.write([attemptOf(QUIET)]);
    for (const name of ['outbox.db', 'outbox.db-wal']) {
      expect([name, statSync(join(stage.directory, name)).mode & 0o077]).toEqual([name, 0]);
    }
  });
});

describe('what is asked since a time', () => {
  test('[W-4.4] has nothing of before, so that an app made anew does not see what its id was used for', async () => {
    using directory = emptyDirectory();
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf())]);
    outbox.status = 500;
    await outbox.settle(clientEvent('1'));
    outbox.dispatcher.configure([appOf(endpointOf({ enabled: false }))]);
    await outbox.settle();
    const { journal, nowMs } = outbox;
    const query = { app: OUTBOX_APP, limit: 10 };
    expect([journal.attempts(query).length, journal.dead(query).length]).toEqual([1, 1]);
    const now = { ...query, sinceMs: nowMs };
    expect([journal.attempts(now).length, journal.dead(now).length]).toEqual([1, 1]);
    const later = { ...query, sinceMs: nowMs + 1 };
    expect([journal.attempts(later), journal.dead(later)]).toEqual([[], []]);
    expect(outbox.dispatcher.replay({ app: OUTBOX_APP, sinceMs: nowMs + 1 })).toBe(0);
    expect(outbox.dispatcher.replay({ app: OUTBOX_APP, sinceMs: nowMs })).toBe(1);
  });
});

describe('a test', () => {
  test('[W-4.4] is sent ten times in a minute for one app, and then says why not', async () => {
    using directory = emptyDirectory();
    const other = { ...appOf(endpointOf({ id: 'other' })), app: QUIET };
    using outbox = new TestOutbox(directory.path, [appOf(endpointOf()), other]);
    for (let count = 0; count < 10; count++) {
      expect(await outbox.dispatcher.test(OUTBOX_APP, 'e')).toMatchObject({ status: 204 });
    }
    const refused = await outbox.dispatcher.test(OUTBOX_APP, 'e');
    expect([refused?.status, refused?.error]).toEqual([null, 'not sent: at most 10 tests a minute for one app']);
    expect(await outbox.dispatcher.test(QUIET, 'other')).toMatchObject({ status: 204 });
    expect(outbox.posts).toHaveLength(11);
    outbox.nowMs += 60_000;
    expect(await outbox.dispatcher.test(OUTBOX_APP, 'e')).toMatchObject({ status: 204 });
  });
});
