// Lets changes that must not overlap follow each other: those of one app's keys, or of all admins.

export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs the task when all earlier ones of that name have ended, well or not. */
  take<Value>(name: string, task: () => Promise<Value>): Promise<Value> {
    const earlier = this.#last.get(name) ?? Promise.resolve();
    const mine = earlier.then(task, task);
    this.#last.set(name, mine);
    const forget = (): void => {
      if (this.#last.get(name) === mine) this.#last.delete(name);
    };
    mine.then(forget, forget);
    return mine;
  }
}
