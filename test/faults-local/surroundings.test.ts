// What the server needs of others is gone: names that do not resolve, and a database that is away. Realtime goes on.
import { expect, test } from 'bun:test';
import { APP_ID } from '../support/credentials.ts';
import { openCut } from '../support/cut.ts';
import { eventually } from '../support/eventually.ts';
import { personOn } from '../support/managed.ts';
import { openVask } from '../support/open-vask.ts';
import { startPostgres } from '../support/postgres.ts';
import type { TestServer } from '../support/server.ts';

const EVENTS = `/apps/${APP_ID}/events`;

async function publish(vask: TestServer, name: string): Promise<void> {
  const { status } = await vask.request('POST', EVENTS, { body: { name, channel: 'news', data: '{}' } });
  expect(status).toBe(200);
}

test('a webhook whose host has no address any more is tried again and told, and clients notice nothing', async () => {
  const url = 'http://hooks.invalid/vask';
  const webhook = { url, enabled: true, events: ['channel_occupied' as const], channelPrefixes: [], headers: {} };
  const app = { webhooks: [webhook] };
  await using vask = await openVask({ nodes: 1, app, webhookAllowedHosts: ['hooks.invalid'], webhookRetrySeconds: 60 });
  const ann = await personOn(vask);
  const client = await vask.client();
  await client.subscribe('news');
  const attempt = await eventually('an attempt', async () => {
    const { body } = await ann.ask('GET', `/apps/${APP_ID}/deliveries`);
    return (body['items'] as readonly object[] | undefined)?.[0] ?? null;
  });
  expect(attempt).toMatchObject({ status: null, error: 'getaddrinfo ENOTFOUND' });
  await publish(vask, 'still');
  expect((await client.next()).event).toBe('still');
}, 60_000);

test('while PostgreSQL is away clients and backends are served, and what is managed is refused; then all is well again', async () => {
  const postgres = await startPostgres();
  const direct = new URL(await postgres.emptyDatabase());
  const cable = await openCut(Number(direct.port));
  direct.port = String(cable.port);
  try {
    await using vask = await openVask({ nodes: 1, databaseUrl: direct.href });
    const ann = await personOn(vask);
    await ann.done('POST', '/apps', { name: 'Before' });
    const witness = await vask.client();
    await witness.subscribe('news');
    await cable.cut();
    const refused = await ann.ask('POST', '/apps', { name: 'Meanwhile' });
    expect(refused.status).toBeGreaterThanOrEqual(500);
    const late = await vask.client();
    await late.subscribe('news');
    await publish(vask, 'still');
    for (const client of [witness, late]) expect((await client.next()).event).toBe('still');
    expect((await fetch(`${vask.url}/ready`)).status).toBe(200);
    expect(vask.logLines.some((line) => line.includes('"failed"'))).toBe(true);
    await cable.heal();
    const made = await eventually('an app', async () => {
      const answer = await ann.ask('POST', '/apps', { name: 'After' });
      return answer.status === 201 ? answer : null;
    });
    expect(made.body).toMatchObject({ app: { name: 'After' } });
    const names = (await vask.store.apps.list({ limit: 10 })).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['After', 'Before']);
  } finally {
    await cable.close();
    await postgres.stop();
  }
}, 90_000);
