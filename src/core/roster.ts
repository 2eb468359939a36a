// Who is in a presence channel, as announced by the ledger: each user once, whatever the number of connections.
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { type Member, presenceSucceeded } from '../protocol/server-message.ts';

/** Comings and goings that a node has not heard of in time. */
export interface MissedChanges {
  readonly added: readonly Member[];
  readonly removed: readonly UserId[];
}

export class Roster {
  readonly #members = new Map<UserId, Member>();
  // Changes heard since all members were asked for (a null is one who left). The answer may be older than they are; where
  // it is newer, it says the same. Null when the answer is here.
  #heard: Map<UserId, Member | null> | null = null;
  // The frame is long in a full channel, and second tabs and reconnects ask for it unchanged.
  #frame: string | null = null;

  /** All members are being asked for; what was known before does not count. */
  begin(): void {
    this.#members.clear();
    this.#heard = new Map();
    this.#frame = null;
  }

  /** All members, as of some moment since `begin`. */
  complete(members: Iterable<Member>): void {
    const heard = this.#heard;
    this.#heard = null;
    this.#members.clear();
    for (const member of members) this.set(member);
    for (const [user, member] of heard ?? []) {
      if (member === null) this.remove(user);
      else this.set(member);
    }
  }

  /** All members are being asked for again, because announcements may have been missed; what is known stays meanwhile. */
  beginRepair(): void {
    this.#heard = new Map();
  }

  /** All members, as of some moment since `beginRepair`. @returns what had been missed; it is part of the roster now. */
  repair(members: Iterable<Member>): MissedChanges {
    const before = new Map(this.#members);
    this.complete(members);
    this.#frame = null;
    const added = [...this.#members.values()].filter(({ userId }) => !before.has(userId));
    const removed = [...before.keys()].filter((user) => !this.#members.has(user));
    return { added, removed };
  }

  /** What is known of the user; undefined when the user is not in the channel. */
  get(user: UserId): Member | undefined {
    return this.#members.get(user);
  }

  /** Adds the member, or replaces what is known of the user: the newest connection tells the truth (P-4.14). */
  set(member: Member): void {
    this.#members.set(member.userId, member);
    this.#heard?.set(member.userId, member);
    this.#frame = null;
  }

  remove(user: UserId): void {
    this.#members.delete(user);
    this.#heard?.set(user, null);
    this.#frame = null;
  }

  /** The subscription_succeeded frame that carries this roster. */
  succeededFrame(channel: ChannelName): string {
    this.#frame ??= presenceSucceeded(channel, this.#members.values());
    return this.#frame;
  }
}
