// What has come and has not been read yet, in order. Whoever reads waits for the next one, but not for ever.

/** Long enough for a busy machine; what does not come fails the test. */
const WAIT_MS = 10_000;

export class Inbox<T> {
  readonly #unread: T[] = [];
  readonly #what: string;
  #wake: (() => void) | null = null;

  /** @param what names in an error message what did not come. */
  constructor(what: string) {
    this.#what = what;
  }

  readonly push = (item: T): void => {
    this.#unread.push(item);
    this.#wake?.();
  };

  async next(): Promise<T> {
    if (this.#unread.length === 0) await this.#arrival();
    const [item] = this.#unread.splice(0, 1);
    if (item === undefined) throw new Error(`Two readers wait for ${this.#what}.`);
    return item;
  }

  /** The next one that is wanted; what comes before it is passed over. */
  async until(isWanted: (item: T) => boolean): Promise<T> {
    const passedOver: T[] = [];
    for (;;) {
      if (this.#unread.length === 0) await this.#arrival(passedOver);
      const item = await this.next();
      if (isWanted(item)) return item;
      passedOver.push(item);
    }
  }

  #arrival(passedOver: readonly T[] = []): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const before = passedOver.length === 0 ? '' : ` after ${JSON.stringify(passedOver)}`;
    const timer = setTimeout(() => reject(new Error(`Nothing came as ${this.#what}${before}.`)), WAIT_MS);
    this.#wake = () => {
      clearTimeout(timer);
      this.#wake = null;
      resolve();
    };
    return promise;
  }
}
