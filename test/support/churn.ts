// People who come and go in channels all the time, at random: what a seed repeats is who does what, not when.
import type { Actor } from './actor.ts';

export class Churn {
  #isRunning = true;
  readonly #running: Promise<void>;
  moves = 0;

  /** @param random numbers from 0 to 1. */
  constructor(actors: readonly Actor[], channels: readonly string[], random: () => number) {
    this.#running = Promise.all(actors.map((actor) => this.#wander(actor, channels, random))).then(() => undefined);
  }

  /** Resolves when everybody stays where they are. */
  async end(): Promise<void> {
    this.#isRunning = false;
    await this.#running;
  }

  async #wander(actor: Actor, channels: readonly string[], random: () => number): Promise<void> {
    while (this.#isRunning) {
      const channel = channels[Math.floor(random() * channels.length)] ?? '';
      if (!actor.seats.has(channel)) actor.ask(channel);
      else actor.leave(channel);
      this.moves++;
      // Sometimes before the server can have answered.
      await Bun.sleep(random() * 60);
    }
  }
}
