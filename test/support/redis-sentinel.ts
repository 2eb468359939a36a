// A master with a replica and sentinels that replace it within about a second.
import { eventually } from './eventually.ts';
import { type Redis, startRedis } from './redis.ts';

export interface SentinelRedis extends AsyncDisposable {
  readonly url: string;
  /** As they were at first; a failover changes their parts. */
  readonly master: Redis;
  readonly replica: Redis;
  readonly sentinels: readonly Redis[];
  /** Lets the sentinels replace the master at once; resolves when the replica is the master for all of them. */
  failover(): Promise<void>;
  /** Resolves when the replica is the master for all sentinels, as it becomes when the master is killed. */
  promoted(): Promise<void>;
  stop(): Promise<void>;
}

export const MASTER_NAME = 'vask-master';

export interface SentinelOptions {
  readonly sentinels?: number;
  /** Of master and replica. */
  readonly password?: string;
  /** Of the sentinels. */
  readonly sentinelPassword?: string;
}

export async function startSentinel(options: SentinelOptions = {}): Promise<SentinelRedis> {
  const { sentinels: count = 1, password, sentinelPassword } = options;
  const servers: Redis[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const start = async (...args: Parameters<typeof startRedis>): Promise<Redis> => {
    const server = await startRedis(...args);
    servers.push(server);
    return server;
  };
  try {
    const data = password === undefined ? {} : { password };
    const directives = password === undefined ? {} : { masterauth: password };
    const master = await start({ ...data, directives });
    const replica = await start({ ...data, directives: { ...directives, replicaof: `127.0.0.1 ${master.port}` } });
    await linked(replica);
    const sentinel = [
      `sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} ${Math.floor(count / 2) + 1}`,
      `sentinel down-after-milliseconds ${MASTER_NAME} 400`,
      `sentinel failover-timeout ${MASTER_NAME} 2000`,
      ...(password === undefined ? [] : [`sentinel auth-pass ${MASTER_NAME} ${password}`]),
      ...(sentinelPassword === undefined ? [] : [`sentinel sentinel-pass ${sentinelPassword}`]),
    ];
    const ofSentinel = sentinelPassword === undefined ? { sentinel } : { sentinel, password: sentinelPassword };
    const sentinels = await Promise.all(Array.from({ length: count }, () => start(ofSentinel)));
    await Promise.all(sentinels.map((each) => knowsAll(each, count)));
    const promoted = async (): Promise<void> => {
      await Promise.all(sentinels.map((each) => names(each, replica.port)));
      await isMaster(replica);
    };
    const failover = async (): Promise<void> => {
      // It refuses as long as it has not looked at the replica often enough.
      await eventually('a sentinel that takes the replica for good', async () => {
        const refusal: unknown = await sentinels[0]
          ?.command('SENTINEL', 'FAILOVER', MASTER_NAME)
          .catch((error) => error);
        if (refusal instanceof Error && !/^(NOGOODSLAVE|INPROG)/.test(refusal.message)) throw refusal;
        return refusal === 'OK' ? true : null;
      });
      await promoted();
    };
    const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
    const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
    const query = sentinelPassword === undefined ? '' : `?sentinelPassword=${encodeURIComponent(sentinelPassword)}`;
    const url = `redis+sentinel://${credentials}${hosts}/${MASTER_NAME}${query}`;
    return { url, master, replica, sentinels, failover, promoted, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function linked(replica: Redis): Promise<void> {
  await eventually('a replica that has all its master has', async () => {
    const info = String(await replica.command('INFO', 'replication'));
    return info.includes('master_link_status:up') ? true : null;
  });
}

async function isMaster(server: Redis): Promise<void> {
  await eventually('a replica that has become the master', async () => {
    const info = String(await server.command('INFO', 'replication'));
    return info.includes('role:master') ? true : null;
  });
}

async function knowsAll(sentinel: Redis, sentinels: number): Promise<void> {
  await eventually('a sentinel that knows the replica and the other sentinels', async () => {
    const told = await sentinel.command('SENTINEL', 'MASTER', MASTER_NAME);
    const pairs: readonly unknown[] = Array.isArray(told) ? told : [];
    const numberOf = (name: string): number => Number(pairs[pairs.indexOf(name) + 1]);
    return numberOf('num-slaves') >= 1 && numberOf('num-other-sentinels') >= sentinels - 1 ? true : null;
  });
}

async function names(sentinel: Redis, port: number): Promise<void> {
  await eventually('a sentinel that names the new master', async () => {
    const told = await sentinel.command('SENTINEL', 'get-master-addr-by-name', MASTER_NAME);
    return Array.isArray(told) && Number(told[1]) === port ? true : null;
  });
}
