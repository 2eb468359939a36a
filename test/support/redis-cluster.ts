// Three masters that share the slots of a Redis Cluster.
import { eventually } from './eventually.ts';
import { type Redis, type RedisOptions, startRedis } from './redis.ts';

export interface LocalRedisCluster extends AsyncDisposable {
  /** With all servers as seeds. */
  readonly url: string;
  readonly servers: readonly Redis[];
  /** Gives the slot with its keys to another server, as an operator does who adds one. */
  moveSlot(slot: number, from: Redis, to: Redis): Promise<void>;
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const MASTERS = 3;
const NODE_TIMEOUT_MS = 1_000;

/** @param options of each server. */
export async function startRedisCluster(options: RedisOptions = {}): Promise<LocalRedisCluster> {
  const servers: Redis[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const directives = {
      'cluster-enabled': 'yes',
      'cluster-node-timeout': String(NODE_TIMEOUT_MS),
      ...options.directives,
    };
    for (let index = 0; index < MASTERS; index += 1) servers.push(await startRedis({ ...options, directives }));
    await Promise.all(servers.map((server, index) => giveSlots(server, index)));
    await meet(servers);
    await Promise.all(servers.map((server) => whole(server)));
  } catch (error) {
    await stop();
    throw error;
  }
  const credentials = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    url: `${options.tls === undefined ? 'redis' : 'rediss'}://${credentials}${hosts}`,
    servers,
    moveSlot: (slot, from, to) => moveSlot(servers, slot, from, to),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function giveSlots(server: Redis, index: number): Promise<void> {
  const first = Math.floor((SLOTS * index) / MASTERS);
  const last = Math.floor((SLOTS * (index + 1)) / MASTERS) - 1;
  await server.command('CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
  await server.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
}

async function meet(servers: readonly Redis[]): Promise<void> {
  const [first, ...others] = servers;
  for (const other of others) await first?.command('CLUSTER', 'MEET', '127.0.0.1', String(other.port));
}

async function whole(server: Redis): Promise<void> {
  await eventually('a cluster with all its slots', async () => {
    const info = String(await server.command('CLUSTER', 'INFO'));
    return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${MASTERS}`) ? true : null;
  });
}

async function moveSlot(servers: readonly Redis[], slot: number, from: Redis, to: Redis): Promise<void> {
  const [source, target] = [String(await from.command('CLUSTER', 'MYID')), String(await to.command('CLUSTER', 'MYID'))];
  await to.command('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', source);
  await from.command('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', target);
  for (;;) {
    const keys = await from.command('CLUSTER', 'GETKEYSINSLOT', String(slot), '100');
    if (!Array.isArray(keys) || keys.length === 0) break;
    await from.command('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys.map(String));
  }
  // The new owner first, so that no slot is without one; the rest would hear of it, but later.
  for (const server of [to, from, ...servers]) await server.command('CLUSTER', 'SETSLOT', String(slot), 'NODE', target);
}
