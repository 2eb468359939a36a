// Lanes keep the membership changes of one channel in order. While the cluster answers at once a lane never fills;
// when it answers later, the next change of that channel waits for the one before, and other channels do not.
import type { Answer } from './answer.ts';

export class Lanes {
  // A lane exists only while something is under way in it. Each entry is a change that one connection asked for, or the
  // end of one, and how many of those may be under way for a connection is bounded (connection.ts).
  readonly #tails = new Map<string, Promise<void>>();

  /**
   * Runs the change after those before it in its lane; at once when there are none.
   * @param onFailure is told when the change throws or rejects; the lane goes on.
   */
  run(name: string, change: () => Answer<void>, onFailure: (error: unknown) => void): void {
    const before = this.#tails.get(name);
    if (before === undefined) {
      const answer = attempt(change, onFailure);
      if (answer instanceof Promise) this.#extend(name, answer);
      return;
    }
    this.#extend(
      name,
      before.then(() => attempt(change, onFailure)),
    );
  }

  #extend(name: string, tail: Promise<void>): void {
    this.#tails.set(name, tail);
    void tail.then(() => {
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }
}

function attempt(change: () => Answer<void>, onFailure: (error: unknown) => void): Answer<void> {
  try {
    const answer = change();
    return answer instanceof Promise ? answer.catch(onFailure) : answer;
  } catch (error) {
    onFailure(error);
  }
}
