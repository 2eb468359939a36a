// A world in which everybody sits at a seat of some node, while nodes crash, are cut off and come back.
import type { Connection } from '../../src/core/connection.ts';
import type { Fact } from '../../src/core/facts.ts';
import type { Outbox } from '../../src/engine/ports.ts';
import { publish } from '../../src/engine/publish.ts';
import type { ChannelName } from '../../src/protocol/ids.ts';
import { NO_INFO } from '../../src/protocol/publish-request.ts';
import { FakeClock } from './clock.ts';
import { breathe, FaultyCluster } from './faulty-cluster.ts';
import type { FaultyNode } from './faulty-node.ts';
import { Observer } from './observer.ts';
import { createWorld, type Node, type World } from './world.ts';

export const CHANNELS = ['presence-room', 'presence-cache-room', 'news', 'private-cache-news'] as const;
export const USERS = ['alice', 'bob', 'carol'] as const;
export const SEATS = 6;

/** What clients do, what the wires do, and what happens to nodes. Numbers are taken modulo what there is. */
export type Act =
  | { readonly kind: 'subscribe'; readonly seat: number; readonly channel: string; readonly user: string }
  | { readonly kind: 'unsubscribe' | 'publish'; readonly seat: number; readonly channel: string }
  | { readonly kind: 'signIn'; readonly seat: number; readonly user: string; readonly watchlist: readonly string[] }
  | { readonly kind: 'hangUp'; readonly seat: number }
  | { readonly kind: 'flush' }
  | NodeAct;

interface NodeAct {
  readonly kind:
    | 'carryOut'
    | 'answer'
    | 'hear'
    | 'calm'
    | 'cut'
    | 'mend'
    | 'giveUp'
    | 'fence'
    | 'reap'
    | 'crash'
    | 'boot';
  readonly node: number;
  readonly pick: number;
}

/** Most things happen several at a time. */
function times(pick: number, step: () => boolean): void {
  for (let left = pick % 4; left >= 0 && step(); left--);
}

/** A place where a node is, or was until it crashed. */
interface Place {
  node: Node | null;
  faulty: FaultyNode;
}

export class FaultyTheatre {
  readonly clock = new FakeClock();
  readonly facts: { readonly fact: Fact; readonly atMs: number }[] = [];
  readonly faulty: FaultyCluster;
  readonly world: World;
  readonly places: readonly Place[];
  readonly seats: (Observer | null)[];
  wasFlushed = false;
  /** A node that dies between a change and the telling of the count leaves the others with the old one. */
  areCountsTold = true;
  #events = 0;

  constructor(nodes: number) {
    const outbox: Outbox = {
      wants: (_, name) => /^(channel_|member_)/.test(name),
      add: (fact) => void this.facts.push({ fact, atMs: this.clock.now() }),
    };
    this.faulty = new FaultyCluster(this.clock, outbox);
    const app = { subscriptionCount: true, limits: { presenceMembers: 2 } };
    this.world = createWorld({ app, nodes, outbox, clock: this.clock, through: this.faulty.through });
    this.places = this.world.nodes.map((node, at) => ({ node, faulty: this.#faultyAt(at) }));
    this.seats = Array.from({ length: SEATS }, (_, at) => this.#newcomer(at));
  }

  #faultyAt(at: number): FaultyNode {
    const faulty = this.faulty.nodes[at];
    if (faulty === undefined) throw new Error(`There is no node ${at}.`);
    return faulty;
  }

  #place(at: number): Place {
    const place = this.places[at % this.places.length];
    if (place === undefined) throw new Error('There are no nodes.');
    return place;
  }

  /** Somebody takes the seat, at its own node or at the next that runs. */
  #newcomer(seat: number): Observer | null {
    const running = this.places.filter(({ node }) => node !== null);
    const node = this.#place(seat).node ?? running[seat % Math.max(1, running.length)]?.node ?? null;
    return node === null ? null : new Observer(node.client());
  }

  async play(act: Act): Promise<void> {
    if ('seat' in act) this.#playClient(act);
    else if (act.kind === 'flush') this.#flush();
    else this.#playNode(act);
    await breathe();
  }

  #playClient(act: Act & { readonly seat: number }): void {
    const seat = act.seat % SEATS;
    const observer = this.seats[seat] ?? null;
    if (observer === null) {
      this.seats[seat] = this.#newcomer(seat);
      return;
    }
    switch (act.kind) {
      case 'subscribe': {
        const isPresence = act.channel.startsWith('presence-');
        const member = isPresence ? { user_id: act.user, user_info: seat } : undefined;
        return observer.client.subscribe(act.channel, member);
      }
      case 'unsubscribe':
        return observer.leave(act.channel);
      case 'signIn':
        return observer.client.signIn({ id: act.user, watchlist: act.watchlist });
      case 'hangUp':
        return this.#hangUp(observer, seat);
      case 'publish':
        return this.#publish(observer.client.node, act.channel);
    }
  }

  #hangUp(observer: Observer, seat: number): void {
    observer.client.hangUp();
    this.#leaveSeat(observer, seat);
    this.seats[seat] = this.#newcomer(seat);
  }

  #leaveSeat(observer: Observer, seat: number): void {
    observer.read();
    const [objection] = observer.objections;
    if (objection !== undefined) throw new Error(objection);
    this.seats[seat] = null;
  }

  #publish({ engine }: Node, channel: string): void {
    const event = { name: 'hello', data: `event ${++this.#events}` };
    const request = { event, channels: [channel as ChannelName], except: null, info: NO_INFO };
    // A backend whose publish is refused is told so.
    void Promise.resolve(publish(engine, this.world.app, request)).catch(() => undefined);
  }

  #flush(): void {
    this.wasFlushed = true;
    this.faulty.flush();
  }

  #playNode({ kind, node: at, pick }: NodeAct): void {
    const place = this.#place(at);
    const { faulty } = place;
    switch (kind) {
      case 'carryOut':
        return times(pick, () => faulty.carryOut(pick));
      case 'answer':
        return times(pick, () => faulty.answer(pick));
      case 'hear':
        return times(pick, () => faulty.hear(pick));
      case 'calm':
        return void faulty.calm();
      case 'cut':
        return faulty.cut();
      case 'mend':
        return times(pick, () => faulty.mend(pick));
      case 'giveUp':
        return faulty.giveUp();
      case 'fence':
        return this.faulty.fence(faulty);
      case 'reap':
        return times(pick, () => this.faulty.reap(pick));
      case 'crash':
        return this.#crash(place);
      case 'boot':
        return this.#boot(place);
    }
  }

  #crash(place: Place): void {
    const { node } = place;
    if (node === null) return;
    if (place.faulty.crash()) this.areCountsTold = false;
    place.node = null;
    for (const [seat, observer] of this.seats.entries()) {
      if (observer?.client.node === node) this.#leaveSeat(observer, seat);
    }
  }

  #boot(place: Place): void {
    if (place.node !== null) return;
    place.node = this.world.join();
    place.faulty = this.#faultyAt(this.faulty.nodes.length - 1);
  }

  get running(): readonly Node[] {
    return this.places.flatMap(({ node }) => (node === null ? [] : [node]));
  }

  get observers(): readonly Observer[] {
    return this.seats.filter((observer) => observer !== null);
  }

  get connections(): readonly Connection[] {
    return this.observers.flatMap(({ client: { connection } }) => (connection?.isOpen ? [connection] : []));
  }

  /** Everything comes to its end, waits included. */
  async settle(): Promise<void> {
    await this.faulty.settle();
    this.clock.advance(6_000);
    await this.faulty.settle();
    for (const observer of this.observers) observer.read();
  }

  /** Everybody goes. */
  async empty(): Promise<void> {
    for (const [seat, observer] of this.seats.entries()) {
      if (observer === null) continue;
      observer.client.hangUp();
      this.#leaveSeat(observer, seat);
    }
    await this.settle();
  }
}
