// What apps use is counted and can be read, and what their owner may use holds for all of them together.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { RawClient } from '../support/client.ts';
import { type ApiClient, eventually, type MadeApp, type Plain, personOn, socketUrl } from '../support/managed.ts';
import { startVask, type TestServer } from '../support/server.ts';

// Usage is kept every few seconds.
setDefaultTimeout(20_000);

async function withVask(play: (vask: TestServer) => Promise<void>) {
  const vask = await startVask();
  try {
    await play(vask);
  } finally {
    await vask.stop();
  }
}

const publish = (vask: TestServer, { id, key, secret }: MadeApp, ...channels: readonly string[]) =>
  vask.request('POST', `/apps/${id}/events`, { body: { name: 'a', channels, data: 'b' }, key, secret });

const knock = (vask: TestServer, { key }: MadeApp) => new RawClient(socketUrl(vask.url, key)).opened();

const closeCode = async (vask: TestServer, app: MadeApp) => (await (await knock(vask, app)).closed).code;

async function usageOf(asker: ApiClient, app: MadeApp, span: string): Promise<Plain> {
  // The test may run while a minute ends, so the rows are added up.
  const rows = await asker.items(`/apps/${app.id}/usage?span=${span}`);
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
  const peakConnections = Math.max(0, ...rows.map((row) => Number(row['peakConnections'])));
  return {
    broadcasts: sum('broadcasts'),
    clientEvents: sum('clientEvents'),
    requests: sum('requests'),
    peakConnections,
  };
}

test('[H-9.8] publishes are counted by the channels they are addressed to, and read by minute, hour and day', () =>
  withVask(async (vask) => {
    const ann = await personOn(vask);
    const [app, idle] = [await ann.createApp('Shop'), await ann.createApp('Idle')];
    const clients = [await knock(vask, app), await knock(vask, app)];
    for (const client of clients) {
      await client.greeted();
      await client.subscribe('one');
    }
    expect((await publish(vask, app, 'one', 'two')).status).toBe(200);
    expect((await publish(vask, app, 'one')).status).toBe(200);
    expect((await vask.request('GET', `/apps/${app.id}/channels`, app)).status).toBe(200);
    expect((await vask.request('GET', `/apps/${app.id}/channels`, { ...app, secret: 'wrong' })).status).toBe(401);
    const counted = { broadcasts: 3, clientEvents: 0, requests: 3, peakConnections: 2 };
    for (const span of ['minute', 'hour', 'day']) {
      const usage = await eventually(
        () => usageOf(ann, app, span),
        ({ broadcasts }) => Number(broadcasts) >= 3,
      );
      expect([span, usage]).toEqual([span, counted]);
    }
    expect(await ann.items(`/apps/${idle.id}/usage?span=day`)).toEqual([]);
    expect((await ann.ask('GET', `/apps/${app.id}/usage?fromMs=2&toMs=1`)).status).toBe(400);
    expect((await ann.ask('GET', `/apps/${app.id}/usage?span=week`)).status).toBe(400);
  }));

test('[H-9.9][P-2.16] the quotas of an account hold for all its apps together, from the moment that they are set', () =>
  withVask(async (vask) => {
    const ann = await personOn(vask);
    const quotas = { connections: 1, broadcastsPerMonth: 3 };
    const account = { email: 'bob@example.com', password: 'a long password', role: 'member', quotas };
    const bob = String((await ann.done('POST', '/accounts', account))['id']);
    const [one, two] = [await ann.createApp('One', { owner: bob }), await ann.createApp('Two', { owner: bob })];
    const free = await ann.createApp('Free');

    const client = await (await knock(vask, one)).greeted();
    expect(await closeCode(vask, two)).toBe(4004);
    await (await knock(vask, free)).greeted();
    expect((await publish(vask, one, 'a', 'b')).status).toBe(200);
    const over = await publish(vask, two, 'a', 'b');
    expect([over.status, await over.text()]).toEqual([403, expect.stringContaining('message quota exceeded')]);
    expect((await publish(vask, two, 'a')).status).toBe(200);
    expect((await publish(vask, one, 'a')).status).toBe(403);
    expect((await publish(vask, free, 'a')).status).toBe(200);

    await ann.change(`/accounts/${bob}`, { quotas: { connections: 2, broadcastsPerMonth: 4 } });
    await (await knock(vask, two)).greeted();
    expect((await publish(vask, one, 'a')).status).toBe(200);
    expect((await publish(vask, two, 'a')).status).toBe(403);
    await client.hangUp();
    await eventually(
      () => vask.logLines.filter((line) => line.includes('"event":"disconnected"')).length,
      (count) => count > 0,
    );
    await (await knock(vask, one)).greeted();
    expect(await closeCode(vask, one)).toBe(4004);
  }));

test('[H-9.4] the request rate of an app that the API sets holds at once', () =>
  withVask(async (vask) => {
    const ann = await personOn(vask);
    const app = await ann.createApp('Shop');
    await ann.change(`/apps/${app.id}`, { limits: { requestsPerSecond: 1 } });
    const answers = await Promise.all(Array.from({ length: 5 }, () => publish(vask, app, 'a')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  }));
