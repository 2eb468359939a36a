// Random interleavings of everything that several clients on several nodes may do, with a cluster that answers at once
// or late. Afterwards what each client believes is what the ledger says, and when all are gone nothing is left.
import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import type { Connection } from '../../src/core/connection.ts';
import type { UserId } from '../../src/protocol/ids.ts';
import { LateCluster } from '../support/late-cluster.ts';
import { Observer } from '../support/observer.ts';
import { createWorld, type Node, type World } from '../support/world.ts';

const CHANNELS = ['presence-room', 'presence-cache-room', 'news', 'private-cache-news'] as const;
const USERS = ['alice', 'bob', 'carol'] as const;
const SEATS = 5;

const seat = fc.nat({ max: SEATS - 1 });
const channel = fc.constantFrom(...CHANNELS);
const user = fc.constantFrom(...USERS);
const kind = <Kind extends string>(name: Kind) => fc.constant(name);

const step = fc.oneof(
  { arbitrary: fc.record({ kind: kind('subscribe'), seat, channel, user }), weight: 6 },
  { arbitrary: fc.record({ kind: kind('unsubscribe'), seat, channel }), weight: 4 },
  { arbitrary: fc.record({ kind: kind('signIn'), seat, user, watchlist: fc.subarray([...USERS]) }), weight: 2 },
  { arbitrary: fc.record({ kind: kind('hangUp'), seat }), weight: 2 },
  { arbitrary: fc.record({ kind: kind('publish'), seat, channel }), weight: 1 },
  { arbitrary: fc.record({ kind: kind('carryOut'), node: fc.nat({ max: 2 }) }), weight: 6 },
  { arbitrary: fc.record({ kind: kind('answer'), node: fc.nat({ max: 2 }) }), weight: 6 },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A world in which everybody sits at a seat of some node, and may leave and come back. */
class Theatre {
  readonly late = new LateCluster();
  readonly world: World;
  readonly seats: Observer[];

  constructor(nodes: number, isLate: boolean) {
    this.late.isLate = isLate;
    const app = { subscriptionCount: true, limits: { presenceMembers: 2 } };
    this.world = createWorld({ app, nodes, through: this.late.through });
    this.seats = Array.from({ length: SEATS }, (_, at) => new Observer(this.#nodeOf(at).client()));
  }

  #nodeOf(at: number): Node {
    return this.world.nodes[at % this.world.nodes.length] ?? this.world.nodes[0];
  }

  #at(at: number): Observer {
    const observer = this.seats[at];
    if (observer === undefined) throw new Error(`There is no seat ${at}.`);
    return observer;
  }

  async play(act: Step): Promise<void> {
    switch (act.kind) {
      case 'subscribe':
        return this.#at(act.seat).client.subscribe(
          act.channel,
          act.channel.startsWith('presence-') ? { user_id: act.user, user_info: act.seat } : undefined,
        );
      case 'unsubscribe':
        return this.#at(act.seat).leave(act.channel);
      case 'signIn':
        return this.#at(act.seat).client.signIn({ id: act.user, watchlist: act.watchlist });
      case 'hangUp': {
        this.#at(act.seat).client.hangUp();
        expect(this.#at(act.seat).objections).toEqual([]);
        this.seats[act.seat] = new Observer(this.#nodeOf(act.seat).client());
        return;
      }
      case 'publish':
        return this.#nodeOf(act.seat).publish(act.channel, 'hello', '{}');
      case 'carryOut':
        return this.late.carryOut(act.node);
      case 'answer':
        return await this.late.answer(act.node);
    }
  }

  async settle(): Promise<void> {
    await this.late.settle();
    // Counts of large channels wait, those of small ones do not; nothing else does.
    for (const observer of this.seats) observer.read();
    this.late.isLate = false;
  }

  get connections(): Connection[] {
    return this.seats.flatMap(({ client: { connection } }) => (connection?.isOpen ? [connection] : []));
  }
}

/** The connections say who they are; the ledger has to say the same. */
async function expectTruth({ world, connections }: Theatre): Promise<void> {
  const { ledger } = world.nodes[0].engine.cluster;
  const told = await ledger.channels(world.app.id, '');
  const joined = connections.flatMap(({ subscriptions }) => [...subscriptions.values()]);
  expect(joined.filter(({ phase, hasEntered }) => phase !== 'joined' || !hasEntered)).toEqual([]);
  const truth = new Map<string, { subscribers: number; users: number }>();
  for (const { name } of joined) {
    const here = joined.filter((each) => each.name === name);
    const users = new Set(here.flatMap(({ member }) => (member === null ? [] : [member])));
    truth.set(name, { subscribers: here.length, users: users.size });
    expect(new Set(await ledger.members(world.app.id, name))).toEqual(users);
  }
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(truth));
  const online = await ledger.online(world.app.id, USERS as readonly string[] as readonly UserId[]);
  const signedIn = connections.flatMap(({ user: as }) => (as === null ? [] : [as.id]));
  expect(new Set(online)).toEqual(new Set(signedIn));
}

/** What each client was told is what the ledger says. */
async function expectBeliefs({ world, seats }: Theatre): Promise<void> {
  const { ledger } = world.nodes[0].engine.cluster;
  for (const { client, rooms, counts, online, objections } of seats) {
    expect(objections).toEqual([]);
    const { subscriptions, watchlist } = client.connection ?? { subscriptions: new Map(), watchlist: [] };
    expect([...rooms.keys()].toSorted()).toEqual([...subscriptions.keys()].toSorted());
    for (const { name } of subscriptions.values()) {
      expect(rooms.get(name)).toEqual(new Set<string>(await ledger.members(world.app.id, name)));
      const { subscribers } = await ledger.count(world.app.id, name);
      if (!name.startsWith('presence-')) expect(counts.get(name)).toBe(subscribers);
    }
    const present = await ledger.online(world.app.id, watchlist);
    for (const watched of watchlist) expect([watched, online.get(watched)]).toEqual([watched, present.has(watched)]);
  }
}

async function expectNothingLeft(theatre: Theatre): Promise<void> {
  const { world, late, seats } = theatre;
  for (const { client } of seats) client.hangUp();
  await theatre.settle();
  await expectTruth(theatre);
  for (const { engine, topics } of world.nodes) {
    await engine.lanes.settled();
    const space = engine.spaces.get(world.app.id);
    expect([engine.connections, space?.connections.size, space?.channels.size]).toEqual([0, 0, 0]);
    for (const name of USERS as readonly string[] as readonly UserId[]) {
      expect([...(space?.users.connectionsOf(name) ?? [])]).toEqual([]);
      expect(space?.users.hear(name, true)).toBe(false);
    }
    expect([...topics].filter(([, readers]) => readers.size > 0)).toEqual([]);
  }
  expect(late.topics.map((listened) => [...listened])).toEqual(world.nodes.map(() => []));
  expect(world.happenings.filter(({ kind }) => kind === 'failed')).toEqual([]);
}

async function simulate(nodes: number, isLate: boolean, steps: readonly Step[]): Promise<void> {
  const theatre = new Theatre(nodes, isLate);
  for (const act of steps) await theatre.play(act);
  await theatre.settle();
  await expectTruth(theatre);
  await expectBeliefs(theatre);
  await expectNothingLeft(theatre);
}

const STEPS = fc.array(step, { maxLength: 60, size: 'max' });

test.each([1, 2, 3])(
  '[P-4.13, P-4.16, P-4.20, P-6.3] %d nodes that agree at once agree with every client',
  async (nodes) => {
    await fc.assert(
      fc.asyncProperty(STEPS, (steps) => simulate(nodes, false, steps)),
      { numRuns: 300 },
    );
  },
  60_000,
);

test.each([1, 2, 3])(
  '[P-4.11, P-4.13, P-4.20, P-6.3] %d nodes that agree late agree with every client',
  async (nodes) => {
    await fc.assert(
      fc.asyncProperty(STEPS, (steps) => simulate(nodes, true, steps)),
      { numRuns: 300 },
    );
  },
  60_000,
);
