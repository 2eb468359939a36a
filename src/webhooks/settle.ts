// Which facts become events. Whoever leaves has a moment to come back before it is told, and what has been told is
// remembered, so that coming and going alternate strictly for each channel and member (docs/webhooks.md, W-2).
import type { Fact, MembershipFact, PassingFact } from '../core/facts.ts';
import type { AppId, ChannelName, UserId } from '../protocol/ids.ts';

/** A channel, or a member of one, that the app's backend believes to be there. */
export interface Subject {
  readonly app: AppId;
  readonly channel: ChannelName;
  /** Null for the channel itself. */
  readonly user: UserId | null;
}

/** The text form of a subject, which the journal keeps. */
export type SubjectKey = string;

export interface Settled {
  readonly fact: Fact;
  /** What the backend now knows, or no longer; null when the fact is of another kind. */
  readonly announced: { readonly key: SubjectKey; readonly isThere: boolean } | null;
}

export interface SettleOptions {
  /** How long whoever has left may come back without a word being said. */
  readonly graceMs: number;
  /** In this time the misses of one channel are told once. */
  readonly missWindowMs: number;
}

export class Settle {
  readonly #options: SettleOptions;
  /** What was told to be there and not told to be gone. */
  readonly #announced = new Map<SubjectKey, Subject>();
  /** Those of them who have left, with the time of grace; the first to leave first, since the grace is one for all. */
  readonly #leaving = new Map<SubjectKey, number>();
  /** Channel → when a miss may be told again; the first to end first. */
  readonly #misses = new Map<string, number>();

  /** Of whom a fact has come since it was asked who is there; null while nobody asks. */
  #touched: Set<SubjectKey> | null = null;

  /**
   * @param announced what the journal has, in the order of announcement.
   * @param leftAtMs when all of them have left, nobody being here yet; null when they may still be there.
   */
  constructor(options: SettleOptions, announced: Iterable<Subject>, leftAtMs: number | null) {
    this.#options = options;
    for (const subject of announced) this.#announced.set(keyOf(subject), subject);
    if (leftAtMs !== null) for (const key of this.announcedLastFirst()) this.#beginToLeave(key, leftAtMs);
  }

  /** Members were announced after their channel and are removed before it is vacated. */
  announcedLastFirst(): readonly SubjectKey[] {
    return [...this.#announced.keys()].reverse();
  }

  /** From now on it is noted of whom a fact comes: somebody asks who is there. */
  beginLook(): void {
    this.#touched = new Set();
  }

  /** @param absent those who were not there when it was asked: they leave, unless a fact knows better by now. */
  endLook(absent: readonly SubjectKey[], nowMs: number): void {
    for (const key of absent) if (this.#touched?.has(key) === false) this.#beginToLeave(key, nowMs);
    this.#touched = null;
  }

  /** What the backend is told because of the fact; null when nothing, or not yet. */
  settle(fact: Fact, nowMs: number): Settled | null {
    switch (fact.name) {
      case 'channel_occupied':
      case 'member_added':
        return this.#enter(fact);
      case 'channel_vacated':
      case 'member_removed':
        return this.#leave(fact, nowMs);
      case 'cache_miss':
        return this.#miss(fact, nowMs);
      default:
        return { fact, announced: null };
    }
  }

  /** Those whose grace is over. */
  *expired(nowMs: number): Iterable<Settled> {
    for (const [key, dueMs] of this.#leaving) {
      if (dueMs > nowMs) return;
      this.#leaving.delete(key);
      const subject = this.#announced.get(key);
      this.#announced.delete(key);
      if (subject !== undefined) yield { fact: goneOf(subject), announced: { key, isThere: false } };
    }
  }

  /** When `expired` has something next; null when nobody is leaving. */
  get nextDueMs(): number | null {
    return this.#leaving.values().next().value ?? null;
  }

  /** Nobody is told any more of what `isKept` refuses; the next one to come is told as the first. */
  forget(isKept: (subject: Subject) => boolean): readonly SubjectKey[] {
    const forgotten = [...this.#announced].filter(([, subject]) => !isKept(subject)).map(([key]) => key);
    for (const key of forgotten) {
      this.#announced.delete(key);
      this.#leaving.delete(key);
    }
    return forgotten;
  }

  #enter(fact: MembershipFact): Settled | null {
    const subject = subjectOf(fact);
    const key = keyOf(subject);
    this.#touched?.add(key);
    this.#leaving.delete(key);
    if (this.#announced.has(key)) return null;
    this.#announced.set(key, subject);
    return { fact, announced: { key, isThere: true } };
  }

  #leave(fact: MembershipFact, nowMs: number): Settled | null {
    const key = keyOf(subjectOf(fact));
    this.#touched?.add(key);
    this.#beginToLeave(key, nowMs);
    return null;
  }

  #beginToLeave(key: SubjectKey, nowMs: number): void {
    // Nobody was told that it was there; or it is leaving already, and once gone nobody can leave again.
    if (!this.#announced.has(key) || this.#leaving.has(key)) return;
    this.#leaving.set(key, nowMs + this.#options.graceMs);
  }

  #miss(fact: PassingFact, nowMs: number): Settled | null {
    for (const [channel, untilMs] of this.#misses) {
      if (untilMs > nowMs) break;
      this.#misses.delete(channel);
    }
    const key = JSON.stringify([fact.app, fact.channel]);
    if (this.#misses.has(key)) return null;
    this.#misses.set(key, nowMs + this.#options.missWindowMs);
    return { fact, announced: null };
  }
}

function subjectOf(fact: MembershipFact): Subject {
  return { app: fact.app, channel: fact.channel, user: 'user' in fact ? fact.user : null };
}

function goneOf({ app, channel, user }: Subject): MembershipFact {
  return user === null ? { name: 'channel_vacated', app, channel } : { name: 'member_removed', app, channel, user };
}

function keyOf({ app, channel, user }: Subject): SubjectKey {
  return JSON.stringify(user === null ? [app, channel] : [app, channel, user]);
}

/** The subject of a key that this file has made. */
export function subjectOfKey(key: SubjectKey): Subject {
  const [app, channel, user = null] = JSON.parse(key) as [AppId, ChannelName, UserId?];
  return { app, channel, user };
}
