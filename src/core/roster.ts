// Who is in a presence channel, as announced by the ledger: each user once, whatever the number of connections.
import type { ChannelName, UserId } from '../protocol/ids.ts';
import { type Member, presenceSucceeded } from '../protocol/server-message.ts';

export class Roster {
  readonly #members = new Map<UserId, Member>();
  // The frame is long in a full channel, and second tabs and reconnects ask for it unchanged.
  #frame: string | null = null;

  /** Adds the member, or replaces what is known of the user: the newest connection tells the truth (P-4.14). */
  set(member: Member): void {
    this.#members.set(member.userId, member);
    this.#frame = null;
  }

  remove(user: UserId): void {
    if (this.#members.delete(user)) this.#frame = null;
  }

  get members(): Iterable<Member> {
    return this.#members.values();
  }

  get size(): number {
    return this.#members.size;
  }

  /** The subscription_succeeded frame that carries this roster. */
  succeededFrame(channel: ChannelName): string {
    this.#frame ??= presenceSucceeded(channel, this.#members.values());
    return this.#frame;
  }
}
