// A connection asks to be subscribed to a channel: it is checked, enters the ledger, and hears the channel from then on.
import type { Channel } from '../core/channel.ts';
import type { Connection, Subscription } from '../core/connection.ts';
import type { Space } from '../core/space.ts';
import { type ChannelKind, channelKind, parseChannelName, userOfChannel } from '../protocol/channel-name.ts';
import type { SubscribeMessage } from '../protocol/client-message.ts';
import { type FrameFault, frameFaults, isRefusal, type Refusal, refusal } from '../protocol/faults.ts';
import type { ChannelName } from '../protocol/ids.ts';
import { checkMember, decodeMember } from '../protocol/member-data.ts';
import { cacheMiss, event, type Member, subscriptionSucceeded } from '../protocol/server-message.ts';
import { channelStringToSign } from '../protocol/signatures.ts';
import { topicOf } from '../protocol/topics.ts';
import { type Answer, then } from './answer.ts';
import { announceCount } from './count.ts';
import { deliverMember } from './deliver.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';
import { closeFlooding, closeIfGuessing } from './flooding.ts';
import { closeIfEmpty, closeUnused } from './membership.ts';
import type { Entered } from './ports.ts';
import { refuseSubscription } from './refuse.ts';
import { checkAuth } from './verify.ts';

export function subscribe(engine: Engine, connection: Connection, message: SubscribeMessage): void {
  const { app } = connection;
  if (!connection.takeSubscription(engine.clock.now(), engine.settings.subscriptionRate)) {
    return closeFlooding(engine, connection, 'subscriptionRate');
  }
  const refuseWith = (refused: Refusal<FrameFault>): void =>
    refuseSubscription(engine, connection, message.channel, refused);
  const name = parseChannelName(message.channel, app.limits.channelNameLength);
  if (name === null) return refuseWith(refusal(frameFaults.badChannelName, { channel: message.channel }));
  const kind = channelKind(name);
  if (kind.serverToUser) return subscribeToUser(connection, name, refuseWith);
  if (connection.subscriptions.has(name)) {
    return refuseWith(refusal(frameFaults.existingSubscription, { channel: name }));
  }
  const limit = app.limits.channelsPerConnection;
  if (connection.subscriptions.size >= limit) return refuseWith(refusal(frameFaults.tooManyChannels, { limit }));
  if (connection.isWaitingForMost) return refuseWith(refusal(frameFaults.clusterUnavailable));
  const member = admit(connection, name, kind, message);
  if (isRefusal(member)) {
    refuseWith(member);
    return closeIfGuessing(engine, connection, member);
  }
  if (kind.authorized) connection.authorizeByMs = 0;
  const subscription: Subscription = {
    name,
    member: member.member?.userId ?? null,
    phase: 'joining',
    hasEntered: false,
  };
  connection.addSubscription(subscription);
  connection.underWay++;
  engine.lanes.run(
    topicOf(app.id, name),
    () => then(join(engine, connection, subscription, member.member), () => void connection.underWay--),
    (error) => {
      connection.underWay--;
      failed(engine, 'subscribe', error);
      connection.removeSubscription(subscription);
      closeUnused(engine, app, name);
      refuseWith(refusal(frameFaults.clusterUnavailable));
    },
  );
}

/** Who the connection will be in the channel (nobody in one without presence), or why it may not enter. */
function admit(
  connection: Connection,
  channel: ChannelName,
  kind: ChannelKind,
  { auth, channelData }: SubscribeMessage,
): { member: Member | null } | Refusal<FrameFault> {
  if (!kind.authorized) return { member: null };
  if (auth === null) return refusal(frameFaults.authMissing, { channel });
  const signed = channelStringToSign(connection.socketId, channel, channelData);
  const wrongAuth = checkAuth(connection.app, auth, signed);
  if (wrongAuth !== null) return wrongAuth;
  if (!kind.presence) return { member: null };
  const member = presentAs(connection, channel, channelData);
  return isRefusal(member) ? member : { member };
}

// channel_data wins over the signed-in user (P-4.9).
function presentAs(
  connection: Connection,
  channel: ChannelName,
  channelData: string | null,
): Member | Refusal<FrameFault> {
  const { limits } = connection.app;
  if (channelData !== null) return decodeMember(channelData, limits);
  if (connection.user === null) return refusal(frameFaults.memberMissing, { channel });
  return checkMember({ userId: connection.user.id, info: connection.user.info }, limits);
}

// A signed-in connection hears its user's events from the sign-in on; the SDKs still ask, and are answered (P-6.2).
function subscribeToUser(
  connection: Connection,
  channel: ChannelName,
  refuseWith: (refused: Refusal<FrameFault>) => void,
): void {
  if (connection.user === null || connection.user.id !== userOfChannel(channel)) {
    return refuseWith(refusal(frameFaults.userOnly, { channel }));
  }
  connection.outlet.send(subscriptionSucceeded(channel));
}

function join(engine: Engine, connection: Connection, subscription: Subscription, member: Member | null): Answer<void> {
  // The client may have gone, or changed its mind, while the change waited in its lane.
  if (subscription.phase === 'left') return;
  const space = spaceOf(engine, connection.app);
  const channel = space.openChannel(subscription.name);
  const { bus, ledger } = engine.cluster;
  const app = space.app.id;
  const subscribers = channel.subscribers + 1;
  const isFirst = subscribers === 1;
  if (!isFirst && (member === null || channel.presence?.isNews(member) === false)) {
    // This node knows all that the ledger would answer; the others only have to learn the number.
    return then(ledger.recount(app, channel.name, subscribers), () => {
      channel.total++;
      return joined(engine, connection, subscription, channel, member);
    });
  }
  return then(isFirst ? bus.listen(channel.topic) : undefined, () => {
    if (isFirst) begin(channel);
    const maxMembers = space.app.limits.presenceMembers;
    return then(ledger.enter({ app, channel: channel.name, subscribers, member, maxMembers }), (entered) => {
      if (entered === 'full') return turnAway(engine, connection, subscription, channel);
      channel.total = entered.subscribers;
      if (entered.subscribers === 1) engine.observeTraffic?.({ kind: 'occupied', app, channel: channel.name });
      if (isFirst) complete(engine, channel, entered);
      else if (member !== null) noticeMember(engine, space, channel, member);
      return joined(engine, connection, subscription, channel, member);
    });
  });
}

/** From here on nothing is missed. What was heard before does not count: it may be left over from an earlier time. */
function begin(channel: Channel): void {
  channel.presence?.roster.begin();
  channel.remembered = null;
}

/** What the ledger answered to the node's first connection; what was heard meanwhile is newer. */
function complete(engine: Engine, channel: Channel, { members, cached }: Entered): void {
  if (members !== null) channel.presence?.roster.complete(members);
  if (cached === null || channel.remembered !== null) return;
  const untilMs = engine.clock.now() + cached.leftMs;
  channel.remembered = { frame: event(channel.name, cached.event), untilMs };
}

// The ledger has the member. That a node does not know so by now comes of having been away.
function noticeMember(engine: Engine, space: Space, { name, presence }: Channel, member: Member): void {
  if (presence?.roster.get(member.userId) !== undefined) return;
  deliverMember(engine, space, name, { what: 'added', member });
}

function turnAway(engine: Engine, connection: Connection, subscription: Subscription, channel: Channel): Answer<void> {
  connection.removeSubscription(subscription);
  const limit = connection.app.limits.presenceMembers;
  const refused = refusal(frameFaults.presenceFull, { channel: channel.name, limit });
  refuseSubscription(engine, connection, channel.name, refused);
  return closeIfEmpty(engine, connection.app, channel);
}

// The order is the contract: succeeded first, then what the cache holds, then live events (P-4.10).
function joined(
  engine: Engine,
  connection: Connection,
  subscription: Subscription,
  channel: Channel,
  member: Member | null,
): Answer<void> {
  const { app, outlet, socketId } = connection;
  channel.subscribers++;
  if (member !== null) channel.presence?.enter(member);
  subscription.hasEntered = true;
  // Left meanwhile: its exit waits in the lane behind this.
  if (subscription.phase === 'left') return;
  subscription.phase = 'joined';
  outlet.send(channel.presence?.roster.succeededFrame(channel.name) ?? subscriptionSucceeded(channel.name));
  if (channel.kind.cache) replay(engine, connection, channel);
  outlet.join(channel.topic);
  engine.observe({ kind: 'subscribed', app: app.id, socketId, channel: channel.name });
  return announceCount(engine, app, channel);
}

function replay(engine: Engine, connection: Connection, channel: Channel): void {
  const { remembered } = channel;
  if (remembered !== null && remembered.untilMs > engine.clock.now()) return connection.outlet.send(remembered.frame);
  connection.outlet.send(cacheMiss(channel.name));
  const app = connection.app.id;
  if (engine.outbox.wants(app, 'cache_miss')) {
    engine.outbox.add({ name: 'cache_miss', app, channel: channel.name });
  }
  engine.observe({ kind: 'cacheMissed', app, channel: channel.name });
}
