// One life of the node: a session with Redis under one id. Whatever fails ends it, and the node begins another one under
// another id; so there is one way to fail, and nothing that was under way can come true later.
import type { Redis } from 'ioredis';
import type { KeySpace } from '../../redis/partitions.ts';
import type { Script } from '../../redis/script.ts';
import type { RedisSession } from '../../redis/session.ts';

/** A life ends when a server has not answered for 3 s (beats.ts). */
const PATIENCE_MS = 2_500;

export interface Mark {
  readonly text: string;
  /** Resolves when the node has heard it, and so all that was published before it in that partition. */
  readonly heard: Promise<void>;
}

export class Life {
  readonly id: string;
  readonly session: RedisSession;
  readonly keys: KeySpace;
  /** Earlier ids under which something may still be held, one a line. */
  olds: string;
  /** Rejects with the reason. */
  readonly ended: Promise<never>;
  #hasEnded = false;
  readonly #anchors: readonly string[];
  readonly #publishCommand: string;
  /** By partition, the server's time when it last answered a beat. */
  readonly #answeredAtMs: number[] = [];
  readonly #marks = new Map<string, { resolve(): void; reject(why: Error): void }>();
  #lastMark = 0;

  constructor(session: RedisSession, keys: KeySpace, id: string, olds: readonly string[]) {
    this.id = id;
    this.session = session;
    this.keys = keys;
    this.olds = olds.join('\n');
    this.#anchors = this.partitions.map((partition) => keys.key(partition, 'nodes'));
    this.#publishCommand = session.isSharded ? 'SPUBLISH' : 'PUBLISH';
    const { promise, reject } = Promise.withResolvers<never>();
    this.ended = promise;
    promise.catch(() => undefined);
    session.onEnd((why) => {
      this.#hasEnded = true;
      for (const mark of this.#marks.values()) mark.reject(why);
      this.#marks.clear();
      reject(why);
    });
  }

  /** The server has answered, and this was the time by its clock. */
  noteAnswer(partition: number, serverMs: number): void {
    this.#answeredAtMs[partition] = serverMs;
  }

  /**
   * Until when by the server's clock the answer to a step that is sent now is waited for, whatever happens. A server that
   * has hung longer must not do it then: the backend has been told that nothing was published.
   */
  waitsUntilMs(partition: number): number {
    return (this.#answeredAtMs[partition] ?? 0) + PATIENCE_MS;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get partitions(): readonly number[] {
    return Array.from({ length: this.keys.partitions }, (_, partition) => partition);
  }

  /** How one asks how many read a channel; empty where it does not say. */
  get readersCommand(): string {
    if (this.session.isSharded) return 'SHARDNUMSUB';
    // On an old cluster each server only knows its own readers.
    return this.keys.partitions === 1 ? 'NUMSUB' : '';
  }

  end(why: unknown): void {
    this.session.end(why instanceof Error ? why : new Error(String(why)));
  }

  /** One atomic step. */
  async run(partition: number, step: Script, args: readonly (string | number)[]): Promise<unknown> {
    const key = this.#anchors[partition];
    if (key === undefined) throw new RangeError(`there is no partition ${partition}`);
    try {
      return await step.run(this.session.commands(partition), [key], [this.#publishCommand, ...args]);
    } catch (error) {
      this.end(error);
      throw error;
    }
  }

  /** A step of this node, done only while it takes part. */
  change(partition: number, step: Script, args: readonly (string | number)[]): Promise<unknown> {
    return this.run(partition, step, [this.id, this.olds, ...args]);
  }

  /** The same, when nobody waits for it: if it fails, all is said anew. */
  send(partition: number, step: Script, args: readonly (string | number)[]): void {
    this.change(partition, step, args).catch(() => undefined);
  }

  /** A question that is one command. */
  async read<T>(partition: number, command: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await command(this.session.commands(partition));
    } catch (error) {
      this.end(error);
      throw error;
    }
  }

  /** @param name of one of Redis' channels. */
  async publish(partition: number, name: string, message: string): Promise<void> {
    const redis = this.session.commands(partition);
    try {
      await (this.session.isSharded ? redis.spublish(name, message) : redis.publish(name, message));
    } catch (error) {
      this.end(error);
      throw error;
    }
  }

  newMark(): Mark {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    this.#lastMark += 1;
    const text = `m${this.#lastMark}`;
    if (this.#hasEnded) reject(new Error('the session has ended'));
    else this.#marks.set(text, { resolve, reject });
    return { text, heard: promise };
  }

  hearMark(text: string): void {
    this.#marks.get(text)?.resolve();
    this.#marks.delete(text);
  }

  inboxOf(partition: number): string {
    return this.keys.key(partition, `n:${this.id}`);
  }
}
