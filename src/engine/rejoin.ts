// A node that has been away, from Redis or from the world, says anew all that it holds, and mends what it has missed:
// rosters, users, remembered events and counts are compared with the ledger, and only differences are told to clients.
import type { App } from '../core/app.ts';
import type { Channel } from '../core/channel.ts';
import type { Space } from '../core/space.ts';
import type { UserId } from '../protocol/ids.ts';
import { event } from '../protocol/server-message.ts';
import { EVERY_NODE, watchTopicOf } from '../protocol/topics.ts';
import { type Answer, all, then } from './answer.ts';
import { announceCount } from './count.ts';
import { deliver, deliverUser, tellAdded, tellRemoved } from './deliver.ts';
import { type Engine, spaceOf } from './engine.ts';
import { failed } from './failure.ts';
import type { Holding, NodeSide } from './ports.ts';
import { hearApp, isLimited, learnConnections } from './quotas.ts';

/** Joins the other nodes, and serves from then on: at once, or when whatever they agree by is there. */
export function takePart(engine: Engine): Answer<void> {
  return then(engine.cluster.liveness.join(nodeSide(engine)), () => serve(engine));
}

function serve(engine: Engine): Answer<void> {
  const heard = then(engine.cluster.bus.listen(EVERY_NODE), () => {
    // A quota holds for all nodes together, so what the others have is known before the first client comes.
    const limited = engine.apps.all().filter(isLimited);
    return then(all(limited.map((app) => hearApp(engine, spaceOf(engine, app)))), () => {
      if (engine.phase === 'starting') engine.phase = 'serving';
    });
  });
  if (!(heard instanceof Promise)) return;
  return heard.catch((error: unknown) => {
    failed(engine, 'starting to serve', error);
    // The cluster has waited before it gave up, so this is no hurry.
    if (engine.phase === 'starting') return serve(engine);
  });
}

/** This node as the cluster sees it. */
function nodeSide(engine: Engine): NodeSide {
  return {
    holdings: () => holdings(engine),
    rejoined: () => rejoined(engine),
    report: () => ({ connections: engine.connections, repairs: engine.repairs }),
  };
}

/** All that this node holds, read piece by piece: what has gone by the time of its turn is not named. */
function* holdings(engine: Engine): Iterable<Holding> {
  for (const space of engine.spaces.values()) {
    const app = space.app.id;
    if (space.connections.size > 0) yield { kind: 'connections', app, connections: space.connections.size };
    for (const user of space.users.signedIn) yield { kind: 'user', app, user };
    for (const { name, kind, subscribers, presence } of space.channels.values()) {
      if (subscribers === 0 || kind.serverToUser) continue;
      yield { kind: 'channel', app, channel: name, subscribers, members: presence?.localMembers ?? [] };
    }
  }
}

function rejoined(engine: Engine): void {
  engine.returns++;
  engine.lookAtApps();
  for (const space of engine.spaces.values()) {
    repairConnections(engine, space);
    repairUntold(engine, space);
    for (const channel of space.channels.values()) repairInTurn(engine, space, channel);
    for (const user of space.users.watched) repairUserInTurn(engine, space, user);
  }
}

function repairConnections(engine: Engine, space: Space): void {
  if (!space.hearsApp && space.connections.size === 0 && !isLimited(space.app)) return;
  const repaired = space.hearsApp ? learnConnections(engine, space) : hearApp(engine, space);
  if (repaired instanceof Promise) repaired.catch((error: unknown) => failed(engine, 'repairing connections', error));
}

// The channels in which the node has subscribers tell their counts in any case.
function repairUntold(engine: Engine, { app, channels, untold }: Space): void {
  const left = [...untold].filter((channel) => channels.get(channel.name) !== channel);
  untold.clear();
  for (const channel of left) void announceCount(engine, app, channel);
}

// In the channel's lane: what is under way there has to be finished, and what comes waits.
function repairInTurn(engine: Engine, space: Space, { name, topic }: Channel): void {
  engine.lanes.run(
    topic,
    () => {
      const channel = space.channels.get(name);
      if (channel === undefined || channel.subscribers === 0 || channel.kind.serverToUser) return;
      return then(repairRoster(engine, space, channel), () =>
        then(repairRemembered(engine, space, channel), () => announceCount(engine, space.app, channel)),
      );
    },
    (error) => failed(engine, 'repairing a channel', error),
  );
}

function repairRoster(engine: Engine, space: Space, channel: Channel): Answer<void> {
  const { presence } = channel;
  if (presence === null) return;
  presence.roster.beginRepair();
  return then(engine.cluster.ledger.roster(space.app.id, channel.name), (members) => {
    const { added, removed } = presence.roster.repair(members);
    noteRepairs(engine, space.app, channel, added.length + removed.length);
    for (const member of added) tellAdded(engine, space, channel, member);
    for (const user of removed) tellRemoved(engine, space, channel, user);
  });
}

// The event that a subscriber would get now is one that all subscribers should have.
function repairRemembered(engine: Engine, { app }: Space, channel: Channel): Answer<void> {
  if (!channel.kind.cache) return;
  const before = channel.remembered;
  return then(engine.cluster.ledger.recall(app.id, channel.name), (cached) => {
    if (cached === null || channel.remembered !== before) return;
    const frame = event(channel.name, cached.event);
    if (before?.frame === frame) return;
    noteRepairs(engine, app, channel, 1);
    const keptSeconds = cached.leftMs / 1000;
    deliver(engine, { kind: 'event', app: app.id, channel: channel.name, frame, except: null, keptSeconds });
  });
}

function noteRepairs(engine: Engine, { id }: App, { name }: Channel, changes: number): void {
  if (changes === 0) return;
  engine.repairs += changes;
  engine.observe({ kind: 'repaired', app: id, channel: name, changes });
}

function repairUserInTurn(engine: Engine, space: Space, user: UserId): void {
  const app = space.app.id;
  engine.lanes.run(
    watchTopicOf(app, user),
    () => {
      space.users.beginRepair(user);
      return then(engine.cluster.ledger.online(app, [user]), (online) => {
        // Something newer may have been heard meanwhile, or nobody has been told anything yet.
        if (!space.users.hasMissed(user, online.has(user))) return;
        engine.repairs++;
        deliverUser(engine, space, user, online.has(user));
      });
    },
    (error) => failed(engine, 'repairing a user', error),
  );
}
