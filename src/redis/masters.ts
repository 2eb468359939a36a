// Which servers are to be spoken to, and which partitions each of them has: asked of sentinels or of a cluster.
import { describeHost, type HostAndPort, type RedisAddress } from './address.ts';
import { type Ask, messageOf } from './ask.ts';
import { PARTITIONS_OF_CLUSTER, slotOf, tagsOf } from './partitions.ts';
import { masterOfSentinels } from './sentinels.ts';

export interface Master extends HostAndPort {
  readonly partitions: readonly number[];
}

export async function mastersOf(address: RedisAddress, ask: Ask): Promise<readonly Master[]> {
  switch (address.kind) {
    case 'single':
      return address.hosts.map((place) => ({ ...place, partitions: [0] }));
    case 'sentinel':
      return [{ ...(await masterOfSentinels(address, ask)), partitions: [0] }];
    case 'cluster':
      return await mastersOfCluster(address, ask);
  }
}

/** The first seed that answers and is itself part of a cluster that works. */
async function mastersOfCluster(address: RedisAddress, ask: Ask): Promise<readonly Master[]> {
  try {
    return await Promise.any(
      address.hosts.map((seed) =>
        ask(seed, async (redis) => {
          const info = String(await redis.call('CLUSTER', 'INFO'));
          // A server that is cut off from the others says so, and its map may be an old one.
          if (!info.includes('cluster_state:ok'))
            throw new Error(`the cluster does not work, says ${describeHost(seed)}`);
          return mastersOfSlots(await redis.call('CLUSTER', 'SLOTS'), seed);
        }),
      ),
    );
  } catch (error) {
    throw error instanceof AggregateError ? new Error(error.errors.map((each) => messageOf(each)).join('; ')) : error;
  }
}

/**
 * Who has the slots of the partitions, of what a cluster says of its slots.
 * @param seed who said it, for it may not know under which address it was reached.
 */
export function mastersOfSlots(reply: unknown, seed: HostAndPort): readonly Master[] {
  const ranges = Array.isArray(reply) ? reply : [];
  const masters = new Map<string, HostAndPort & { readonly partitions: number[] }>();
  for (const [partition, tag] of tagsOf(PARTITIONS_OF_CLUSTER).entries()) {
    const slot = slotOf(tag);
    const range: unknown = ranges.find((range) => Number(range[0]) <= slot && slot <= Number(range[1]));
    if (!Array.isArray(range)) throw new Error(`no server of the cluster has slot ${slot}`);
    const [host, port]: readonly unknown[] = range[2];
    const place = { host: typeof host === 'string' && host !== '' ? host : seed.host, port: Number(port) };
    const master = masters.get(describeHost(place)) ?? { ...place, partitions: [] };
    master.partitions.push(partition);
    masters.set(describeHost(place), master);
  }
  return [...masters.values()];
}
