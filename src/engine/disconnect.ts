// A connection is gone: everything it held is given back, in the order in which it would have left by itself.
import type { Connection } from '../core/connection.ts';
import type { UserId } from '../protocol/ids.ts';
import { watchTopicOf } from '../protocol/topics.ts';
import { then } from './answer.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';
import { leave } from './membership.ts';
import { countConnections } from './quotas.ts';
import { unhearUser } from './sign-in.ts';
import { unwatch } from './watchlist.ts';

/** The connection ended without a close frame (RFC 6455, section 7.4.1). */
const ABNORMAL = 1006;

/** @param code the close code as the engine saw it; 1006 when the client left without a word. */
export function disconnect(engine: Engine, connection: Connection, code: number): void {
  if (!connection.isOpen) return;
  connection.isOpen = false;
  const { app, socketId, user } = connection;
  const space = spaceOf(engine, app);
  space.connections.delete(socketId);
  engine.connections--;
  engine.floods.closed(connection.network);
  countConnections(engine, space, -1);
  for (const subscription of connection.subscriptions.values()) leave(engine, connection, subscription);
  if (user !== null) signOut(engine, connection, user.id);
  const { backlogBytes } = connection;
  // The engine cuts a slow reader by itself and does not say why; that much was waiting a moment ago tells.
  if (code === ABNORMAL && backlogBytes * 2 > engine.settings.backlogBytes)
    engine.observe({ kind: 'slowReaderClosed', app: app.id, socketId, backlogBytes, bound: 'backlogBytes' });
  engine.observe({ kind: 'disconnected', app: app.id, socketId, code });
}

function signOut(engine: Engine, connection: Connection, user: UserId): void {
  const { app } = connection;
  const space = spaceOf(engine, app);
  const isLast = space.users.signOut(user, connection);
  engine.lanes.run(
    watchTopicOf(app.id, user),
    () =>
      then(unwatch(engine, connection), () =>
        then(unhearUser(engine, connection, user), () => {
          if (isLast) return engine.cluster.ledger.signOut(app.id, user);
        }),
      ),
    (error) => failed(engine, 'sign-out', error),
  );
}
