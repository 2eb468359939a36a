// A world whose cluster answers when the test says so, and what is left in it when all have gone.
import { LateCluster } from './late-cluster.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

export interface LateWorld {
  readonly world: World;
  readonly late: LateCluster;
}

export function lateWorld(options: WorldOptions = {}): LateWorld {
  const late = new LateCluster();
  return { late, world: createWorld({ ...options, through: late.through }) };
}

export interface Leftovers {
  /** Channels that some node still knows. */
  readonly channels: readonly string[];
  /** Channels that the ledger still counts. */
  readonly ledger: Readonly<Record<string, unknown>>;
  /** How many topics are still listened to. */
  readonly topics: number;
}

/** What is left in a world from which all have gone. */
export const NOTHING: Leftovers = { channels: [], ledger: {}, topics: 0 };

export async function leftovers({ world, late }: LateWorld): Promise<Leftovers> {
  late.isLate = false;
  const engines = world.nodes.map(({ engine }) => engine);
  for (const { lanes } of engines) await lanes.settled();
  const { ledger } = world.nodes[0].engine.cluster;
  return {
    channels: engines.flatMap(({ spaces }) => [...(spaces.get(world.app.id)?.channels.keys() ?? [])]),
    ledger: Object.fromEntries(await ledger.channels(world.app.id, '')),
    topics: late.topics.reduce((sum, topics) => sum + topics.size, 0),
  };
}
