// What load balancers ask: is the process alive, and should it get new connections (docs/http-api.md H-3)?
import type { Engine } from '../engine/engine.ts';
import { plain, type Reply } from './reply.ts';

const ALIVE = plain(200, 'OK');
const READY = plain(200, 'ready');

export function health(): Reply {
  return ALIVE;
}

/** Says why not, in words without secrets: whoever looks at a balancer has nothing else. */
export function readiness({ phase, overload, cluster: { liveness } }: Engine): Reply {
  const { absence } = liveness;
  if (absence !== null) return plain(503, `not ready: ${absence}`);
  if (overload.reason !== null) return plain(503, `not ready: overloaded: ${overload.reason}`);
  return phase === 'serving' ? READY : plain(503, `not ready: ${phase}`);
}
