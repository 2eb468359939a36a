// The webhook thread in trouble: what it cannot do is reported, and it, or another in its place, goes on.
import { describe, expect, test } from 'bun:test';
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/system/clock.ts';
import { FactQueue } from '../../src/webhooks/queue.ts';
import { WebhookThread } from '../../src/webhooks/thread.ts';
import { startWebhooks } from '../../src/webhooks/webhooks.ts';
import { emptyDirectory } from '../cli/vask.ts';
import { FakeClock } from '../support/clock.ts';
import { KEY, SECRET } from '../support/credentials.ts';
import { appOf, clientEvent, endpointOf, OUTBOX_APP } from '../support/outbox.ts';
import { Receiver } from '../support/receiver.ts';

const query = { app: OUTBOX_APP, limit: 10 };
const UNUSED = { graceMs: 0, retryMs: 0, disableMs: 0, allowedHosts: [] };
/** SQLite takes no date for an id: reading the journal fails, as on a broken disk. */
const unreadable = endpointOf({ id: new Date(0) as never });

/** Failures, and a promise for each of them that is yet to come. */
function failures() {
  const waiting = [Promise.withResolvers<string>()];
  const heard: string[] = [];
  return {
    heard,
    hear(_doing: string, error: unknown) {
      heard.push(String(error));
      waiting.pop()?.resolve(String(error));
    },
    next(): Promise<string> {
      const next = Promise.withResolvers<string>();
      waiting.push(next);
      return next.promise;
    },
  };
}

function signed(url: string) {
  return { ...appOf(endpointOf({ url })), signingKey: { key: KEY, secret: SECRET } };
}

describe('a configuration that cannot be taken up', () => {
  test('[W-4.3] is reported; questions are answered, and the next one is taken up', async () => {
    using directory = emptyDirectory();
    await using receiver = new Receiver();
    const failed = failures();
    const webhooks = await startWebhooks({
      ...{ ...UNUSED, journal: join(directory.path, 'outbox.db'), allowedHosts: [receiver.host] },
      ...{ apps: [signed(receiver.url)], clock: systemClock, onDisabled: () => undefined, onFailure: failed.hear },
    });
    const failure = failed.next();
    webhooks.configure([appOf(unreadable)]);
    await failure;
    expect(await webhooks.deliveries(query)).toEqual([]);
    webhooks.outbox.add(clientEvent('1'));
    webhooks.configure([signed(receiver.url)]);
    webhooks.outbox.add(clientEvent('2'));
    await receiver.until(() => receiver.events.length === 2);
    expect(receiver.events.map(({ data }) => data)).toEqual(['1', '2']);
    await webhooks.stop();
    await expect(webhooks.deliveries(query)).rejects.toThrow('stopping');
  });

  test('[W-4.3] does not keep the server from stopping', async () => {
    using directory = emptyDirectory();
    const failed = failures();
    const webhooks = await startWebhooks({
      ...{ ...UNUSED, journal: join(directory.path, 'outbox.db') },
      ...{ apps: [appOf(endpointOf())], clock: systemClock, onDisabled: () => undefined, onFailure: failed.hear },
    });
    webhooks.configure([appOf(unreadable)]);
    await webhooks.stop();
    expect(failed.heard.length).toBeGreaterThan(0);
  });
});

describe('a thread that cannot go on', () => {
  test('[W-4.1] is followed by another after a pause, which is told what the first was told', async () => {
    using directory = emptyDirectory();
    await using receiver = new Receiver();
    const journal = join(directory.path, 'outbox.db');
    mkdirSync(journal);
    const clock = new FakeClock();
    const failed = failures();
    const webhooks = await startWebhooks({
      ...{ ...UNUSED, journal, allowedHosts: [receiver.host] },
      ...{ apps: [], clock, onDisabled: () => undefined, onFailure: failed.hear },
    });
    const failure = failed.next();
    webhooks.configure([signed(receiver.url)]);
    webhooks.outbox.add(clientEvent('1'));
    clock.advance(10);
    const asked = webhooks.deliveries(query).catch(String);
    expect(await failure).toContain('outbox.db');
    expect(await asked).toContain('outbox.db');
    await expect(webhooks.sendTest(OUTBOX_APP, 'e')).rejects.toThrow('started again');
    webhooks.outbox.add(clientEvent('2'));
    rmdirSync(journal);
    clock.advance(5_000);
    await receiver.until(() => receiver.events.length === 2);
    expect(receiver.events.map(({ data }) => data)).toEqual(['1', '2']);
    await webhooks.stop();
  });

  test('[W-4.1] that has ended by itself answers nobody, and is no longer waited for', async () => {
    using directory = emptyDirectory();
    const ended = Promise.withResolvers<void>();
    const listeners = { onDisabled() {}, onFailure() {}, onWritten() {}, onEnded: ended.resolve };
    const thread = new WebhookThread({ ...UNUSED, journal: join(directory.path, 'outbox.db') }, [], listeners);
    await thread.started;
    const asked = thread.ask({ what: 'deliveries', query }).catch(String);
    thread.end();
    await ended.promise;
    expect(await asked).toContain('ended');
    await expect(thread.ask({ what: 'deliveries', query })).rejects.toThrow('ended');
    await thread.stop();
  });
});

test('[W-4.2] facts that were sent and are not on disk are sent again, in order, before those of later', () => {
  const queue = new FactQueue({ facts: 10, memberships: 10 });
  const facts = ['1', '2', '3', '4'].map(clientEvent);
  const [first, second, third, fourth] = facts;
  for (const fact of [first, second]) if (fact !== undefined) queue.add(fact);
  queue.take();
  if (third !== undefined) queue.add(third);
  queue.take();
  queue.written(2);
  if (fourth !== undefined) queue.add(fourth);
  queue.takeBack();
  expect(queue.take()).toEqual(facts.slice(2));
});
