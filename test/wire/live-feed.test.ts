// The live feed of a real server: what comes, and when it ends.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ROUTES } from '../../src/admin/routes.ts';
import type { EntryType } from '../../src/core/feed.ts';
import { Inbox } from '../support/inbox.ts';
import { PASSWORD, type Person, type Plain, personOn } from '../support/managed.ts';
import { Receiver } from '../support/receiver.ts';
import { startVask, startVaskCluster, type TestServer } from '../support/server.ts';

let server: TestServer;
let admin: Person;

beforeAll(async () => {
  server = await startVask({ requestTimeoutSeconds: 1, webhookAllowedHosts: ['127.0.0.1'] });
  admin = await personOn(server);
});
afterAll(() => server.stop());

interface Sent {
  readonly event: string;
  readonly data: unknown;
}

/** Somebody who reads a feed. */
class Reader {
  readonly #sent = new Inbox<Sent | 'end'>('an event of the feed');
  readonly #abort = new AbortController();
  readonly faults: string[] = [];

  async open(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    const response = await fetch(url, { headers, signal: this.#abort.signal });
    if (response.body !== null) void this.#read(response.body);
    return response;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // The server or this reader has hung up.
    }
    this.#sent.push('end');
  }

  #take(block: string): void {
    const [, event = '', data = ''] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
    if (event === '') return;
    ROUTES.watchApp.stream.decode(
      { happenings: [], sample: NO_SAMPLE, dropped: { count: 0 }, [event]: JSON.parse(data) },
      '',
      (pointer, fault) => void this.faults.push(`${pointer} ${fault}`),
    );
    this.#sent.push({ event, data: JSON.parse(data) });
  }

  /** The next entry of that type. */
  async entry(type: EntryType): Promise<Plain> {
    let found: Plain | undefined;
    await this.#sent.until((sent) => {
      if (sent === 'end') throw new Error('The feed has ended.');
      if (sent.event === 'happenings') found = (sent.data as readonly Plain[]).find((each) => each['type'] === type);
      return found !== undefined;
    });
    return found ?? {};
  }

  async sample(holds: (sample: Readonly<Record<string, number>>) => boolean): Promise<void> {
    await this.#sent.until(
      (sent) => sent !== 'end' && sent.event === 'sample' && holds(sent.data as Readonly<Record<string, number>>),
    );
  }

  async end(): Promise<void> {
    await this.#sent.until((sent) => sent === 'end');
  }

  hangUp(): void {
    this.#abort.abort();
  }
}

const NO_SAMPLE = {
  atMs: 0,
  connections: 0,
  publishes: 0,
  messagesIn: 0,
  messagesOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  errors: 0,
  channels: 0,
};

async function watch(app: string, token = admin.token): Promise<Reader> {
  const reader = new Reader();
  const response = await reader.open(`${server.url}/api/v1/apps/${app}/live`, { authorization: `Bearer ${token}` });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  await reader.sample(() => true);
  return reader;
}

test('[A-5.3] a newcomer sees the own connection, subscription, request and event, on whichever node', async () => {
  const reader = await watch(server.app.id);
  const client = await server.client();
  const { socketId } = client;
  expect(await reader.entry('connected')).toMatchObject({ socketId });
  client.say({ event: 'pusher:subscribe', data: { channel: 'news' } });
  expect(await reader.entry('subscribed')).toMatchObject({ socketId, channel: 'news' });
  const path = `/apps/${server.app.id}/events`;
  await server.request('POST', path, { body: { name: 'hello', channel: 'news', data: '{"a":1}' } });
  expect(await reader.entry('published')).toMatchObject({ channel: 'news', event: 'hello', data: '{"a":1}' });
  await server.request('POST', path, { body: {} });
  expect(await reader.entry('request')).toMatchObject({ method: 'POST', path, status: expect.any(Number) });
  await server.request('POST', path, { secret: 'wrong' });
  expect(await reader.entry('request')).toBeObject();
  await reader.sample(({ connections }) => connections === 1);
  await client.hangUp();
  expect(await reader.entry('disconnected')).toMatchObject({ socketId });
  expect(reader.faults).toEqual([]);
  reader.hangUp();
});

test('[A-5.8] attempts to deliver webhooks are shown with their status', async () => {
  const app = await admin.createApp('With webhooks');
  await using receiver = new Receiver([app]);
  const endpoint = await admin.createWebhook(app.id, receiver.url);
  const reader = await watch(app.id);
  await admin.done('POST', `/apps/${app.id}/webhooks/${endpoint}/test`);
  expect(await reader.entry('webhook')).toMatchObject({ endpoint, status: 204, data: expect.any(String) });
  reader.hangUp();
});

describe('[A-5.6] a feed ends', () => {
  test('when its session logs out', async () => {
    // On another node that would be noticed with the next look at the caller's rights.
    const alone = await startVaskCluster({ nodes: 1 });
    await personOn(alone);
    const api = `${alone.url}/api/v1`;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ email: 'ann@example.com', password: PASSWORD });
    const loggedIn = await fetch(`${api}/session`, { method: 'POST', headers, body });
    const cookie = loggedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { csrf } = (await loggedIn.json()) as { csrf: string };
    const reader = new Reader();
    await reader.open(`${api}/apps/${alone.app.id}/live`, { cookie });
    await reader.sample(() => true);
    const loggedOut = { method: 'DELETE', headers: { cookie, 'x-csrf-token': csrf } };
    expect((await fetch(`${api}/session`, loggedOut)).status).toBe(204);
    await reader.end();
    await alone.stop();
  });

  test('when the server stops, which does not wait for it', async () => {
    const other = await startVask({ shutdownSeconds: 0 });
    const { token } = await personOn(other);
    const reader = new Reader();
    await reader.open(`${other.url}/api/v1/apps/${other.app.id}/live`, { authorization: `Bearer ${token}` });
    await reader.sample(() => true);
    const startedMs = performance.now();
    await other.stop();
    await reader.end();
    expect(performance.now() - startedMs).toBeLessThan(4_000);
  });
});
