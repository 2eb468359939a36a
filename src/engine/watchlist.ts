// A signed-in connection is told when the users on its watchlist come and go (P-6.3).
import type { App } from '../core/app.ts';
import type { Connection } from '../core/connection.ts';
import { frameFaults, refusal } from '../protocol/faults.ts';
import type { UserId } from '../protocol/ids.ts';
import { watchlistEvents } from '../protocol/server-message.ts';
import { watchTopicOf } from '../protocol/topics.ts';
import { type Answer, all, then } from './answer.ts';
import { type Engine, spaceOf } from './engine.ts';
import { refuse } from './refuse.ts';

/**
 * Watches these users and no others, and tells how they are at present; nothing has changed when it fails.
 * @param succeed is called when all that can fail is done, before anything is told.
 */
export function watch(
  engine: Engine,
  connection: Connection,
  wanted: readonly UserId[],
  succeed: () => void,
): Answer<void> {
  const { app } = connection;
  const limit = app.limits.watchlistLength;
  const watched = wanted.slice(0, limit);
  const begin = (): Answer<void> => {
    if (!connection.isOpen) return forget(engine, app, watched);
    const unwatched = unwatch(engine, connection);
    connection.watchlist = watched;
    succeed();
    if (wanted.length > limit) refuse(engine, connection, refusal(frameFaults.watchlistTooLong, { limit }));
    if (watched.length > 0) tell(engine, connection);
    return unwatched;
  };
  const learned = watched.length === 0 ? undefined : learn(engine, app, watched);
  if (!(learned instanceof Promise)) return begin();
  return learned.then(begin, (error: unknown) => {
    void forget(engine, app, watched);
    throw error;
  });
}

/** From the answer on, this node knows how these users are. */
function learn(engine: Engine, app: App, watched: readonly UserId[]): Answer<void> {
  const { users } = spaceOf(engine, app);
  const { bus, ledger } = engine.cluster;
  const listening = watched.map((user) => {
    const unheard = users.watch(user);
    return unheard === null
      ? undefined
      : then(bus.listen(watchTopicOf(app.id, user)), () => users.beginToHear(unheard));
  });
  return then(all(listening), () =>
    then(ledger.online(app.id, watched), (online) => {
      // The answer may be older than what was heard while it was on its way.
      for (const user of watched) users.learn(user, online.has(user));
    }),
  );
}

function tell(engine: Engine, { app, outlet, watchlist }: Connection): void {
  const { users } = spaceOf(engine, app);
  outlet.send(
    watchlistEvents(
      watchlist.filter((user) => users.heard(user) === true),
      watchlist.filter((user) => users.heard(user) !== true),
    ),
  );
  for (const user of watchlist) outlet.join(watchTopicOf(app.id, user));
}

/** Stops telling the connection about anybody. */
export function unwatch(engine: Engine, connection: Connection): Answer<void> {
  const { app, watchlist, outlet } = connection;
  if (watchlist.length === 0) return;
  connection.watchlist = [];
  if (connection.isOpen) for (const user of watchlist) outlet.leave(watchTopicOf(app.id, user));
  return forget(engine, app, watchlist);
}

function forget(engine: Engine, app: App, watched: readonly UserId[]): Answer<void> {
  const { users } = spaceOf(engine, app);
  const unwatched = watched.filter((user) => users.unwatch(user));
  return all(unwatched.map((user) => engine.cluster.bus.unlisten(watchTopicOf(app.id, user))));
}
