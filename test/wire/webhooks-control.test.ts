// Webhooks as the rest of the server uses them: the real thread, started by its first endpoint.
import { describe, expect, test } from 'bun:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/system/clock.ts';
import { startWebhooks, type Webhooks, type WebhooksOptions } from '../../src/webhooks/webhooks.ts';
import { emptyDirectory } from '../cli/vask.ts';
import { KEY, SECRET } from '../support/credentials.ts';
import { appOf, clientEvent, endpointOf, OUTBOX_APP } from '../support/outbox.ts';
import { Receiver } from '../support/receiver.ts';
import { startVask } from '../support/server.ts';

const query = { app: OUTBOX_APP, limit: 10 };

interface Stage extends AsyncDisposable {
  readonly webhooks: Webhooks;
  readonly receiver: Receiver;
  readonly failures: string[];
  /** The app with one endpoint, which is the receiver. */
  readonly app: ReturnType<typeof appOf>;
}

async function openStage(options: Partial<WebhooksOptions> = {}): Promise<Stage> {
  const directory = emptyDirectory();
  const receiver = new Receiver();
  const failures: string[] = [];
  const webhooks = await startWebhooks({
    journal: join(directory.path, 'deeper', 'outbox.db'),
    graceMs: 0,
    retryMs: 0,
    disableMs: 0,
    allowedHosts: [receiver.host],
    apps: [],
    clock: systemClock,
    onDisabled: () => undefined,
    onFailure: (doing, error) => void failures.push(`${doing}: ${error}`),
    ...options,
  });
  const app = { ...appOf(endpointOf({ url: receiver.url })), signingKey: { key: KEY, secret: SECRET } };
  return {
    webhooks,
    receiver,
    failures,
    app,
    async [Symbol.asyncDispose]() {
      await webhooks.stop();
      await receiver[Symbol.asyncDispose]();
      directory[Symbol.dispose]();
    },
  };
}

describe('webhooks', () => {
  test('[W-4.3] begin with the first endpoint, and end with it', async () => {
    await using stage = await openStage();
    const { webhooks, receiver, app } = stage;
    const wants = () => webhooks.outbox.wants(OUTBOX_APP, 'client_event');
    expect(wants()).toBe(false);
    webhooks.configure([app]);
    expect(wants()).toBe(true);
    webhooks.outbox.add(clientEvent('1'));
    await receiver.until(() => receiver.events.length === 1);
    webhooks.outbox.add(clientEvent('2'));
    webhooks.configure([]);
    expect(wants()).toBe(false);
    webhooks.outbox.add(clientEvent('3'));
    webhooks.configure([app]);
    webhooks.outbox.add(clientEvent('4'));
    await receiver.until(() => receiver.events.some(({ data }) => data === '4'));
    expect(receiver.events.map(({ data }) => data)).not.toContain('3');
    expect(stage.failures).toEqual([]);
  });

  test('[W-4.4] send a test, which is signed like any other post and is in the log', async () => {
    await using stage = await openStage();
    const { webhooks, receiver, app } = stage;
    webhooks.configure([app]);
    expect(await webhooks.sendTest(OUTBOX_APP, 'unknown')).toBeNull();
    const attempt = await webhooks.sendTest(OUTBOX_APP, 'e');
    expect(attempt).toMatchObject({ status: 204, isTest: true });
    expect(receiver.posts.map(({ isValid }) => isValid)).toEqual([true]);
    expect(receiver.names).toEqual(['channel_occupied vask-test']);
    webhooks.outbox.add(clientEvent('1'));
    await receiver.until(() => receiver.events.length === 2);
    expect((await webhooks.deliveries(query)).map(({ delivery }) => delivery)).toContain(attempt?.delivery ?? '');
  });

  test('[W-3.6] keep dead letters, which can be replayed', async () => {
    await using stage = await openStage();
    const { webhooks, receiver, app } = stage;
    webhooks.configure([app]);
    receiver.answer = () => new Response(null, { status: 500 });
    webhooks.outbox.add(clientEvent('1'));
    await receiver.until(() => receiver.posts.length > 0);
    let letters = await webhooks.deadLetters(query);
    while (letters.length === 0) letters = await webhooks.deadLetters(query);
    receiver.answer = () => new Response(null, { status: 200 });
    expect(await webhooks.replay({ app: OUTBOX_APP, ids: letters.map(({ id }) => id) })).toBe(1);
    await receiver.until(() => receiver.events.length === 1);
    expect(receiver.posts.map(({ id }) => id)).toEqual([letters[0]?.id ?? '', letters[0]?.id ?? '']);
  });
});

test('a server whose journal cannot be opened does not start, and says which file', async () => {
  using directory = emptyDirectory();
  mkdirSync(join(directory.path, 'outbox.db'));
  const webhooks = [endpointOf()];
  const started = startVask({ dataDirectory: directory.path, app: { webhooks } });
  await expect(started).rejects.toThrow('outbox.db');
});
