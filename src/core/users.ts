// The users of one app on this node: who is signed in by which connections, and who is watched by how many.
import type { UserId } from '../protocol/ids.ts';
import type { Connection } from './connection.ts';

/** A user whose coming and going connections of this node are told. */
export interface Watched {
  watchers: number;
  /** Whether the node hears of the user yet. */
  isHeard: boolean;
  /** Whether something may have been missed since the last news. */
  isStale: boolean;
  isOnline: boolean | null;
}

export class Users {
  readonly #signedIn = new Map<UserId, Set<Connection>>();
  readonly #watched = new Map<UserId, Watched>();

  /** Records the connection as the user's; true when it is the node's first of that user. */
  signIn(user: UserId, connection: Connection): boolean {
    const connections = this.#signedIn.get(user);
    if (connections !== undefined) {
      connections.add(connection);
      return false;
    }
    this.#signedIn.set(user, new Set([connection]));
    return true;
  }

  /** True when it was the node's last connection of that user. */
  signOut(user: UserId, connection: Connection): boolean {
    const connections = this.#signedIn.get(user);
    if (connections === undefined || !connections.delete(connection) || connections.size > 0) return false;
    return this.#signedIn.delete(user);
  }

  /** Those whom any connection of this node is signed in as. */
  get signedIn(): Iterable<UserId> {
    return this.#signedIn.keys();
  }

  /** Those whom any connection of this node watches. */
  get watched(): Iterable<UserId> {
    return this.#watched.keys();
  }

  connectionsOf(user: UserId): Iterable<Connection> {
    return this.#signedIn.get(user) ?? [];
  }

  /** Counts one watcher more. @returns what `beginToHear` wants when the node hears of the user; null when it does already. */
  watch(user: UserId): Watched | null {
    const watched = this.#watched.get(user) ?? { watchers: 0, isHeard: false, isStale: false, isOnline: null };
    this.#watched.set(user, watched);
    watched.watchers++;
    return watched.isHeard ? null : watched;
  }

  /** From here on nothing is missed: what was known before does not count. */
  beginToHear(watched: Watched): void {
    if (watched.isHeard) return;
    watched.isHeard = true;
    watched.isOnline = null;
  }

  /** Counts one watcher less; true when it was the node's last of that user. */
  unwatch(user: UserId): boolean {
    const watched = this.#watched.get(user);
    if (watched === undefined || --watched.watchers > 0) return false;
    return this.#watched.delete(user);
  }

  /** Notes that the user has come or gone; false when nobody here watches, or that was known. */
  hear(user: UserId, isOnline: boolean): boolean {
    const watched = this.#watched.get(user);
    if (watched === undefined) return false;
    watched.isStale = false;
    if (watched.isOnline === isOnline) return false;
    watched.isOnline = isOnline;
    return true;
  }

  /** Notes what the ledger has answered about the user, unless something was heard meanwhile. */
  learn(user: UserId, isOnline: boolean): void {
    const watched = this.#watched.get(user);
    if (watched !== undefined) watched.isOnline ??= isOnline;
  }

  /** The ledger is being asked again, because news may have been missed. */
  beginRepair(user: UserId): void {
    const watched = this.#watched.get(user);
    if (watched !== undefined) watched.isStale = true;
  }

  /** Whether the answer, as of some moment since `beginRepair`, is something that nobody here was told. */
  hasMissed(user: UserId, isOnline: boolean): boolean {
    const watched = this.#watched.get(user);
    if (watched === undefined || watched.isOnline === null) return false;
    return watched.isStale && watched.isOnline !== isOnline;
  }

  /** Whether the user is online as far as is known here; null when nothing has been heard since the watch began. */
  heard(user: UserId): boolean | null {
    return this.#watched.get(user)?.isOnline ?? null;
  }
}
