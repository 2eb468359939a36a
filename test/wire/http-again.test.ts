// A backend names its requests and sends them again (docs/http-api.md H-10), over real sockets.
import { afterAll, describe, expect, test } from 'bun:test';
import type { RawClient } from '../support/client.ts';
import { APP_ID, signedQuery } from '../support/credentials.ts';
import { startVask } from '../support/server.ts';

const vask = await startVask({ app: { limits: { broadcastsPerMonth: 1_000 } } });
afterAll(() => vask.stop());

const APP = `/apps/${APP_ID}`;

async function post(path: string, body: object, key?: string): Promise<Response> {
  const text = JSON.stringify(body);
  const url = `${vask.url}${APP}/${path}?${signedQuery('POST', `${APP}/${path}`, text)}`;
  return await fetch(url, {
    method: 'POST',
    body: text,
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  });
}

async function listener(...channels: readonly string[]): Promise<RawClient> {
  const client = await vask.client();
  for (const channel of channels) {
    client.say({ event: 'pusher:subscribe', data: { channel } });
    await client.next();
  }
  return client;
}

/** What the client has got by the time that the mark arrives, which is published last. */
async function heard(client: RawClient, channel: string): Promise<string[]> {
  await post('events', { name: 'mark', channel, data: '' });
  const names: string[] = [];
  for (;;) {
    const { event } = await client.next();
    if (event === 'mark') return names;
    names.push(event);
  }
}

const isReplayed = ({ headers }: Response): boolean => headers.get('idempotent-replayed') === 'true';

describe('a named request that is sent again', () => {
  test('[H-10.1, H-10.2] with the key in the header: each channel gets the event once', async () => {
    const alice = await listener('one', 'two');
    const event = { name: 'hello', channels: ['one', 'two'], data: '1' };
    const answers = [await post('events', event, 'k1'), await post('events', event, 'k1')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['{}', '{}']);
    expect(answers.map(isReplayed)).toEqual([false, true]);
    expect(await heard(alice, 'two')).toEqual(['hello', 'hello']);
  });

  test('[H-10.1, H-10.2] with the key in the body', async () => {
    const alice = await listener('body');
    const event = { name: 'hello', channel: 'body', data: '1', idempotency_key: 'k2' };
    const answers = [await post('events', event), await post('events', event)];
    expect(answers.map(isReplayed)).toEqual([false, true]);
    expect(await heard(alice, 'body')).toEqual(['hello']);
  });

  test('[H-10.2] a batch, each of its events', async () => {
    const alice = await listener('batch');
    const batch = { batch: ['a', 'b', 'a'].map((name) => ({ name, channel: 'batch', data: '1' })) };
    for (let time = 0; time < 3; time++) await post('batch_events', batch, 'k3');
    expect(await heard(alice, 'batch')).toEqual(['a', 'b', 'a']);
  });

  test('[H-10.2] many at the same time are one', async () => {
    const alice = await listener('storm');
    const event = { name: 'hello', channel: 'storm', data: '1' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('events', event, 'k4')));
    expect(answers.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    expect(await heard(alice, 'storm')).toEqual(['hello']);
  });

  test('[H-10.2] attributes that are asked for are those of the moment', async () => {
    await listener('counted');
    const event = { name: 'hello', channel: 'counted', data: '1', info: 'subscription_count' };
    await post('events', event, 'k5');
    const again = await post('events', event, 'k5');
    expect(await again.json()).toEqual({ channels: { counted: { subscription_count: 1 } } });
  });

  test('[H-10.1] the same event under another key, or without one, is another request', async () => {
    const alice = await listener('keys');
    const event = { name: 'hello', channel: 'keys', data: '1' };
    for (const key of ['k6', 'k7', undefined]) await post('events', event, key);
    expect(await heard(alice, 'keys')).toEqual(['hello', 'hello', 'hello']);
  });

  test('[H-10.3] something else under the same key is refused and not published', async () => {
    const alice = await listener('conflict');
    const event = { name: 'hello', channel: 'conflict', data: '1' };
    await post('events', event, 'k8');
    const other = await post('events', { ...event, data: '2' }, 'k8');
    const otherPath = await post('users/7/events', { name: 'hello', data: '1' }, 'k8');
    expect([other.status, otherPath.status]).toEqual([409, 409]);
    expect(await heard(alice, 'conflict')).toEqual(['hello']);
  });

  test('[H-10.5] counts like any other', async () => {
    const event = { name: 'hello', channel: 'spent', data: '1' };
    const metered = await startVask({ app: { limits: { broadcastsPerMonth: 2 } } });
    try {
      const body = JSON.stringify({ ...event, idempotency_key: 'k9' });
      const statuses: number[] = [];
      for (let time = 0; time < 3; time++) {
        statuses.push((await metered.request('POST', `${APP}/events`, { body })).status);
      }
      expect(statuses).toEqual([200, 200, 403]);
    } finally {
      await metered.stop();
    }
  });
});
