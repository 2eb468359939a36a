// Apps side by side on one server, and an app whose limits were raised.
import { describe, expect, test } from 'bun:test';
import { APP_ID } from '../support/credentials.ts';
import { openVask } from '../support/open-vask.ts';

test('[P-1.1] apps never meet, and share a server', async () => {
  const second = { id: '2' as never, keys: [{ key: 'second', secret: 'second secret' }] };
  await using server = await openVask({ apps: [{}, second] });
  const [ours, theirs] = [await server.client(), await server.client('/app/second')];
  for (const client of [ours, theirs]) await client.subscribe('same');
  const body = { name: 'a', channel: 'same', data: '1', socket_id: theirs.socketId };
  await server.request('POST', `/apps/${APP_ID}/events`, { body });
  expect((await ours.next()).event).toBe('a');
  expect(await theirs.heardNothing()).toBe(true);
  const options = { key: 'second', secret: 'second secret', parameters: { info: 'subscription_count' } };
  const answer = await server.request('GET', '/apps/2/channels', options);
  expect(await answer.json()).toEqual({ channels: { same: { subscription_count: 1 } } });
});

describe('[H-5.7] raised limits', () => {
  const limits = {
    eventBytes: 1_048_576,
    batchEvents: 20,
    channelsPerEvent: 200,
    eventNameLength: 500,
    channelNameLength: 400,
  };

  test('carry a megabyte of what JSON escapes from end to end', async () => {
    await using server = await openVask({ app: { limits }, backlogBytes: 16_777_216 });
    const [client, sender] = [await server.client(), await server.client()];
    for (const each of [client, sender]) await each.subscribe('private-a');
    // One byte each, and six, two or one in JSON.
    const data = '\u0001"\\\n'.repeat(limits.eventBytes / 4);
    const name = 'n'.repeat(500);
    const events = `/apps/${APP_ID}/events`;
    expect((await server.request('POST', events, { body: { name, channel: 'private-a', data } })).status).toBe(200);
    for (const each of [client, sender]) {
      const frame = JSON.parse(await each.nextText());
      expect([frame.event === name, frame.data === data]).toEqual([true, true]);
    }
    expect(
      (await server.request('POST', events, { body: { name, channel: 'private-a', data: `${data}x` } })).status,
    ).toBe(413);
    const quotes = '"\\\n\t'.repeat(limits.eventBytes / 4);
    sender.say({ event: 'client-a', channel: 'private-a', data: quotes });
    expect(JSON.parse(await client.nextText()).data === quotes).toBe(true);
    expect(await sender.heardNothing()).toBe(true);
  });

  test('let a full batch through, and a full list of the longest names', async () => {
    await using server = await openVask({ app: { limits: { ...limits, eventBytes: 50_000 } } });
    const event = { name: '\u0001'.repeat(500), channel: 'c'.repeat(400), data: '\u0001'.repeat(50_000) };
    const batch = { batch: Array(20).fill(event) };
    expect((await server.request('POST', `/apps/${APP_ID}/batch_events`, { body: batch })).status).toBe(200);
    const names = Array.from({ length: 200 }, (_, n) => String(n).padStart(400, 'c'));
    const list = { ...event, channel: undefined, channels: names };
    expect((await server.request('POST', `/apps/${APP_ID}/events`, { body: list })).status).toBe(200);
  });
});
