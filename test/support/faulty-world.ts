// A world whose nodes can be cut off and lost, for tests that say what happens one thing after the other.
import type { Outbox } from '../../src/engine/ports.ts';
import { FakeClock } from './clock.ts';
import { breathe, FaultyCluster } from './faulty-cluster.ts';
import type { FaultyNode } from './faulty-node.ts';
import { createWorld, type FakeClient, type Node, type World, type WorldOptions } from './world.ts';

const NO_OUTBOX: Outbox = { wants: () => false, add: () => undefined };

/** A node and its way to the others. */
export interface FaultyPlace {
  readonly node: Node;
  readonly way: FaultyNode;
}

export class FaultyWorld {
  readonly clock = new FakeClock();
  readonly faulty: FaultyCluster;
  readonly world: World;

  constructor(options: WorldOptions = {}) {
    this.faulty = new FaultyCluster(this.clock, options.outbox ?? NO_OUTBOX);
    this.world = createWorld({ nodes: 2, ...options, clock: this.clock, through: this.faulty.through });
  }

  at(index: number): FaultyPlace {
    const [node, way] = [this.world.nodes[index], this.faulty.nodes[index]];
    if (node === undefined || way === undefined) throw new Error(`There is no node ${index}.`);
    return { node, way };
  }

  client(index: number): FakeClient {
    return this.at(index).node.client();
  }

  /** All that is under way at the nodes that take part arrives. */
  async calm(): Promise<void> {
    await this.faulty.calm();
  }

  /** So many calls of the node happen, in their order; none is answered. */
  async carryOut(index: number, calls: number): Promise<void> {
    for (let left = calls; left > 0; left--) this.at(index).way.carryOut(0);
    await breathe();
  }

  /** So many calls of the node that have happened are answered. */
  async answer(index: number, calls: number): Promise<void> {
    for (let left = calls; left > 0; left--) {
      this.at(index).way.answer(0);
      await breathe();
    }
  }

  /** The node can reach nobody, and notices. */
  async cut(index: number): Promise<void> {
    const { way } = this.at(index);
    way.cut();
    way.mend(0);
    await this.calm();
  }

  /** The others take the node for gone and give back all that it held. */
  async reap(index: number): Promise<void> {
    this.faulty.fence(this.at(index).way);
    while (this.faulty.reap(0));
    await this.calm();
  }

  /** All nodes take part again, and nothing is under way. */
  async heal(): Promise<void> {
    await this.faulty.settle();
  }
}
