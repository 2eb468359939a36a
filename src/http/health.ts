// What load balancers ask: is the process alive, and should it get new connections (docs/http-api.md H-3)?
import type { Engine } from '../engine/engine.ts';
import { plain, type Reply } from './reply.ts';

const ALIVE = plain(200, 'OK');
const READY = plain(200, 'ready');
const NOT_READY = plain(503, 'not ready: starting or stopping');

export function health(): Reply {
  return ALIVE;
}

export function readiness(engine: Engine): Reply {
  return engine.phase === 'serving' ? READY : NOT_READY;
}
