// The node is judged by its load: while it has too much to do, nobody else is let in, and balancers are told so.
import type { Load } from '../core/overload.ts';
import type { Engine } from './engine.ts';

export function heedLoad(engine: Engine, load: Load): void {
  if (engine.overload.look(load)) engine.observe({ kind: 'overload', reason: engine.overload.reason });
}
