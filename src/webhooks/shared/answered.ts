// Commands to Redis, none of which is waited for without end.
import type { RedisSession } from '../../redis/session.ts';

const ANSWER_MS = 3_000;

/** Ends the session when the answer is an error, or does not come: there is one way to fail. */
export async function answered<Value>(session: RedisSession, command: Promise<Value>): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Redis did not answer within ${ANSWER_MS} ms`)), ANSWER_MS);
  try {
    return await Promise.race([command, late]);
  } catch (error) {
    session.end(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
