// The users of one app on this node: who is signed in by which connections, and who is watched by how many.
import type { UserId } from '../protocol/ids.ts';
import type { Connection } from './connection.ts';

interface Watched {
  watchers: number;
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

  /** Counts one watcher more; true when it is the node's first of that user. */
  watch(user: UserId): boolean {
    const watched = this.#watched.get(user);
    if (watched === undefined) this.#watched.set(user, { watchers: 1, isOnline: null });
    else watched.watchers++;
    return watched === undefined;
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
    if (watched === undefined || watched.isOnline === isOnline) return false;
    watched.isOnline = isOnline;
    return true;
  }

  /** Notes what the ledger has answered about the user, unless something was heard meanwhile. */
  learn(user: UserId, isOnline: boolean): void {
    const watched = this.#watched.get(user);
    if (watched !== undefined) watched.isOnline ??= isOnline;
  }

  /** Whether the user is online as far as is known here; null when nothing has been heard since the watch began. */
  heard(user: UserId): boolean | null {
    return this.#watched.get(user)?.isOnline ?? null;
  }
}
