// A connection says which user it belongs to (docs/protocol.md P-6).
import type { Connection } from '../core/connection.ts';
import { serverToUserChannel } from '../protocol/channel-name.ts';
import type { SignInMessage } from '../protocol/client-message.ts';
import { type FrameFault, frameFaults, isRefusal, type Refusal, refusal } from '../protocol/faults.ts';
import type { UserId } from '../protocol/ids.ts';
import { decodeUser, type User } from '../protocol/member-data.ts';
import { signInSuccess } from '../protocol/server-message.ts';
import { userStringToSign } from '../protocol/signatures.ts';
import { watchTopicOf } from '../protocol/topics.ts';
import { type Answer, then } from './answer.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';
import { closeIfGuessing } from './flooding.ts';
import { closeIfEmpty } from './membership.ts';
import { refuse } from './refuse.ts';
import { checkAuth } from './verify.ts';
import { watch } from './watchlist.ts';

export function signIn(engine: Engine, connection: Connection, message: SignInMessage): void {
  const user = authenticate(connection, message);
  if (isRefusal(user)) {
    refuse(engine, connection, user);
    return closeIfGuessing(engine, connection, user);
  }
  if (connection.isWaitingForMost) return refuse(engine, connection, refusal(frameFaults.clusterUnavailable));
  const { app, socketId } = connection;
  const isAgain = connection.user !== null;
  connection.user = user;
  connection.authorizeByMs = 0;
  const isFirst = spaceOf(engine, app).users.signIn(user.id, connection);
  engine.observe({ kind: 'signedIn', app: app.id, socketId, user: user.id });
  connection.underWay++;
  engine.lanes.run(
    watchTopicOf(app.id, user.id),
    () => {
      // A sign-in that the cluster did not take is told to it again with the next one.
      const isNews = isFirst || (isAgain && !connection.hearsUser);
      const told = isNews ? engine.cluster.ledger.signIn(app.id, user.id) : undefined;
      const done = then(told, () => signedIn(engine, connection, user, message));
      return then(done, () => void connection.underWay--);
    },
    (error) => {
      connection.underWay--;
      failed(engine, 'sign-in', error);
      refuse(engine, connection, refusal(frameFaults.clusterUnavailable));
    },
  );
}

function authenticate(connection: Connection, { auth, userData }: SignInMessage): User | Refusal<FrameFault> {
  const { app, socketId } = connection;
  if (!app.settings.userAuthentication.enabled) return refusal(frameFaults.signInOff);
  const wrongAuth = checkAuth(app, auth, userStringToSign(socketId, userData));
  if (wrongAuth !== null) return wrongAuth;
  const user = decodeUser(userData, app.limits.presenceUserIdLength);
  if (isRefusal(user)) return user;
  if (connection.user !== null && connection.user.id !== user.id) return refusal(frameFaults.signedInAsOther);
  return user;
}

function signedIn(engine: Engine, connection: Connection, user: User, { userData }: SignInMessage): Answer<void> {
  if (!connection.isOpen) return;
  // What is sent to the user from the moment of the success on has to arrive.
  const hearing = connection.hearsUser ? undefined : hearUser(engine, connection, user);
  return then(hearing, () =>
    watch(engine, connection, user.watchlist, () => connection.outlet.send(signInSuccess(userData))),
  );
}

// From here on the connection gets what is sent to its user, whether or not it subscribes to the channel (P-6.2).
function hearUser(engine: Engine, connection: Connection, user: User): Answer<void> {
  connection.hearsUser = true;
  const channel = spaceOf(engine, connection.app).openChannel(serverToUserChannel(user.id));
  channel.subscribers++;
  const listening = channel.subscribers === 1 ? engine.cluster.bus.listen(channel.topic) : undefined;
  connection.outlet.join(channel.topic);
  if (!(listening instanceof Promise)) return;
  return listening.catch((error: unknown) => {
    if (connection.isOpen) connection.outlet.leave(channel.topic);
    void unhearUser(engine, connection, user.id);
    throw error;
  });
}

/** Whoever signs out, or could not be heard of, gets nothing more that is sent to the user. */
export function unhearUser(engine: Engine, connection: Connection, user: UserId): Answer<void> {
  const { app, hearsUser } = connection;
  if (!hearsUser) return;
  connection.hearsUser = false;
  const channel = spaceOf(engine, app).channels.get(serverToUserChannel(user));
  if (channel === undefined) return;
  channel.subscribers--;
  return closeIfEmpty(engine, app, channel);
}
