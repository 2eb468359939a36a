// A signed-in connection is told when the users on its watchlist come and go (P-6.3).
import type { Connection } from '../core/connection.ts';
import { frameFaults, refusal } from '../protocol/faults.ts';
import type { UserId } from '../protocol/ids.ts';
import { watchlistEvents } from '../protocol/server-message.ts';
import { watchTopicOf } from '../protocol/topics.ts';
import { type Answer, all, then } from './answer.ts';
import { type Engine, spaceOf } from './engine.ts';
import { refuse } from './refuse.ts';

/** Watches these users and no others, and tells how they are at present. */
export function watch(engine: Engine, connection: Connection, wanted: readonly UserId[]): Answer<void> {
  const { app } = connection;
  const limit = app.limits.watchlistLength;
  if (wanted.length > limit) refuse(engine, connection, refusal(frameFaults.watchlistTooLong, { limit }));
  const unlistened = unwatch(engine, connection);
  const watched = wanted.slice(0, limit);
  if (watched.length === 0) return unlistened;
  connection.watchlist = watched;
  const { users } = spaceOf(engine, app);
  const { bus, ledger } = engine.cluster;
  const listening = watched.filter((user) => users.watch(user)).map((user) => bus.listen(watchTopicOf(app.id, user)));
  return then(all([unlistened, ...listening]), () =>
    then(ledger.online(app.id, watched), (online) => {
      if (!connection.isOpen) return;
      // The answer may be older than what was heard while it was on its way.
      for (const user of watched) users.learn(user, online.has(user));
      connection.outlet.send(
        watchlistEvents(
          watched.filter((user) => users.heard(user) === true),
          watched.filter((user) => users.heard(user) !== true),
        ),
      );
      for (const user of watched) connection.outlet.join(watchTopicOf(app.id, user));
    }),
  );
}

/** Stops telling the connection about anybody. */
export function unwatch(engine: Engine, connection: Connection): Answer<void> {
  const { app, watchlist, outlet } = connection;
  if (watchlist.length === 0) return;
  connection.watchlist = [];
  if (connection.isOpen) for (const user of watchlist) outlet.leave(watchTopicOf(app.id, user));
  const { users } = spaceOf(engine, app);
  const unwatched = watchlist.filter((user) => users.unwatch(user));
  return all(unwatched.map((user) => engine.cluster.bus.unlisten(watchTopicOf(app.id, user))));
}
