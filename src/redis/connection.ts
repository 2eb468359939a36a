// One connection that lives once: whatever goes wrong with it ends it, and everything under way on it fails.
import { isIP } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';
import { describeHost, type HostAndPort } from './address.ts';

export interface ConnectionOptions {
  readonly username: string | null;
  readonly password: string | null;
  readonly database: number;
  readonly tls: boolean;
  /** The certificate authority to believe, in PEM; null for those that the system believes. */
  readonly ca: string | null;
  /** As Redis lists it. */
  readonly name: string;
  readonly connectTimeoutMs: number;
  /** Sends all commands of one turn of the loop as one. Not for subscriptions: it would change their order. */
  readonly autoPipelining: boolean;
}

/** Answers by which a server says that it is the wrong one, or not able at present: others or a later one may be. */
const WRONG_SERVER = /(^|: ?-)(MOVED|ASK|TRYAGAIN|READONLY|CLUSTERDOWN|LOADING|MASTERDOWN|NOAUTH) /;

/**
 * A connection that has not been opened yet.
 * @param onEnd hears why it ended, at least once.
 */
export function newConnection(place: HostAndPort, options: ConnectionOptions, onEnd: (why: Error) => void): Redis {
  const end = (why: string): void => onEnd(new Error(`Redis at ${describeHost(place)}: ${why}`));
  const redis = new Redis({
    ...place,
    ...credentialsOf(options),
    ...(options.tls ? { tls: tlsOf(place, options.ca) } : {}),
    db: options.database,
    connectionName: options.name,
    disableClientInfo: true,
    connectTimeout: options.connectTimeoutMs,
    lazyConnect: true,
    enableReadyCheck: false,
    enableAutoPipelining: options.autoPipelining,
    // Only with all of these does a command that is under way fail when the connection does, instead of waiting.
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    // The one place that hears every refusal. It never asks for another connection.
    reconnectOnError(error) {
      if (WRONG_SERVER.test(error.message)) end(error.message);
      return false;
    },
  });
  // A new error, since the client's own have the commands with them, and those the passwords.
  redis.on('error', (error) => end(error.message));
  redis.on('close', () => end('the connection was closed'));
  redis.on('end', () => end('the connection has ended'));
  // A slot with a subscription went to another server, which took the subscription away.
  redis.on('moved', () => end('a subscription has moved to another server'));
  return redis;
}

function credentialsOf({ username, password }: ConnectionOptions): Pick<RedisOptions, 'username' | 'password'> {
  return { ...(username === null ? {} : { username }), ...(password === null ? {} : { password }) };
}

function tlsOf({ host }: HostAndPort, ca: string | null): NonNullable<RedisOptions['tls']> {
  return { ...(ca === null ? {} : { ca }), ...(isIP(host) === 0 ? { servername: host } : {}) };
}

/** Ends it now, though the other side may no longer hear of it. */
export function destroyConnection(redis: Redis): void {
  redis.disconnect();
  // Undefined as long as it has not begun to connect.
  redis.stream?.destroy();
}
