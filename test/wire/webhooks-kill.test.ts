// The fault test of webhooks: a real server is killed at random moments, again and again, while clients come and go; what
// its backend was told must fit together over all its lives.
import { expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyDirectory } from '../cli/vask.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID, KEY, SECRET } from '../support/credentials.ts';
import { MortalVask } from '../support/mortal-vask.ts';
import { Receiver, type WebhookEvent } from '../support/receiver.ts';

const LIVES = 99;
/** The longest of most lives, from the moment it serves. */
const LIFE_MS = 260;
/** Every so many lives one is long enough for something to be safe. */
const LONG_EVERY = 11;
const LONG_LIFE_MS = 1_300;
/** What happened so long before the end has to be on disk, however busy the machine; as a rule it takes 5 ms. */
const SAFE_MS = 1_000;

/** What must have been told, since it happened long enough before the end of a life. */
interface Witness {
  readonly occupied: string[];
  readonly sent: number[];
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Clients do what they do until the server dies under them. */
async function live(vask: MortalVask, life: number, random: () => number, note: (what: Noted) => void): Promise<void> {
  const connect = async () => await (await new RawClient(vask.webSocketUrl(KEY)).opened()).greeted();
  const client = await connect();
  await client.subscribe(`once-${life}`);
  note({ occupied: `once-${life}`, atMs: vask.ageMs });
  await client.subscribe('private-room');
  for (let step = 0; ; step++) {
    const other = await connect();
    const user = random() < 0.5 ? 'a' : 'b';
    await other.subscribe('presence-room', { user_id: user });
    await other.subscribe(`room-${Math.floor(random() * 3)}`);
    const number = life * 100_000 + step;
    client.say({ event: 'client-n', channel: 'private-room', data: String(number) });
    if (!(await client.heardNothing())) throw new Error('Something was heard.');
    note({ sent: number, atMs: vask.ageMs });
    if (random() < 0.6) await other.hangUp();
  }
}

type Noted = ({ readonly occupied: string } | { readonly sent: number }) & { readonly atMs: number };

async function oneLife(directory: string, config: string, life: number, random: () => number, witness: Witness) {
  const grace = random() < 0.7 ? '0' : '1';
  const vask = await MortalVask.start(directory, ['--config', config, '--webhook-grace-seconds', grace]);
  const endMs = random() * LIFE_MS + (life % LONG_EVERY === 0 ? LONG_LIFE_MS : 0);
  const noted: Noted[] = [];
  const lived = live(vask, life, random, (what) => void noted.push(what)).catch(() => undefined);
  await vask.killAt(endMs);
  await lived;
  for (const what of noted) {
    if (what.atMs > endMs - SAFE_MS) continue;
    if ('sent' in what) witness.sent.push(what.sent);
    else witness.occupied.push(what.occupied);
  }
}

/** The names of what is told of each channel or member, in order. */
function tales(events: readonly WebhookEvent[], names: RegExp): Map<string, string[]> {
  const told = new Map<string, string[]>();
  for (const { name, channel, user_id: user } of events) {
    if (!names.test(String(name))) continue;
    const about = user === undefined ? String(channel) : `${channel} ${user}`;
    told.set(about, [...(told.get(about) ?? []), String(name)]);
  }
  return told;
}

function expectAlternation(told: ReadonlyMap<string, readonly string[]>, come: string, gone: string): void {
  for (const [about, names] of told) {
    const expected = names.map((_, index) => (index % 2 === 0 ? come : gone));
    expect([about, names]).toEqual([about, expected]);
    expect([about, names.at(-1)]).toEqual([about, gone]);
  }
}

test('[W-2.2][W-3.3][W-4.1] kill -9 at any moment loses nothing and tells nothing twice', async () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`SEED=${seed}`);
  const random = randomFrom(seed);
  using directory = emptyDirectory();
  await using receiver = new Receiver();
  receiver.answer = () => new Response(null, { status: random() < 0.03 ? 500 : 204 });
  const config = join(directory.path, 'vask.json');
  const app = { id: APP_ID, key: KEY, secret: SECRET, clientEvents: true, webhooks: [{ url: receiver.url }] };
  writeFileSync(config, JSON.stringify({ webhookAllowedHosts: [receiver.host], apps: [app] }));

  const witness: Witness = { occupied: [], sent: [] };
  for (let life = 0; life < LIVES; life++) await oneLife(directory.path, config, life, random, witness);

  const last = await MortalVask.start(directory.path, ['--config', config, '--webhook-grace-seconds', '0']);
  const client = await (await new RawClient(last.webSocketUrl(KEY)).opened()).greeted();
  await client.subscribe('end');
  await client.hangUp();
  await receiver.until(() => receiver.names.includes('channel_vacated end'));
  await last.stop();

  expect(witness.sent.length).toBeGreaterThan(0);
  const { events, posts } = receiver;
  const channels = tales(events, /^channel_/);
  expectAlternation(channels, 'channel_occupied', 'channel_vacated');
  expectAlternation(tales(events, /^member_/), 'member_added', 'member_removed');
  const numbers = events.filter(({ name }) => name === 'client_event').map(({ data }) => Number(data));
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  expect(witness.sent.filter((number) => !numbers.includes(number))).toEqual([]);
  expect(witness.occupied.filter((channel) => channels.get(channel)?.length !== 2)).toEqual([]);
  const bodies = new Map(posts.map(({ id, body }) => [id, body]));
  expect(posts.filter(({ id, body }) => bodies.get(id) !== body)).toEqual([]);
  expect(posts.every(({ isValid }) => isValid)).toBe(true);
  expect(witness.occupied.length).toBeGreaterThan(LIVES / LONG_EVERY / 2);
  console.log(
    `${events.length} events, ${witness.occupied.length} occupied witnessed, ${witness.sent.length} sent, ${posts.length - bodies.size} repeats`,
  );
}, 120_000);
