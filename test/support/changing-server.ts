// Doors over real sockets before an engine whose only app can be changed and removed while clients are connected.
import { memoryWorld } from '../../src/cluster/memory.ts';
import { createApp } from '../../src/core/app.ts';
import { changeApp, removeApp } from '../../src/engine/app-changed.ts';
import { deliver } from '../../src/engine/deliver.ts';
import { createEngine, type Engine } from '../../src/engine/engine.ts';
import { httpDoor } from '../../src/http/door.ts';
import { parseRequestTarget } from '../../src/protocol/request-target.ts';
import { type StaticAppStore, staticAppStore } from '../../src/storage/static.ts';
import { systemClock } from '../../src/system/clock.ts';
import { socketIdSource } from '../../src/system/socket-ids.ts';
import { broadcaster } from '../../src/ws/broadcast.ts';
import { webSocketDoor } from '../../src/ws/door.ts';
import type { SocketOutlet } from '../../src/ws/outlet.ts';
import { RawClient } from './client.ts';
import { appSettings, KEY, signedQuery, type TestApp } from './credentials.ts';
import { ENGINE_SETTINGS } from './engine-settings.ts';

export interface ChangingServer extends AsyncDisposable {
  readonly engine: Engine;
  /** A client that is connected and has read its greeting. */
  client(): Promise<RawClient>;
  /** A client that may be refused. */
  knock(): Promise<RawClient>;
  /** A signed request of the app's backend. */
  request(method: string, path: string, body?: object): Promise<Response>;
  change(changes: TestApp): void;
  remove(): void;
}

export function changingServer(changes: TestApp = {}): ChangingServer {
  const listeners: Bun.Server<SocketOutlet>[] = [];
  let store: StaticAppStore = staticAppStore([createApp(appSettings(changes))]);
  const engine = createEngine(
    {
      apps: { byKey: (key) => store.byKey(key), byIdOrKey: (text) => store.byIdOrKey(text), all: () => store.all() },
      broadcast: broadcaster(listeners),
      clock: systemClock,
      cluster: memoryWorld(systemClock).join(),
      lookAtApps: () => undefined,
      drawSocketId: socketIdSource(),
      outbox: { wants: () => false, add: () => undefined },
      observe: () => undefined,
      observeTraffic: null,
      quotas: null,
      keyUsed: () => undefined,
    },
    { ...ENGINE_SETTINGS, maxConnections: 1_000 },
  );
  engine.cluster.bus.hear((delivery) => deliver(engine, delivery));
  engine.phase = 'serving';
  const listener = listen(engine);
  listeners.push(listener);
  const url = `ws://127.0.0.1:${listener.port}/app/${KEY}?protocol=7`;
  const knock = () => new RawClient(url).opened();
  return {
    engine,
    knock,
    client: async () => await (await knock()).greeted(),
    request(method, path, body) {
      const text = body === undefined ? '' : JSON.stringify(body);
      const query = signedQuery(method, path, text);
      return fetch(`${listener.url.origin}${path}?${query}`, { method, ...(text === '' ? {} : { body: text }) });
    },
    change(next) {
      const app = createApp(appSettings(next));
      store = staticAppStore([app]);
      changeApp(engine, app);
    },
    remove() {
      const [app] = store.all();
      store = staticAppStore([]);
      if (app !== undefined) removeApp(engine, app.id);
    },
    [Symbol.asyncDispose]: () => listener.stop(true),
  };
}

function listen(engine: Engine): Bun.Server<SocketOutlet> {
  const sockets = webSocketDoor(engine, {
    backlogBytes: 1_048_576,
    maxMessageBytes: 2_097_152,
    trustedProxies: [],
    areAddressesBounded: false,
  });
  const answer = httpDoor(engine);
  return Bun.serve<SocketOutlet>({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request, server) {
      const target = parseRequestTarget(request.url, '');
      const isUpgrade = request.headers.get('upgrade') === 'websocket';
      return isUpgrade && sockets.upgrade(request, target, server, false) ? undefined : answer(request, target);
    },
    websocket: sockets.handlers,
  });
}
