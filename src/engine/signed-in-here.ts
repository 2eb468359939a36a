// The users who are signed in by connections of this node, in the order of their ids.
import type { Connection } from '../core/connection.ts';
import type { SignedInUser, UsersQuestion } from '../core/feed.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Engine } from './engine.ts';

const MOST_CONNECTIONS = 100;
const MOST_WATCHED = 1_000;

export function signedInHere({ spaces, feeds }: Engine, question: UsersQuestion): readonly SignedInUser[] {
  const users = spaces.get(question.app)?.users;
  if (users === undefined) return [];
  return firstOf(users.signedIn, question).map((id) => {
    const connections = [...users.connectionsOf(id)].slice(0, MOST_CONNECTIONS);
    const watchlist = new Set(connections.flatMap((connection) => connection.watchlist));
    return {
      id,
      connections: connections.map((connection) => view(connection, feeds.node)),
      watchlist: [...watchlist].slice(0, MOST_WATCHED),
    };
  });
}

function view({ socketId, connectedAtMs, subscriptions }: Connection, node: string) {
  return { socketId, node, connectedAtMs, channels: subscriptions.size };
}

// There may be a hundred thousand, of whom a page is wanted: sorting all of them would be felt by everybody else.
function firstOf(ids: Iterable<UserId>, { after, limit }: UsersQuestion): readonly UserId[] {
  let first: UserId[] = [];
  let last = '';
  const trim = (): void => {
    first = first.sort(byCode).slice(0, limit);
    if (first.length === limit) last = first.at(-1) ?? '';
  };
  for (const id of ids) {
    if (id <= after || (last !== '' && id > last)) continue;
    first.push(id);
    if (first.length >= 2 * limit) trim();
  }
  trim();
  return first;
}

/** The same order on every node, whatever its language. */
export function byCode(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
