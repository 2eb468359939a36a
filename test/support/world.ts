// A whole engine, or several in one cluster, without sockets: clients are outlets that remember, time stands still.
import { memoryWorld } from '../../src/cluster/memory.ts';
import { type App, createApp } from '../../src/core/app.ts';
import type { Connection, Outlet } from '../../src/core/connection.ts';
import type { Happening, Traffic } from '../../src/core/happenings.ts';
import { then } from '../../src/engine/answer.ts';
import { changeApp, removeApp } from '../../src/engine/app-changed.ts';
import { connect, type Knock } from '../../src/engine/connect.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { disconnect } from '../../src/engine/disconnect.ts';
import { createEngine, type Engine, type EngineSettings } from '../../src/engine/engine.ts';
import { keepAlive } from '../../src/engine/keep-alive.ts';
import type { AppStore, Cluster, Outbox, OwnerQuotas } from '../../src/engine/ports.ts';
import { publish } from '../../src/engine/publish.ts';
import { receive } from '../../src/engine/receive.ts';
import { takePart } from '../../src/engine/rejoin.ts';
import { type ChannelName, socketIdOf } from '../../src/protocol/ids.ts';
import { NO_INFO } from '../../src/protocol/publish-request.ts';
import { staticAppStore } from '../../src/storage/static.ts';
import { FakeClock } from './clock.ts';
import { appSettings, channelAuth, KEY, type TestApp, userAuth } from './credentials.ts';
import { ENGINE_SETTINGS } from './engine-settings.ts';
import { type Frame, openFrame } from './frames.ts';
import { TEST_NODES } from './test-nodes.ts';

/** Rooms for what is broadcast: topic → the outlets that joined it. */
type Topics = Map<string, Set<FakeClient>>;

export class FakeClient implements Outlet {
  readonly texts: string[] = [];
  readonly node: Node;
  connection: Connection | null = null;
  closed: { code: number; reason: string } | null = null;
  pings = 0;
  backlogBytes = 0;
  #read = 0;

  constructor(node: Node) {
    this.node = node;
  }

  send(text: string): void {
    if (this.closed === null) this.texts.push(text);
  }

  /** As the real engine does: the close event follows the close. */
  close(code: number, reason: string): void {
    if (this.closed !== null) return;
    this.closed = { code, reason };
    this.#gone(code);
  }

  /** The client finds the connection broken. */
  cut(): void {
    this.close(1006, '');
  }

  isOpenStill(): boolean {
    return this.closed === null;
  }

  ping(): void {
    this.pings++;
  }

  join(topic: string): void {
    const readers = this.node.topics.get(topic) ?? new Set();
    this.node.topics.set(topic, readers.add(this));
  }

  leave(topic: string): void {
    this.node.topics.get(topic)?.delete(this);
  }

  #gone(code: number): void {
    for (const readers of this.node.topics.values()) readers.delete(this);
    if (this.connection !== null) disconnect(this.node.engine, this.connection, code);
  }

  /** The client hangs up. */
  hangUp(): void {
    this.close(1000, '');
  }

  get socketId(): string {
    return this.connection?.socketId ?? '';
  }

  /** The frames since the last look. */
  next(): Frame[] {
    const frames = this.texts.slice(this.#read).map(openFrame);
    this.#read = this.texts.length;
    return frames;
  }

  /** The names of the frames since the last look. */
  nextEvents(): string[] {
    return this.next().map(({ event }) => event);
  }

  say(message: unknown): void {
    this.sayText(typeof message === 'string' ? message : JSON.stringify(message));
  }

  sayText(text: string | null): void {
    if (this.connection?.isOpen) receive(this.node.engine, this.connection, text);
  }

  subscribe(channel: string, member?: { user_id: string | number; user_info?: unknown }): void {
    const isOpen = !/^(private|presence)-/.test(channel);
    if (isOpen) return this.say({ event: 'pusher:subscribe', data: { channel } });
    const channelData = member === undefined ? undefined : JSON.stringify(member);
    const auth = channelAuth(this.socketId, channel, channelData);
    const data = channelData === undefined ? { channel, auth } : { channel, auth, channel_data: channelData };
    this.say({ event: 'pusher:subscribe', data });
  }

  unsubscribe(channel: string): void {
    this.say({ event: 'pusher:unsubscribe', data: { channel } });
  }

  signIn(user: { id: string; user_info?: unknown; watchlist?: unknown }): void {
    const userData = JSON.stringify(user);
    this.say({ event: 'pusher:signin', data: { auth: userAuth(this.socketId, userData), user_data: userData } });
  }
}

export interface Node {
  readonly engine: Engine;
  readonly topics: Topics;
  /** A client that knocks; greeted or refused at once. */
  knock(knock?: Partial<Knock>): FakeClient;
  /** A client that is let in and has read its greeting. */
  client(): FakeClient;
  /** The backend of the first app publishes. */
  publish(channel: string, name: string, data: string, except?: FakeClient): void;
}

export interface World {
  readonly clock: FakeClock;
  readonly nodes: readonly [Node, ...Node[]];
  readonly app: App;
  readonly happenings: Happening[];
  readonly traffic: Traffic[];
  readonly knock: Node['knock'];
  readonly client: Node['client'];
  readonly publish: Node['publish'];
  /** One node more. */
  join(): Node;
  /** The first app has other settings from now on, on all nodes, and on request another owner; what is not named is as at first. */
  change(changes: TestApp, owner?: string): App;
  /** The first app is no more. */
  remove(): void;
}

export interface WorldOptions {
  readonly app?: TestApp;
  readonly apps?: readonly TestApp[];
  /** Whoever does not say gets as many as the run has, and clients and backends come to each in turn. */
  readonly nodes?: number;
  /** Shared with whatever else has to stand still with the world. */
  readonly clock?: FakeClock;
  readonly settings?: Partial<EngineSettings>;
  /** Where the world's facts go. */
  readonly outbox?: Outbox;
  /** Whose the apps are, and what the owner may use. */
  readonly owner?: { readonly id: string; readonly quotas: OwnerQuotas };
  /** Stands between the engine and the cluster, to make it late or to make it fail. */
  readonly through?: (cluster: Cluster) => Cluster;
}

const NO_OUTBOX: Outbox = { wants: () => false, add: () => undefined };

/** The apps of a world in a store that can be changed; the first one is the one that changes. */
function createApps(options: WorldOptions) {
  const ownerId = options.owner?.id ?? null;
  const settings = (options.apps ?? [options.app ?? {}]).map(appSettings);
  const [app, ...others] = settings.map((each) => createApp(each, ownerId));
  if (app === undefined) throw new Error('A world needs an app.');
  let current = staticAppStore([app, ...others]);
  const store: AppStore = {
    byKey: (key) => current.byKey(key),
    byIdOrKey: (text) => current.byIdOrKey(text),
    all: () => current.all(),
  };
  return {
    app,
    store,
    change({ limits, ...changes }: TestApp, owner = ownerId): App {
      const changed = { ...app.settings, ...changes, limits: { ...app.limits, ...limits } };
      const created = createApp(changed, owner);
      current = staticAppStore([created, ...others]);
      return created;
    },
    remove(): void {
      current = staticAppStore(others);
    },
  };
}

function openNode(engine: Engine, topics: Topics, app: App): Node {
  const knock = (asked: Partial<Knock> = {}): FakeClient => {
    const client = new FakeClient(node);
    const knocked = { key: KEY, protocol: '7', isSecure: false, origin: null, network: null, ...asked };
    void then(connect(engine, knocked, client), (connection) => {
      client.connection = connection;
    });
    return client;
  };
  const client = (): FakeClient => {
    const admitted = knock();
    admitted.next();
    return admitted;
  };
  const node: Node = {
    engine,
    topics,
    knock,
    client,
    publish(channel, name, data, except) {
      const channels = [channel as ChannelName];
      const socketId = except?.connection?.socketId ?? null;
      void publish(engine, app, { event: { name, data }, channels, except: socketId, info: NO_INFO });
    },
  };
  return node;
}

export function createWorld(options: WorldOptions = {}): World {
  const clock = options.clock ?? new FakeClock();
  const { app, store, change, remove } = createApps(options);
  const cluster = memoryWorld(clock, options.outbox);
  const happenings: Happening[] = [];
  const traffic: Traffic[] = [];
  let sockets = 0;
  const createNode = (): Node => {
    const topics: Topics = new Map();
    const joined = cluster.join();
    const engine = createEngine(
      {
        apps: store,
        broadcast(topic, frame, except) {
          for (const client of topics.get(topic) ?? []) if (client !== except) client.send(frame);
        },
        clock,
        cluster: options.through?.(joined) ?? joined,
        lookAtApps: () => undefined,
        drawSocketId: () => socketIdOf(1_000, ++sockets),
        outbox: options.outbox ?? NO_OUTBOX,
        quotas: options.owner === undefined ? null : { of: () => options.owner?.quotas ?? null },
        keyUsed: () => undefined,
        observe: (happening) => void happenings.push(happening),
        observeTraffic: (passing) => void traffic.push(passing),
      },
      { ...ENGINE_SETTINGS, ...options.settings },
    );
    engine.cluster.bus.hear((delivery) => deliver(engine, delivery));
    void takePart(engine);
    keepAlive(engine);
    return openNode(engine, topics, app);
  };
  const first = createNode();
  const others = Array.from({ length: (options.nodes ?? TEST_NODES) - 1 }, createNode);
  const nodes: [Node, ...Node[]] = [first, ...others];
  let turn = 0;
  /** As a balancer has it, unless the test says itself who comes where. */
  const next = (): Node => (options.nodes === undefined ? nodes[turn++ % nodes.length] : undefined) ?? first;
  return {
    clock,
    nodes,
    app,
    happenings,
    traffic,
    knock: (knock) => next().knock(knock),
    client: () => next().client(),
    publish: (...what) => next().publish(...what),
    join() {
      const node = createNode();
      nodes.push(node);
      return node;
    },
    change(changes, owner) {
      const changed = change(changes, owner);
      for (const { engine } of nodes) changeApp(engine, changed);
      return changed;
    },
    remove() {
      remove();
      for (const { engine } of nodes) removeApp(engine, app.id);
    },
  };
}
