// Facts on their way to the webhook thread. It is bounded: a disk that has stopped answering must not fill the memory.
import type { Fact, MembershipFact } from '../core/facts.ts';

export interface QueueBounds {
  /** Facts that have been sent and are not on disk, or wait to be sent. */
  readonly facts: number;
  /** Channels and members whose latest state is kept beyond that. */
  readonly memberships: number;
}

export class FactQueue {
  readonly #bounds: QueueBounds;
  #waiting: Fact[] = [];
  /** Not on disk as far as this thread knows; in the groups in which they were taken. */
  #groups: (readonly Fact[])[] = [];
  /** How many these are. */
  #sent = 0;
  /** Beyond the bound, the latest of each channel and member stands for those before: nobody would have been told of more. */
  readonly #latest = new Map<string, MembershipFact>();
  /** Facts that nobody will be told. */
  lost = 0;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  add(fact: Fact): void {
    const hasRoom = this.#sent + this.#waiting.length < this.#bounds.facts;
    if (hasRoom && this.#latest.size === 0) this.#waiting.push(fact);
    else if (isMembership(fact)) this.#keepLatest(fact);
    else this.lost++;
  }

  /** What may be sent now. */
  take(): readonly Fact[] {
    const taken = this.#waiting;
    this.#waiting = [];
    for (const [key, fact] of this.#latest) {
      if (this.#sent + taken.length >= this.#bounds.facts) break;
      this.#latest.delete(key);
      taken.push(fact);
    }
    this.#sent += taken.length;
    if (taken.length > 0) this.#groups.push(taken);
    return taken;
  }

  /** So many of those that were taken are on disk: whole groups, the first ones. */
  written(count: number): void {
    this.#sent -= count;
    let rest = count;
    while (rest > 0) rest -= this.#groups.shift()?.length ?? rest;
  }

  /** Those that were taken and are not on disk wait again, before all others. */
  takeBack(): void {
    this.#waiting = [...this.#groups.flat(), ...this.#waiting];
    this.#groups = [];
    this.#sent = 0;
  }

  get hasMore(): boolean {
    return this.#waiting.length > 0 || (this.#latest.size > 0 && this.#sent < this.#bounds.facts);
  }

  #keepLatest(fact: MembershipFact): void {
    const key = JSON.stringify([fact.app, fact.channel, 'user' in fact ? fact.user : null]);
    if (!this.#latest.delete(key) && this.#latest.size >= this.#bounds.memberships) this.lost++;
    else this.#latest.set(key, fact);
  }
}

function isMembership(fact: Fact): fact is MembershipFact {
  switch (fact.name) {
    case 'channel_occupied':
    case 'channel_vacated':
    case 'member_added':
    case 'member_removed':
      return true;
    default:
      return false;
  }
}
