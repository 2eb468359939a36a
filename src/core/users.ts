// The users of one app on this node: who is signed in by which connections, and who is watched by how many.
import type { UserId } from '../protocol/ids.ts';
import type { Connection } from './connection.ts';

export class Users {
  readonly #signedIn = new Map<UserId, Set<Connection>>();
  readonly #watchers = new Map<UserId, number>();

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
    const watchers = (this.#watchers.get(user) ?? 0) + 1;
    this.#watchers.set(user, watchers);
    return watchers === 1;
  }

  /** Counts one watcher less; true when it was the node's last of that user. */
  unwatch(user: UserId): boolean {
    const watchers = (this.#watchers.get(user) ?? 1) - 1;
    if (watchers > 0) {
      this.#watchers.set(user, watchers);
      return false;
    }
    return this.#watchers.delete(user);
  }

  isWatched(user: UserId): boolean {
    return this.#watchers.has(user);
  }
}
