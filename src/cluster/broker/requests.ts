// What a worker has asked and not been answered yet.
import { Unavailable } from '../../engine/failure.ts';
import type { EventDelivery } from '../../engine/ports.ts';
import type { CallAnswer, CallArguments, CallName } from './calls.ts';
import type { Line } from './line.ts';
import { encodeEvent, FROM_WORKER } from './messages.ts';

interface Pending {
  readonly name: CallName;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** These change what the cluster knows of the node, and wait; whatever else is asked is refused when nobody answers. */
const CHANGES: ReadonlySet<CallName> = new Set<CallName>([
  'beat',
  'enter',
  'forget',
  'join',
  'leave',
  'listen',
  'name',
  'recount',
  'recountConnections',
  'signIn',
  'signOut',
  'unlisten',
  'withdraw',
]);

export class Requests {
  readonly #line: Line;
  readonly #pending = new Map<number, Pending>();
  #last = 0;
  #absence: string | null = null;

  constructor(line: Line) {
    this.#line = line;
  }

  /** Why nothing but changes may be asked at present. */
  get absence(): string | null {
    if (this.#line.why !== null) return `the line to the first process has ended: ${this.#line.why}`;
    return this.#absence;
  }

  set absence(why: string | null) {
    this.#absence = why;
    if (why === null) return;
    for (const [id, { name, reject }] of this.#pending) {
      if (CHANGES.has(name)) continue;
      this.#pending.delete(id);
      reject(new Unavailable(why));
    }
  }

  ask<Name extends CallName>(name: Name, ...given: CallArguments<Name>): Promise<CallAnswer<Name>> {
    return this.#send<CallAnswer<Name>>(name, (id) => FROM_WORKER.request + JSON.stringify([id, name, ...given]));
  }

  publish(delivery: EventDelivery): Promise<void> {
    return this.#send<void>('publish', (id) => `${FROM_WORKER.publish}${id}\n${encodeEvent(delivery)}`);
  }

  /** @param json empty for an answer that says nothing. */
  answered(id: number, json: string): void {
    this.#take(id)?.resolve(json === '' ? undefined : JSON.parse(json));
  }

  failed(id: number, text: string): void {
    this.#take(id)?.reject(new Error(text));
  }

  /** Nobody will be answered any more. */
  end(): void {
    for (const { reject } of this.#pending.values()) reject(new Unavailable(this.absence ?? 'the line has ended'));
    this.#pending.clear();
  }

  #send<Value>(name: CallName, message: (id: number) => string): Promise<Value> {
    const refusal = this.#refusalOf(name);
    if (refusal !== null) return Promise.reject(new Unavailable(refusal));
    this.#last++;
    const id = this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { name, resolve, reject });
    this.#line.send(message(id));
    // The broker answers with what the table of calls says.
    return promise as Promise<Value>;
  }

  #refusalOf(name: CallName): string | null {
    const { absence } = this;
    if (this.#line.why !== null || !CHANGES.has(name)) {
      if (absence !== null) return absence;
      if (!CHANGES.has(name) && this.#line.isCongested) return 'the first process does not keep up';
    }
    return null;
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}
