// How one sentinel, or one server of a cluster, is asked something.
import type { Redis } from 'ioredis';
import type { HostAndPort } from './address.ts';

/** Asks over a connection that ends with the question. */
export type Ask = <Answer>(place: HostAndPort, question: (redis: Redis) => Promise<Answer>) => Promise<Answer>;

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
