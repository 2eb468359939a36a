// Socket ids from the machine's secure source. An id is the nonce in every signature for its connection, so nobody may
// guess one: 64 random bits also make it unique.
import type { DrawSocketId } from '../engine/ports.ts';
import { socketIdOf } from '../protocol/ids.ts';

// Random numbers are drawn for many connections at once; one call to the source costs more than the rest of an id.
const POOL_NUMBERS = 1_024;

export function socketIdSource(): DrawSocketId {
  const pool = new Uint32Array(POOL_NUMBERS);
  let at = POOL_NUMBERS;
  const next = (): number => {
    if (at === POOL_NUMBERS) {
      crypto.getRandomValues(pool);
      at = 0;
    }
    return pool[at++] ?? 0;
  };
  return () => socketIdOf(next(), next());
}
