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
  /** Channels that a node still knows. */
  readonly channels: readonly string[];
  /** Channels that the ledger still counts. */
  readonly ledger: Readonly<Record<string, unknown>>;
  /** Topics that each node still listens to. */
  readonly topics: readonly number[];
}

/** What is left in a world of one node from which all have gone. */
export const NOTHING: Leftovers = { channels: [], ledger: {}, topics: [0] };

export async function leftovers({ world, late }: LateWorld): Promise<Leftovers> {
  late.isLate = false;
  const [{ engine }] = world.nodes;
  await engine.lanes.settled();
  return {
    channels: [...(engine.spaces.get(world.app.id)?.channels.keys() ?? [])],
    ledger: Object.fromEntries(await engine.cluster.ledger.channels(world.app.id, '')),
    topics: late.topics.map((topics) => topics.size),
  };
}
