// What a server says of itself, and whether Vask can work with it.
import type { Redis } from 'ioredis';
import { describeHost, type HostAndPort, type RedisAddress } from './address.ts';

export interface ServerFacts {
  readonly version: string;
  /** Whether it has channels that stay on the server of their slot. Without them, a cluster tells each publish to all. */
  readonly hasShardedChannels: boolean;
}

const OLDEST = [6, 2] as const;
const SHARDED_SINCE = 7;

/** Throws for a server that is too old, not the master, or of the other kind than the address says. */
export async function checkServer(redis: Redis, place: HostAndPort, kind: RedisAddress['kind']): Promise<ServerFacts> {
  const at = `Redis at ${describeHost(place)}`;
  const { version, mode, role } = await greet(redis, at);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new Error(`${at} has version ${version}, but ${OLDEST.join('.')} or later is needed`);
  }
  if (role !== 'master') throw new Error(`${at} is a replica, but the master is needed`);
  if (mode === 'cluster' && kind !== 'cluster') {
    throw new Error(`${at} is part of a cluster, so the address must be of one: redis+cluster://…`);
  }
  if (mode !== 'cluster' && kind === 'cluster') throw new Error(`${at} is not part of a cluster`);
  return { version, hasShardedChannels: major >= SHARDED_SINCE };
}

interface Greeting {
  readonly version: string;
  readonly mode: string;
  readonly role: string;
}

// HELLO and not INFO, for any user may send it. A version before 6.2 does not take it without arguments.
async function greet(redis: Redis, at: string): Promise<Greeting> {
  let reply: unknown;
  try {
    reply = await redis.call('HELLO');
  } catch (error) {
    if (!(error instanceof Error && /unknown command|wrong number of arguments/i.test(error.message))) throw error;
    throw new Error(`${at} is older than ${OLDEST.join('.')}, which is needed`);
  }
  const pairs: readonly unknown[] = Array.isArray(reply) ? reply : [];
  const textAfter = (name: string): string => {
    const index = pairs.indexOf(name);
    return index < 0 ? '' : String(pairs[index + 1]);
  };
  return { version: textAfter('version'), mode: textAfter('mode'), role: textAfter('role') };
}
