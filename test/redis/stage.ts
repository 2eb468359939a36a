// What the tests of sessions share: opening one, and hearing why it ends.
import { parseRedisUrl, type RedisAddress } from '../../src/redis/address.ts';
import { Script } from '../../src/redis/script.ts';
import { openSession, type RedisSession, type SessionOptions } from '../../src/redis/session.ts';

export const ADD = new Script("return redis.call('incrby', KEYS[1], ARGV[1])", 1);

/** On a busy machine; what is expected not to answer gets less. */
const CONNECT_TIMEOUT_MS = 10_000;

export function addressOf(url: string): RedisAddress {
  const address = parseRedisUrl(url);
  if (typeof address === 'string') throw new Error(address);
  return address;
}

export interface OpenSession extends AsyncDisposable {
  readonly session: RedisSession;
  /** Resolves with the reason when the session has ended. */
  readonly ended: Promise<Error>;
}

export async function open(url: string, options: Partial<SessionOptions> = {}): Promise<OpenSession> {
  const byDefault = { scripts: [ADD], connectTimeoutMs: CONNECT_TIMEOUT_MS, ca: null, name: 'vask-test' };
  const session = await openSession(addressOf(url), { ...byDefault, ...options });
  const { promise: ended, resolve } = Promise.withResolvers<Error>();
  session.onEnd(resolve);
  const dispose = async (): Promise<void> => {
    session.end(new Error('the test is over'));
    await ended;
  };
  return { session, ended, [Symbol.asyncDispose]: dispose };
}

/** What opening fails with. */
export async function faultOfOpening(url: string, options: Partial<SessionOptions> = {}): Promise<string> {
  try {
    await using _opened = await open(url, options);
    return 'it was opened';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What the command fails with; it fails the test when it does not. */
export async function faultOf(command: Promise<unknown>): Promise<string> {
  const outcome = await command.then(
    (value) => ({ value }),
    (error: Error) => error,
  );
  if (outcome instanceof Error) return outcome.message;
  throw new Error(`it was answered with ${JSON.stringify(outcome.value)}`);
}

/** The next turn of the event loop. */
export async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
