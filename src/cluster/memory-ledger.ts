// The ledger in memory: who holds what, by node. Whoever records also announces, in the same step, so that all nodes
// hear of members in the order in which it became true.
import type {
  ChannelCount,
  Delivery,
  Entered,
  Entrance,
  Exit,
  Ledger,
  Left,
  MemberChange,
  Outbox,
} from '../engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../protocol/ids.ts';
import type { Member } from '../protocol/server-message.ts';
import type { EventCache } from './memory-cache.ts';

type NodeNumber = number;

interface MemberEntry {
  member: Member;
  readonly nodes: Set<NodeNumber>;
}

interface ChannelEntry {
  /** Subscribers by node; absolute, so that telling them twice changes nothing. */
  readonly subscribers: Map<NodeNumber, number>;
  total: number;
  readonly members: Map<UserId, MemberEntry>;
}

interface AppEntry {
  readonly channels: Map<ChannelName, ChannelEntry>;
  readonly users: Map<UserId, Set<NodeNumber>>;
  /** Connections by node. */
  readonly connections: Map<NodeNumber, number>;
}

export type Holdings = Map<AppId, AppEntry>;

export interface LedgerParts {
  readonly node: NodeNumber;
  readonly holdings: Holdings;
  readonly cache: EventCache;
  readonly outbox: Outbox;
  readonly announce: (delivery: Delivery) => void;
}

const NOBODY: ChannelCount = { subscribers: 0, users: 0 };

export function memoryLedger(parts: LedgerParts): Ledger {
  return { ...changesOfChannels(parts), ...changesOfUsers(parts), ...questions(parts) };
}

type Changes = 'enter' | 'leave' | 'recount' | 'tellCount';

function changesOfChannels({ node, holdings, cache, outbox, announce }: LedgerParts): Pick<Ledger, Changes> {
  const announceMember = (app: AppId, channel: ChannelName, change: MemberChange): void =>
    announce({ kind: 'member', app, channel, change });
  return {
    enter(entrance) {
      const { app, channel, member, subscribers } = entrance;
      const { channels } = appEntryOf(holdings, app);
      const entry = channels.get(channel) ?? newChannel();
      if (isFull(entry, entrance)) return 'full';
      channels.set(channel, entry);
      const wasEmpty = entry.total === 0;
      setSubscribers(entry, node, subscribers);
      if (wasEmpty && entry.total > 0) tellChannel(outbox, 'channel_occupied', entrance);
      const change = member === null ? null : addMember(entry, node, member);
      if (change !== null) announceMember(app, channel, change);
      if (change?.what === 'added') tellMember(outbox, 'member_added', entrance, change.member.userId);
      const entered: Entered = {
        subscribers: entry.total,
        members: subscribers === 1 && member !== null ? membersOf(entry) : null,
        cached: cache.recall(app, channel),
      };
      return entered;
    },
    leave(exit: Exit): Left {
      const { app, channel, subscribers, member } = exit;
      const { channels } = appEntryOf(holdings, app);
      const entry = channels.get(channel);
      if (entry === undefined) return { subscribers: 0 };
      setSubscribers(entry, node, subscribers);
      if (member !== null && removeMember(entry, node, member)) {
        announceMember(app, channel, { what: 'removed', user: member });
        tellMember(outbox, 'member_removed', exit, member);
      }
      if (entry.total === 0) {
        channels.delete(channel);
        tellChannel(outbox, 'channel_vacated', exit);
      }
      return { subscribers: entry.total };
    },
    recount(app, channel, subscribers) {
      const entry = channelEntry(holdings, app, channel);
      // Whoever is not in the channel has to enter it.
      if (entry?.subscribers.has(node) === true && subscribers > 0) setSubscribers(entry, node, subscribers);
    },
    tellCount(app, channel) {
      const { subscribers } = countOf(channelEntry(holdings, app, channel));
      announce({ kind: 'count', app, channel, subscribers });
      return subscribers;
    },
  };
}

type ChangesOfUsers = 'signIn' | 'signOut' | 'recountConnections';

function changesOfUsers({ node, holdings, announce }: LedgerParts): Pick<Ledger, ChangesOfUsers> {
  return {
    signIn(app, user) {
      const { users } = appEntryOf(holdings, app);
      const nodes = users.get(user);
      if (nodes !== undefined) return void nodes.add(node);
      users.set(user, new Set([node]));
      announce({ kind: 'user', app, user, isOnline: true });
    },
    signOut(app, user) {
      const { users } = appEntryOf(holdings, app);
      const nodes = users.get(user);
      if (nodes === undefined || !nodes.delete(node) || nodes.size > 0) return;
      users.delete(user);
      announce({ kind: 'user', app, user, isOnline: false });
    },
    recountConnections(app, connections) {
      const byNode = appEntryOf(holdings, app).connections;
      setOrDelete(byNode, node, connections);
      announce({ kind: 'connections', app, total: sumOf(byNode) });
    },
  };
}

function questions({ holdings, cache }: LedgerParts): Omit<Ledger, Changes | ChangesOfUsers> {
  return {
    online: (app, users) => new Set(users.filter((user) => appEntryOf(holdings, app).users.has(user))),
    count: (app, channel) => countOf(channelEntry(holdings, app, channel)),
    members: (app, channel) => [...(channelEntry(holdings, app, channel)?.members.keys() ?? [])],
    roster: (app, channel) => [...membersOf(channelEntry(holdings, app, channel))],
    channels(app, prefix) {
      const occupied = [...appEntryOf(holdings, app).channels].filter(([name]) => name.startsWith(prefix));
      return new Map(occupied.map(([name, entry]) => [name, countOf(entry)]));
    },
    recall: (app, channel) => cache.recall(app, channel),
    forget: (app) => cache.forget(app),
    connections: (app) => sumOf(appEntryOf(holdings, app).connections),
  };
}

/** Gives back all that the node holds, as if it had left everything by itself. */
export function withdraw(parts: LedgerParts): void {
  const ledger = memoryLedger(parts);
  const { node, holdings } = parts;
  for (const [app, { channels, users, connections }] of holdings) {
    for (const [channel, { members, subscribers }] of channels) {
      if (!subscribers.has(node)) continue;
      const left = [...members].flatMap(([user, { nodes }]) => (nodes.has(node) ? [user] : []));
      for (const member of left) void ledger.leave({ app, channel, subscribers: subscribers.get(node) ?? 0, member });
      void ledger.leave({ app, channel, subscribers: 0, member: null });
      // Nobody else knows that the number has changed, and wants to; where there are members, they are told instead.
      if (channels.get(channel)?.members.size === 0) void ledger.tellCount(app, channel);
    }
    for (const user of users.keys()) void ledger.signOut(app, user);
    if (connections.has(node)) void ledger.recountConnections(app, 0);
  }
}

function setOrDelete<Key>(map: Map<Key, number>, key: Key, value: number): void {
  if (value > 0) map.set(key, value);
  else map.delete(key);
}

function sumOf(counts: ReadonlyMap<unknown, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function appEntryOf(holdings: Holdings, app: AppId): AppEntry {
  const known = holdings.get(app);
  if (known !== undefined) return known;
  const entry: AppEntry = { channels: new Map(), users: new Map(), connections: new Map() };
  holdings.set(app, entry);
  return entry;
}

function channelEntry(holdings: Holdings, app: AppId, channel: ChannelName): ChannelEntry | undefined {
  return holdings.get(app)?.channels.get(channel);
}

type Place = Pick<Exit, 'app' | 'channel'>;

function tellChannel(outbox: Outbox, name: 'channel_occupied' | 'channel_vacated', { app, channel }: Place): void {
  if (outbox.wants(app, name)) outbox.add({ name, app, channel });
}

function tellMember(
  outbox: Outbox,
  name: 'member_added' | 'member_removed',
  { app, channel }: Place,
  user: UserId,
): void {
  if (outbox.wants(app, name)) outbox.add({ name, app, channel, user });
}

function newChannel(): ChannelEntry {
  return { subscribers: new Map(), total: 0, members: new Map() };
}

function isFull(entry: ChannelEntry, { member, maxMembers }: Entrance): boolean {
  return member !== null && entry.members.size >= maxMembers && !entry.members.has(member.userId);
}

function setSubscribers(entry: ChannelEntry, node: NodeNumber, subscribers: number): void {
  entry.total += subscribers - (entry.subscribers.get(node) ?? 0);
  setOrDelete(entry.subscribers, node, subscribers);
}

/** What the others have to know of it; null when nothing has changed. */
function addMember(entry: ChannelEntry, node: NodeNumber, member: Member): MemberChange | null {
  const known = entry.members.get(member.userId);
  if (known === undefined) {
    entry.members.set(member.userId, { member, nodes: new Set([node]) });
    return { what: 'added', member };
  }
  known.nodes.add(node);
  if (known.member.info === member.info) return null;
  known.member = member;
  return { what: 'changed', member };
}

/** True when the user is now in the channel on no node. */
function removeMember(entry: ChannelEntry, node: NodeNumber, user: UserId): boolean {
  const known = entry.members.get(user);
  if (known === undefined || !known.nodes.delete(node) || known.nodes.size > 0) return false;
  return entry.members.delete(user);
}

function* membersOf(entry: ChannelEntry | undefined): Iterable<Member> {
  if (entry === undefined) return;
  for (const { member } of entry.members.values()) yield member;
}

function countOf(entry: ChannelEntry | undefined): ChannelCount {
  return entry === undefined ? NOBODY : { subscribers: entry.total, users: entry.members.size };
}
