// Choices that a seed repeats, leaning towards what breaks decoders.
import { randomFrom } from '../support/random.ts';

export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomFrom(seed);
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.#next() * bound);
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<Item>(items: readonly Item[]): Item {
    // The list is never empty, so the place is in it.
    return items[this.below(items.length)] as Item;
  }

  /** Small as a rule, large now and then. */
  length(most: number): number {
    return this.once(20) ? this.below(most) : this.below(Math.min(most, 8));
  }

  many<Item>(most: number, make: () => Item): Item[] {
    return Array.from({ length: this.length(most) }, make);
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
