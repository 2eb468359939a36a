// The door for clients: takes the upgrade, whatever it asks for, and hands sockets to the engine.
import type { Connection } from '../core/connection.ts';
import { strangerAt } from '../core/network.ts';
import { connect, type Knock } from '../engine/connect.ts';
import { disconnect } from '../engine/disconnect.ts';
import type { Engine } from '../engine/engine.ts';
import { failed } from '../engine/failure.ts';
import { heard, pinged, receive } from '../engine/receive.ts';
import { decodePath, type RequestTarget } from '../protocol/request-target.ts';
import { parseSignedQuery } from '../protocol/signed-request.ts';
import { clientAddress } from './client-address.ts';
import { isSecure, trustProxies } from './forwarded.ts';
import { type Socket, SocketOutlet } from './outlet.ts';

export interface WebSocketDoorSettings {
  /** Bytes that may wait for one slow reader before it is closed. */
  readonly backlogBytes: number;
  /** Bytes of a message beyond which not even an error is sent; the connection is cut. */
  readonly maxMessageBytes: number;
  readonly trustedProxies: readonly string[];
  /** Whether anything is bounded by the address of the client. */
  readonly areAddressesBounded: boolean;
}

export interface WebSocketDoor {
  /** Takes the upgrade; false when the request is not a well-formed one. */
  upgrade(
    request: Request,
    target: RequestTarget,
    server: Bun.Server<SocketOutlet>,
    isListenerSecure: boolean,
  ): boolean;
  readonly handlers: Bun.WebSocketHandler<SocketOutlet>;
}

const APP_PATH = /^\/app\/([^/]+)\/?$/;
const SUB_PROTOCOL = /^pusher(-channels-protocol-\d+)?$/;

export function webSocketDoor(engine: Engine, settings: WebSocketDoorSettings): WebSocketDoor {
  const trusts = trustProxies(settings.trustedProxies);
  return {
    upgrade(request, target, server, isListenerSecure) {
      const { headers } = request;
      // Asking for the peer's address costs, and not everybody needs it.
      const isPeerOfUse = settings.areAddressesBounded || settings.trustedProxies.length > 0;
      const peer = isPeerOfUse ? (server.requestIP(request)?.address ?? '') : '';
      const knock: Knock = {
        ...parseAppPath(target),
        isSecure: isSecure(headers, isListenerSecure, trusts(peer)),
        origin: headers.get('origin'),
        network: settings.areAddressesBounded ? strangerAt(clientAddress(headers, peer, trusts)) : null,
      };
      const data = new SocketOutlet(knock, server);
      const subProtocol = chooseSubProtocol(headers.get('sec-websocket-protocol'));
      if (subProtocol === null) return server.upgrade(request, { data });
      return server.upgrade(request, { data, headers: { 'sec-websocket-protocol': subProtocol } });
    },
    handlers: handlers(engine, settings),
  };
}

function parseAppPath({ path, query }: RequestTarget): Pick<Knock, 'key' | 'protocol'> {
  const { parameters } = parseSignedQuery(query);
  return { key: decodePath(APP_PATH.exec(path)?.[1] ?? '') || null, protocol: parameters.get('protocol') ?? null };
}

/**
 * A client that offers sub-protocols expects one of them back; Swift gives up without (P-2.10). Null when none is
 * offered, and empty when none of them is ours: without a word from us the engine would agree to the first one.
 */
function chooseSubProtocol(offered: string | null): string | null {
  if (offered === null) return null;
  const names = offered.split(',').map((name) => name.trim());
  return names.find((name) => SUB_PROTOCOL.test(name)) ?? '';
}

function handlers(engine: Engine, settings: WebSocketDoorSettings): Bun.WebSocketHandler<SocketOutlet> {
  return {
    backpressureLimit: settings.backlogBytes,
    // A reader that is too slow is closed; skipping messages instead would lose them silently (P-8.1).
    closeOnBackpressureLimit: true,
    maxPayloadLength: settings.maxMessageBytes,
    // The engine pings by itself and closes with 4201, which the native time-out cannot do (engine/keep-alive.ts).
    idleTimeout: 0,
    sendPings: false,
    perMessageDeflate: false,
    open(socket) {
      const outlet = socket.data;
      outlet.open(socket);
      const { knock } = outlet;
      outlet.knock = null;
      if (knock === null) return;
      const connection = connect(engine, knock, outlet);
      if (connection instanceof Promise) connectLater(engine, outlet, connection);
      else outlet.connection = connection;
    },
    message({ data: { connection } }, message) {
      if (!connection?.isOpen) return;
      try {
        receive(engine, connection, typeof message === 'string' ? message : null, message.length);
      } catch (error) {
        // A bug. Nobody but this client may notice it (P-1.2), and it only misses an answer.
        failed(engine, 'receive', error);
      }
    },
    ping({ data: { connection } }) {
      if (connection?.isOpen) pinged(engine, connection);
    },
    pong: (socket) => hearFrame(engine, socket),
    close({ data }, code) {
      data.closeCode = code;
      if (data.connection !== null) disconnect(engine, data.connection, code);
    },
  };
}

/** Near a quota the nodes are asked first. The client may have gone by the time of the answer. */
function connectLater(engine: Engine, outlet: SocketOutlet, asked: Promise<Connection | null>): void {
  asked.then(
    (connection) => {
      outlet.connection = connection;
      if (connection !== null && outlet.closeCode !== null) disconnect(engine, connection, outlet.closeCode);
    },
    (error: unknown) => failed(engine, 'connect', error),
  );
}

function hearFrame(engine: Engine, { data: { connection } }: Socket): void {
  if (connection !== null) heard(engine, connection);
}
