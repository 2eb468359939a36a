// A cluster whose nodes crash, are cut off and come back, and which may lose everything at once. What happens next the
// test says, step by step, so that everything that can happen in between does.
import { type MemoryWorld, memoryWorld } from '../../src/cluster/memory.ts';
import type { Clock, Cluster, Outbox } from '../../src/engine/ports.ts';
import { type Elsewhere, FaultyNode } from './faulty-node.ts';
import { Life } from './life.ts';

export class FaultyCluster implements Elsewhere {
  readonly nodes: FaultyNode[] = [];
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  #world: MemoryWorld;
  common: Cluster;
  /** Those of nodes that have gone, as long as something is held under them. */
  #graves: readonly Life[] = [];

  constructor(clock: Clock, outbox: Outbox) {
    this.#clock = clock;
    this.#outbox = outbox;
    this.#world = memoryWorld(clock, outbox);
    this.common = this.#world.join();
  }

  /** For `createWorld({ through: faulty.through })`. */
  readonly through = (): Cluster => {
    const node = new FaultyNode(this);
    this.nodes.push(node);
    this.#listen(node);
    return node.cluster;
  };

  #listen(node: FaultyNode): void {
    this.#world.join().bus.hear((delivery) => node.take(delivery));
  }

  newLife(): Life {
    return new Life(this.#world.join());
  }

  /** The node is taken for gone, whether it is or not. */
  fence({ life, olds }: FaultyNode): void {
    life.isFenced = true;
    this.#graves = [...new Set([...this.#graves, ...olds, life])];
  }

  /** One thing that a node held which is taken for gone is given back. */
  reap(pick: number): boolean {
    const grave = this.#graves[pick % Math.max(1, this.#graves.length)];
    if (grave === undefined) return false;
    if (!grave.giveBack(pick)) this.#graves = this.#graves.filter((each) => each !== grave);
    return true;
  }

  /** All that the nodes agreed on is lost; what they listen to stays. */
  flush(): void {
    this.#world = memoryWorld(this.#clock, this.#outbox);
    this.common = this.#world.join();
    this.#graves = [];
    for (const node of this.nodes) {
      for (const life of [...node.olds, node.life]) life.lose();
      if (node.state !== 'crashed') this.#listen(node);
    }
  }

  /** All that is under way at the nodes that take part arrives. */
  async calm(): Promise<void> {
    do await breathe();
    while (this.nodes.filter((node) => node.state === 'up' && node.calm()).length > 0);
    await breathe();
  }

  /** Everything comes to its end: whoever is away comes back, whoever is gone is reaped, and all is answered and heard. */
  async settle(): Promise<void> {
    do await breathe();
    while (this.#advance());
  }

  #advance(): boolean {
    for (const node of this.nodes) if (node.state === 'crashed' && node.isHolding) this.fence(node);
    let hasMoved = this.reap(0);
    for (const node of this.nodes) {
      if (node.mend(0)) hasMoved = true;
      if (node.calm()) hasMoved = true;
    }
    return hasMoved;
  }
}

/** Lets everything go on that waits for a promise which is there. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
