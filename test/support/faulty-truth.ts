// What has to be true when a faulty world has settled: what the ledger says is what is, and what every client and every
// backend believes.
import { expect } from 'bun:test';
import type { CachedEvent, ChannelCount } from '../../src/engine/ports.ts';
import type { ChannelName, UserId } from '../../src/protocol/ids.ts';
import type { Member } from '../../src/protocol/server-message.ts';
import { Settle, type Settled, subjectOfKey } from '../../src/webhooks/settle.ts';
import { CHANNELS, type FaultyTheatre, USERS } from './faulty-theatre.ts';

const USER_IDS = USERS as readonly string[] as readonly UserId[];
const NAMES = CHANNELS as readonly string[] as readonly ChannelName[];

/** The connections say who they are; the ledger has to say the same. */
export function expectTruth({ faulty, world, connections, running }: FaultyTheatre): void {
  const { ledger } = faulty.common;
  const { id } = world.app;
  const joined = connections.flatMap(({ subscriptions }) => [...subscriptions.values()]);
  expect(joined.filter(({ phase, hasEntered }) => phase !== 'joined' || !hasEntered)).toEqual([]);
  const truth: Record<string, ChannelCount> = {};
  for (const { name } of joined) {
    const here = joined.filter((each) => each.name === name);
    const users = new Set(here.flatMap(({ member }) => (member === null ? [] : [member])));
    truth[name] = { subscribers: here.length, users: users.size };
    expect(new Set(ledger.members(id, name) as readonly UserId[])).toEqual(users);
  }
  expect(Object.fromEntries(ledger.channels(id, '') as ReadonlyMap<ChannelName, ChannelCount>)).toEqual(truth);
  const signedIn = connections.flatMap(({ user }) => (user === null ? [] : [user.id]));
  expect(ledger.online(id, USER_IDS)).toEqual(new Set(signedIn));
  expect(ledger.connections(id)).toBe(connections.length);
  for (const { engine } of running) {
    const space = engine.spaces.get(id);
    if (space?.hearsApp !== true) continue;
    expect(space.connections.size + space.connectionsElsewhere).toBe(connections.length);
  }
}

/** What each client was told is what the ledger says, and so is what each node knows. */
export function expectBeliefs({ faulty, world, observers, running, areCountsTold }: FaultyTheatre): void {
  const { ledger } = faulty.common;
  const { id } = world.app;
  for (const { client, rooms, counts, online, last, objections } of observers) {
    expect(objections).toEqual([]);
    const { subscriptions, watchlist } = client.connection ?? { subscriptions: new Map(), watchlist: [] };
    expect([...rooms.keys()].toSorted()).toEqual([...subscriptions.keys()].toSorted());
    for (const { name } of subscriptions.values()) {
      expect(rooms.get(name)).toEqual(new Set<string>(ledger.members(id, name) as readonly UserId[]));
      const { subscribers } = ledger.count(id, name) as ChannelCount;
      if (areCountsTold && !name.startsWith('presence-')) expect([name, counts.get(name)]).toEqual([name, subscribers]);
      const cached = ledger.recall(id, name) as CachedEvent | null;
      if (cached !== null) expect([name, last.get(name)]).toEqual([name, cached.event.data]);
    }
    const present = ledger.online(id, watchlist) as ReadonlySet<UserId>;
    for (const watched of watchlist) expect([watched, online.get(watched)]).toEqual([watched, present.has(watched)]);
  }
  for (const { engine } of running) {
    for (const { name, presence, subscribers } of engine.spaces.get(id)?.channels.values() ?? []) {
      if (presence === null) continue;
      expect(subscribers).toBeGreaterThan(0);
      const members = ledger.roster(id, name) as readonly Member[];
      expect(members.map(({ userId }) => presence.roster.get(userId))).toEqual([...members]);
    }
  }
}

/** Of each channel and member the backend is told in turn that it has come and that it has gone, and in the end what is. */
export function expectFacts({ faulty, facts, clock, wasFlushed }: FaultyTheatre): void {
  const graceMs = 3_000;
  const settle = new Settle({ graceMs, missWindowMs: graceMs }, [], null);
  const there = new Set<string>();
  const tell = ({ announced }: Settled): void => {
    if (announced === null) return;
    expect([announced, there.has(announced.key)]).toEqual([announced, !announced.isThere]);
    if (announced.isThere) there.add(announced.key);
    else there.delete(announced.key);
  };
  const isThere = new Map<string, boolean>();
  for (const { fact, atMs } of facts) {
    if (!wasFlushed) expectAlternation(isThere, fact.name, JSON.stringify({ ...fact, name: '' }));
    for (const settled of settle.expired(atMs)) tell(settled);
    const settled = settle.settle(fact, atMs);
    if (settled !== null) tell(settled);
  }
  // Whoever has lost everything asks who is there, since nobody told that they went.
  if (wasFlushed) {
    settle.beginLook();
    settle.endLook(
      settle.announcedLastFirst().filter((key) => !isPresent(faulty, key)),
      clock.now(),
    );
  }
  for (const settled of settle.expired(clock.now() + graceMs)) tell(settled);
  expect([...there].toSorted()).toEqual(settle.announcedLastFirst().toSorted());
  expect([...there].filter((key) => !isPresent(faulty, key))).toEqual([]);
  const { ledger } = faulty.common;
  const [app] = [...facts].map(({ fact }) => fact.app);
  if (app === undefined) return;
  const present = NAMES.flatMap((name) => {
    const { subscribers } = ledger.count(app, name) as ChannelCount;
    return subscribers === 0
      ? []
      : [[app, name], ...(ledger.members(app, name) as readonly UserId[]).map((user) => [app, name, user])];
  });
  expect([...there].toSorted()).toEqual(present.map((key) => JSON.stringify(key)).toSorted());
}

function expectAlternation(isThere: Map<string, boolean>, name: string, key: string): void {
  const comes = name === 'channel_occupied' || name === 'member_added';
  expect([name, key, isThere.get(key) ?? false]).toEqual([name, key, !comes]);
  isThere.set(key, comes);
}

function isPresent({ common: { ledger } }: FaultyTheatre['faulty'], key: string): boolean {
  const { app, channel, user } = subjectOfKey(key);
  const { subscribers } = ledger.count(app, channel) as ChannelCount;
  return user === null ? subscribers > 0 : (ledger.members(app, channel) as readonly UserId[]).includes(user);
}

/** Everybody has gone. */
export function expectNothingLeft(theatre: FaultyTheatre): void {
  expectTruth(theatre);
  expect(theatre.connections).toEqual([]);
  const { id } = theatre.world.app;
  for (const { engine, topics } of theatre.running) {
    const space = engine.spaces.get(id);
    expect([engine.connections, space?.connections.size ?? 0, [...(space?.channels.keys() ?? [])]]).toEqual([0, 0, []]);
    expect([...(space?.users.signedIn ?? []), ...(space?.users.watched ?? [])]).toEqual([]);
    expect([...topics].filter(([, readers]) => readers.size > 0)).toEqual([]);
  }
  for (const { node, faulty } of theatre.places) {
    if (node === null) continue;
    expect(faulty.listensTo.filter((topic) => topic.includes('/') && !topic.endsWith('/@/'))).toEqual([]);
  }
}
