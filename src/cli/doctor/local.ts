// All checks of this machine, for a server that runs here or will. Loaded only when they are asked for: what they look at
// takes a good part of the server.
import type { Check, Surroundings } from './check.ts';
import { MACHINE_CHECKS } from './machine.ts';
import { NEED_CHECKS } from './needs.ts';
import { REDIS_CHECKS } from './redis.ts';

export const LOCAL_CHECKS: readonly Check<Surroundings>[] = [...MACHINE_CHECKS, ...NEED_CHECKS, ...REDIS_CHECKS];
