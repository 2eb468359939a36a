// Compares what nodes and clients say with what is true, after whatever has happened to the nodes.
import { expect } from 'bun:test';
import type { Actor, Seat } from './actor.ts';
import { APP_ID } from './credentials.ts';
import type { FaultCluster } from './fault-cluster.ts';
import type { Load } from './load.ts';
import type { NodeProcess } from './node-process.ts';
import type { Receiver } from './receiver.ts';
import type { Redis } from './redis.ts';

const PATIENCE_MS = 30_000;
const LOOK_AGAIN_MS = 50;

interface Room {
  readonly subscribers: number;
  readonly users: readonly string[];
}

/** Channel → who is in it, by those who went there. */
function truthOf(actors: readonly Actor[]): Map<string, Room> {
  const rooms = new Map<string, Room>();
  for (const actor of actors) {
    for (const channel of actor.seats.keys()) {
      const { subscribers, users } = rooms.get(channel) ?? { subscribers: 0, users: [] };
      const isPresence = channel.startsWith('presence-');
      const ids = isPresence ? [...new Set([...users, actor.id])].toSorted() : [];
      rooms.set(channel, { subscribers: subscribers + 1, users: ids });
    }
  }
  return rooms;
}

/** Resolves when all nodes and all clients agree with the truth. @returns after how many milliseconds. */
export async function agreed(cluster: FaultCluster): Promise<number> {
  const beganMs = performance.now();
  for (;;) {
    const differences = await differencesIn(cluster);
    const passedMs = performance.now() - beganMs;
    if (differences.length === 0) return passedMs;
    if (passedMs > PATIENCE_MS) {
      const logs = cluster.nodes.flatMap(({ logLines }) =>
        logLines.filter((line) => /"level":"(warn|error)"/.test(line)),
      );
      const said = logs.slice(-20).join('\n');
      throw new Error(
        `Not so after ${PATIENCE_MS} ms:\n${differences.slice(0, 30).join('\n')}\nThe nodes said:\n${said}`,
      );
    }
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}

async function differencesIn(cluster: FaultCluster): Promise<string[]> {
  const truth = truthOf(cluster.actors);
  const nodes = cluster.nodes.filter(({ isRunning }) => isRunning);
  const ofNodes = await Promise.all(nodes.map((node) => nodeDifferences(node, truth)));
  const ofSeats = cluster.actors.flatMap((actor) => seatDifferences(actor, truth));
  return [...ofNodes.flat(), ...ofSeats];
}

async function nodeDifferences(node: NodeProcess, truth: ReadonlyMap<string, Room>): Promise<string[]> {
  try {
    const { channels } = await read(node, '/channels', {});
    const names = Object.keys(channels as object).toSorted();
    const differences = unequal(`${node.name} lists`, names, [...truth.keys()].toSorted());
    for (const [channel, room] of truth) {
      const isPresence = channel.startsWith('presence-');
      const info = isPresence ? 'subscription_count,user_count' : 'subscription_count';
      const told = await read(node, `/channels/${channel}`, { info });
      const users = isPresence ? { user_count: room.users.length } : {};
      const count = { occupied: true, ...users, subscription_count: room.subscribers };
      differences.push(...unequal(`${node.name} counts in ${channel}`, sorted(told), sorted(count)));
      if (!isPresence) continue;
      const roster = (await read(node, `/channels/${channel}/users`, {})) as { users: readonly { id: string }[] };
      const ids = roster.users.map(({ id }) => id).toSorted();
      differences.push(...unequal(`${node.name} has as users of ${channel}`, ids, room.users));
    }
    return differences;
  } catch (error) {
    return [`${node.name} does not answer: ${error instanceof Error ? error.message : error}`];
  }
}

async function read(node: NodeProcess, path: string, parameters: Record<string, string>) {
  const response = await node.request('GET', `/apps/${APP_ID}${path}`, { parameters });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Readonly<Record<string, unknown>>;
}

function seatDifferences(actor: Actor, truth: ReadonlyMap<string, Room>): string[] {
  return [...actor.seats.values()].flatMap((seat): string[] => {
    const { subscribers = 0, users = [] } = truth.get(seat.name) ?? {};
    if (!seat.isSubscribed) return [`${actor.id} is not subscribed to ${seat.name}`];
    // The count is not told to a client of a presence channel, which has the roster.
    const counts =
      seat.count === null ? [] : unequal(`${actor.id} was told the count of ${seat.name}`, seat.count, subscribers);
    const roster = seat.name.startsWith('presence-') ? [...seat.roster].toSorted() : [];
    return [...counts, ...unequal(`${actor.id} sees in ${seat.name}`, roster, users)];
  });
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function unequal(what: string, found: unknown, expected: unknown): string[] {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  return one === other ? [] : [`${what} ${one}, and it is ${other}`];
}

let tokens = 0;

/** What is published by any node reaches everybody on every node, once. */
export async function expectNobodyDeaf(cluster: FaultCluster): Promise<void> {
  const seats = cluster.actors.flatMap((actor) => [...actor.seats.values()]);
  const channels = [...new Set(seats.map(({ name }) => name))];
  const sent: string[] = [];
  if (channels.length === 0) return;
  for (const [at, node] of cluster.nodes.entries()) {
    if (!node.isRunning) continue;
    const token = `token-${++tokens}`;
    sent.push(token);
    expect([node.name, await cluster.publish(at, channels, 'token', { token })]).toEqual([node.name, 200]);
  }
  const heard = (seat: Seat): string[] => seat.tokens.filter((token) => sent.includes(token));
  const endMs = performance.now() + PATIENCE_MS;
  while (seats.some((seat) => heard(seat).length < sent.length) && performance.now() < endMs) {
    await Bun.sleep(LOOK_AGAIN_MS);
  }
  const deaf = cluster.actors.flatMap((actor) =>
    [...actor.seats.values()]
      .filter((seat) => heard(seat).join() !== sent.join())
      .map((seat) => `${actor.id} (${actor.sdk.pusher.connection.state}) in ${seat.name} heard only ${heard(seat)}`),
  );
  expect({ sent, deaf }).toEqual({ sent, deaf: [] });
}

/** Nobody was ever told that somebody came who was there, or went who was not. */
export function expectAlternation(actors: readonly Actor[]): void {
  const slips = actors.flatMap((actor) =>
    [...actor.seats.values()].flatMap((seat) => seat.slips.map((slip) => `${actor.id} in ${slip}`)),
  );
  expect(slips).toEqual([]);
}

/** In each stay nothing is missing between the first and the last that was heard, in order, once; nor at its beginning. */
export function expectGapless(actors: readonly Actor[], channel: string, load: Load): void {
  for (const actor of actors) {
    for (const { begunBefore, numbers } of actor.seats.get(channel)?.stays ?? []) {
      const last = numbers.at(-1);
      if (last === undefined) continue;
      const accepted = new Set(load.accepted);
      const heard = numbers.filter((n) => accepted.has(n));
      const first = Math.min(heard[0] ?? last, begunBefore + 1);
      const expected = load.accepted.filter((n) => n >= first && n <= last);
      expect([actor.id, channel, heard]).toEqual([actor.id, channel, expected]);
    }
  }
}

/** What was refused was not published. */
export function expectUnheard(actors: readonly Actor[], numbers: readonly number[]): void {
  const refused = new Set(numbers);
  const heard = actors.flatMap((actor) =>
    [...actor.seats.values()].flatMap(({ stays }) =>
      stays.flatMap((stay) => stay.numbers.filter((n) => refused.has(n))),
    ),
  );
  expect([...new Set(heard)]).toEqual([]);
}

/** What may be there for ever though nobody is connected: the nodes themselves, and what waits to be posted. */
const KEPT = /:(world|nodes|info|facts|hooks.*|outbox.*|webhook.*)$/;

/** Resolves when no key is left of those who have gone, but such as end by themselves. @param servers all that have keys. */
export async function emptied(cluster: FaultCluster, servers: readonly Redis[]): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const left = (await Promise.all(servers.map((server) => keysLeft(server, cluster.prefix)))).flat();
    if (left.length === 0) return;
    if (performance.now() > endMs) throw new Error(`Left in Redis: ${left.join(', ')}`);
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}

async function keysLeft(server: Redis, prefix: string): Promise<string[]> {
  const found = await server.command('KEYS', `${prefix}*`);
  const keys = (Array.isArray(found) ? found.map(String) : []).filter((key) => !KEPT.test(key));
  const isLeft = await Promise.all(keys.map(async (key) => (await server.command('PTTL', key)) === -1));
  return keys.filter((_, at) => isLeft[at]);
}

/** Everything that must hold once all is well again, and when everybody has gone. */
export async function expectWhole(cluster: FaultCluster, servers: readonly Redis[]): Promise<void> {
  console.log(`all agree after ${Math.round(await agreed(cluster))} ms`);
  await expectNobodyDeaf(cluster);
  expectAlternation(cluster.actors);
  cluster.hangUpAll();
  await emptied(cluster, servers);
  await expectTold(cluster);
}

/** Backends are told of each channel and each member in turn that it is there and that it is not; in the end it is not. */
async function expectTold({ receiver }: FaultCluster): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const told = talesOf(receiver);
    const isOver = [...told.values()].every((tale) => tale.at(-1) === 'out');
    if (!isOver && performance.now() < endMs) await Bun.sleep(LOOK_AGAIN_MS);
    else {
      const expected = [...told].map(([about, tale]) => [about, tale.map((_, at) => (at % 2 === 0 ? 'in' : 'out'))]);
      expect({ isOver, told: [...told] as unknown[] }).toEqual({ isOver: true, told: expected });
      return;
    }
  }
}

function talesOf({ events }: Receiver): Map<string, string[]> {
  const told = new Map<string, string[]>();
  for (const { name, channel, user_id: user } of events) {
    const about = user === undefined ? String(channel) : `${channel} ${user}`;
    const what = name === 'channel_occupied' || name === 'member_added' ? 'in' : 'out';
    told.set(about, [...(told.get(about) ?? []), what]);
  }
  return told;
}
