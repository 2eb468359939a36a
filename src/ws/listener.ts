// One port of the server: sockets are upgraded here, every other request is handed on.
import type { Clock } from '../engine/ports.ts';
import { parseRequestTarget, type RequestTarget } from '../protocol/request-target.ts';
import type { WebSocketDoor } from './door.ts';
import type { SocketOutlet } from './outlet.ts';

export type Listener = Bun.Server<SocketOutlet>;

export interface ListenerSettings {
  readonly host: string;
  readonly port: number;
  /** Files in PEM; null for a listener without TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly pathPrefix: string;
  /** An HTTP connection on which nothing moves for so long is closed. */
  readonly requestTimeoutSeconds: number;
  readonly maxBodyBytes: number;
  /** Other processes listen on the same port, and the system gives each of them its share of the connections. */
  readonly isPortShared: boolean;
}

/** Answers what is no upgrade. The server is at hand for the address of the peer. */
export type AnswerRequest = (
  request: Request,
  target: RequestTarget,
  listener: Listener,
) => Response | Promise<Response>;

/** @throws when the port is taken or a file of TLS cannot be read. */
export function openListener(
  settings: ListenerSettings,
  door: WebSocketDoor,
  answer: AnswerRequest,
  /** Answers where `answer` threw. */
  broken: (error: Error) => Response,
): Listener {
  const { host, port, tls, pathPrefix, requestTimeoutSeconds, maxBodyBytes, isPortShared } = settings;
  return Bun.serve<SocketOutlet>({
    hostname: host,
    port,
    reusePort: isPortShared,
    idleTimeout: requestTimeoutSeconds,
    maxRequestBodySize: maxBodyBytes,
    ...(tls === null ? {} : { tls: { cert: Bun.file(tls.cert), key: Bun.file(tls.key) } }),
    fetch(request, listener) {
      const target = parseRequestTarget(request.url, pathPrefix);
      if (isUpgrade(request) && door.upgrade(request, target, listener, tls !== null)) return undefined;
      return answer(request, target, listener);
    },
    websocket: door.handlers,
    error: broken,
  });
}

// Publishes are the many; they are no GETs, and no header of theirs is looked at.
function isUpgrade(request: Request): boolean {
  const { method, headers } = request;
  // Without its name in Connection the header is not meant for us: a proxy that passed it on would not expect a 101.
  return (
    method === 'GET' &&
    headers.get('upgrade')?.toLowerCase() === 'websocket' &&
    /(^|,)\s*upgrade\s*(,|$)/i.test(headers.get('connection') ?? '')
  );
}

/** How long a request that is under way may take when the server stops. */
const FINISH_MS = 5_000;
const FINISH_STEP_MS = 20;

/** Takes no more connections, and waits until the requests that are under way have been answered. */
export async function finishRequests(listeners: readonly Listener[], clock: Clock): Promise<void> {
  for (const listener of listeners) void listener.stop();
  const deadlineMs = clock.now() + FINISH_MS;
  while (listeners.some(({ pendingRequests }) => pendingRequests > 0) && clock.now() < deadlineMs) {
    await new Promise<void>((resolve) => void clock.after(FINISH_STEP_MS, resolve));
  }
}
