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

  /** Notes that the user has come or gone; false when nobody here watches. */
  hear(user: UserId, isOnline: boolean): boolean {
    const watched = this.#watched.get(user);
    if (watched === undefined) return false;
    watched.isOnline = isOnline;
    return true;
  }

  /** Whether the user was last heard to come or to go; null when neither was heard since the watch began. */
  heard(user: UserId): boolean | null {
    return this.#watched.get(user)?.isOnline ?? null;
  }
}
