// The order of frames on real sockets, where direct sends and native topics meet: a subscriber hears nothing before
// subscription_succeeded and misses nothing after it.
import { afterAll, expect, test } from 'bun:test';
import type { RawClient } from '../support/client.ts';
import { APP_ID, channelAuth } from '../support/credentials.ts';
import type { Frame } from '../support/frames.ts';
import { startVask } from '../support/server.ts';

const vask = await startVask();
afterAll(() => vask.stop());

const ROUNDS = 40;
const PATH = `/apps/${APP_ID}/events`;

/** Publishes n = 1, 2, 3, … one after the other until it is told to end; the answer is the last number. */
function publishSteadily(channels: readonly string[]): { end(): Promise<number> } {
  let isRunning = true;
  let n = 0;
  const publish = async (): Promise<number> => {
    n++;
    const { status } = await vask.request('POST', PATH, { body: { name: 'n', channels, data: String(n) } });
    if (status !== 200) throw new Error(`Answered ${status}.`);
    return n;
  };
  const run = async (): Promise<void> => {
    while (isRunning) await publish();
  };
  const running = run();
  return {
    // One more, so that a reader who waits for the last one cannot have read it before.
    async end() {
      isRunning = false;
      await running;
      return await publish();
    },
  };
}

async function readUntil(client: RawClient, isLast: (frame: Frame) => boolean): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (;;) {
    const frame = await client.next();
    frames.push(frame);
    if (isLast(frame)) return frames;
  }
}

function expectGapless(numbers: readonly number[]): void {
  expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
}

test('[P-4.10] subscription_succeeded comes first and nothing is missing after it, while events pour in', async () => {
  const publisher = publishSteadily(['pouring']);
  const clients: RawClient[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const client = await vask.client();
    expect((await client.subscribe('pouring')).event).toBe('pusher_internal:subscription_succeeded');
    expect((await client.next()).event).toBe('n');
    clients.push(client);
  }
  const last = await publisher.end();
  for (const client of clients) {
    const frames = await readUntil(client, ({ data }) => data === last);
    expectGapless(frames.map(({ data }) => Number(data)));
    expect(await client.heardNothing()).toBe(true);
  }
});

test('[P-3.7] subscribe, unsubscribe and subscribe again while events pour in: succeeded first, then events', async () => {
  const publisher = publishSteadily(['turning']);
  const client = await vask.client();
  for (let round = 0; round < ROUNDS; round++) {
    client.say({ event: 'pusher:subscribe', data: { channel: 'turning' } });
    client.say({ event: 'pusher:unsubscribe', data: { channel: 'turning' } });
    client.say({ event: 'pusher:subscribe', data: { channel: 'turning' } });
    const frames = await readUntil(client, ({ event }) => event === 'n');
    // Whoever unsubscribes before the nodes have agreed is not told that it had worked.
    const before = frames.slice(0, -1).map(({ event }) => event);
    expect(before.length).toBeWithin(1, 3);
    expect(before).toEqual(Array(before.length).fill('pusher_internal:subscription_succeeded'));
    client.say({ event: 'pusher:unsubscribe', data: { channel: 'turning' } });
    client.say({ event: 'pusher:ping' });
    const rest = await readUntil(client, ({ event }) => event === 'pusher:pong');
    expectGapless([...frames, ...rest].filter(({ event }) => event === 'n').map(({ data }) => Number(data)));
    expect(await client.heardNothing()).toBe(true);
  }
  await publisher.end();
});

test('[P-4.19] the remembered event comes between subscription_succeeded and later events, without a gap', async () => {
  const publisher = publishSteadily(['cache-pouring', 'plain']);
  const first = await vask.client();
  await first.subscribe('plain');
  await first.next();
  const clients: RawClient[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const client = await vask.client();
    expect((await client.subscribe('cache-pouring')).event).toBe('pusher_internal:subscription_succeeded');
    clients.push(client);
  }
  const last = await publisher.end();
  for (const client of clients) {
    const frames = await readUntil(client, ({ data }) => data === last);
    expectGapless(frames.map(({ data }) => Number(data)));
  }
});

test('[P-3.7] answers, which are sent directly, and events, which are broadcast, keep their order', async () => {
  const [sender, reader] = [await vask.client(), await vask.client()];
  for (const client of [sender, reader]) await client.subscribe('private-mixed');
  // Each of the sender's events is broadcast before the answer to the ping behind it is sent.
  for (let n = 1; n <= 2_000; n++) {
    sender.say({ event: 'client-n', channel: 'private-mixed', data: n });
    sender.say({ event: 'pusher:ping' });
    reader.say({ event: 'pusher:ping' });
  }
  const numbers: number[] = [];
  let pongs = 0;
  while (numbers.length < 2_000 || pongs < 2_000) {
    const { event, data } = await reader.next();
    if (event === 'pusher:pong') pongs++;
    else numbers.push(Number(data));
  }
  expect(numbers[0]).toBe(1);
  expectGapless(numbers);
});

test('[P-3.7] an event that the backend publishes before it asks for an end reaches the user before the close', async () => {
  for (let round = 0; round < 20; round++) {
    const client = await vask.client();
    await client.signIn({ id: `u${round}` });
    const users = `/apps/${APP_ID}/users/u${round}`;
    await Promise.all([
      vask.request('POST', `${users}/events`, { body: { name: 'bye', data: '1' } }),
      client.next().then(({ event }) => expect(event).toBe('bye')),
    ]);
    await vask.request('POST', `${users}/terminate_connections`, { body: {} });
    expect(await client.next()).toMatchObject({ event: 'pusher:error', data: { code: 4200 } });
    expect((await client.closed).code).toBe(4200);
  }
});

test('[P-4.13] many members come and go while events pour in: every roster and every story is true', async () => {
  const channel = 'presence-crowd';
  const publisher = publishSteadily([channel]);
  const witness = await vask.client();
  await witness.subscribe(channel, { user_id: 'witness' });
  const crowd = await Promise.all(Array.from({ length: 60 }, () => vask.client()));
  await Promise.all(
    crowd.map(async (client, at) => {
      // Two connections of each user.
      const channelData = JSON.stringify({ user_id: at >> 1, user_info: { at } });
      const auth = channelAuth(client.socketId, channel, channelData);
      client.say({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } });
      const { event, data } = await client.next();
      expect(event).toBe('pusher_internal:subscription_succeeded');
      const { presence } = data as { presence: { ids: string[]; hash: Record<string, unknown>; count: number } };
      expect(presence.ids).toContain(String(at >> 1));
      expect([presence.count, Object.keys(presence.hash).length]).toEqual([
        presence.ids.length,
        new Set(presence.ids).size,
      ]);
    }),
  );
  // Some unsubscribe, some say good-bye, some are cut.
  for (const [at, client] of crowd.entries()) {
    if (at % 3 === 0) client.say({ event: 'pusher:unsubscribe', data: { channel } });
    else if (at % 3 === 1) client.socket.close();
    else client.socket.terminate();
  }
  const gone = new Set<string>();
  const story = new Map<string, string[]>();
  const frames = await readUntil(witness, ({ event, data }) => {
    if (event === 'pusher_internal:member_removed') gone.add((data as { user_id: string }).user_id);
    return gone.size === 30;
  });
  for (const { event, data } of frames) {
    if (event === 'n') continue;
    const { user_id } = data as { user_id: string };
    story.set(user_id, [...(story.get(user_id) ?? []), event]);
  }
  expect([...story.values()]).toEqual(
    Array.from({ length: 30 }, () => ['pusher_internal:member_added', 'pusher_internal:member_removed']),
  );
  expectGapless(frames.filter(({ event }) => event === 'n').map(({ data }) => Number(data)));
  const users = await vask.request('GET', `/apps/${APP_ID}/channels/${channel}/users`);
  expect(await users.json()).toEqual({ users: [{ id: 'witness' }] });
  await publisher.end();
});

test('[P-4.20] when the others are told that a member is gone, the counts no longer have it', async () => {
  const channel = 'presence-ended';
  const witness = await vask.client();
  await witness.subscribe(channel, { user_id: 'witness' });
  for (const end of ['close', 'cut', 'terminate'] as const) {
    const client = await vask.client();
    await client.signIn({ id: 'u' });
    await client.subscribe(channel, { user_id: 'u' });
    expect((await witness.next()).event).toBe('pusher_internal:member_added');
    if (end === 'close') client.socket.close();
    else if (end === 'cut') client.socket.terminate();
    else await vask.request('POST', `/apps/${APP_ID}/users/u/terminate_connections`, { body: {} });
    expect(await witness.next()).toMatchObject({ event: 'pusher_internal:member_removed', data: { user_id: 'u' } });
    const parameters = { info: 'user_count,subscription_count' };
    const answer = await vask.request('GET', `/apps/${APP_ID}/channels/${channel}`, { parameters });
    expect(await answer.json()).toEqual({ occupied: true, user_count: 1, subscription_count: 1 });
  }
});
