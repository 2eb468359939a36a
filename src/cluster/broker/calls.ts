// Everything that a worker may ask, by name: what is done at the broker, with arguments and answers that are JSON as they
// are. The worker's side has its types from this table.
import { type Answer, then } from '../../engine/answer.ts';
import type { Cluster, Delivery, Entrance, Exit, LoadReport, Once, Publication, Remember } from '../../engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../protocol/ids.ts';
import type { NodeName } from '../memory.ts';

/** A worker's place at the broker. */
export interface Place {
  /** Throws before the worker has told its name. */
  readonly cluster: Cluster;
  name(node: NodeName): void;
  join(load: LoadReport): Answer<void>;
  beat(load: LoadReport): void;
  listen(topic: string): void;
  unlisten(topic: string): void;
  ask(question: unknown): Promise<unknown>;
}

const CALLS = {
  ask: (place: Place, question: unknown) => place.ask(question),
  beat: (place: Place, load: LoadReport) => place.beat(load),
  channels: ({ cluster }: Place, app: AppId, prefix: string) =>
    then(cluster.ledger.channels(app, prefix), (channels) => [...channels]),
  connections: ({ cluster }: Place, app: AppId) => cluster.ledger.connections(app),
  count: ({ cluster }: Place, app: AppId, channel: ChannelName) => cluster.ledger.count(app, channel),
  enter: ({ cluster }: Place, entrance: Entrance) =>
    then(cluster.ledger.enter(entrance), (entered) => {
      if (entered === 'full') return entered;
      return { ...entered, members: entered.members === null ? null : [...entered.members] };
    }),
  forget: ({ cluster }: Place, app: AppId) => cluster.ledger.forget(app),
  join: (place: Place, load: LoadReport) => place.join(load),
  leave: ({ cluster }: Place, exit: Exit) => cluster.ledger.leave(exit),
  listen: (place: Place, topic: string) => place.listen(topic),
  members: ({ cluster }: Place, app: AppId, channel: ChannelName) => cluster.ledger.members(app, channel),
  name: (place: Place, node: NodeName) => place.name(node),
  nodes: ({ cluster }: Place) => cluster.liveness.nodes(),
  online: ({ cluster }: Place, app: AppId, users: readonly UserId[]) =>
    then(cluster.ledger.online(app, users), (online) => [...online]),
  publish: ({ cluster }: Place, delivery: Delivery, remember: Remember | null) =>
    cluster.bus.publish(delivery, remember ?? undefined),
  publishAll: ({ cluster }: Place, publications: readonly Publication[], once: Once | null) =>
    cluster.bus.publishAll(publications, once),
  recall: ({ cluster }: Place, app: AppId, channel: ChannelName) => cluster.ledger.recall(app, channel),
  recount: ({ cluster }: Place, app: AppId, channel: ChannelName, subscribers: number) =>
    cluster.ledger.recount(app, channel, subscribers),
  recountConnections: ({ cluster }: Place, app: AppId, connections: number) =>
    cluster.ledger.recountConnections(app, connections),
  roster: ({ cluster }: Place, app: AppId, channel: ChannelName) => cluster.ledger.roster(app, channel),
  signIn: ({ cluster }: Place, app: AppId, user: UserId) => cluster.ledger.signIn(app, user),
  signOut: ({ cluster }: Place, app: AppId, user: UserId) => cluster.ledger.signOut(app, user),
  tellCount: ({ cluster }: Place, app: AppId, channel: ChannelName) => cluster.ledger.tellCount(app, channel),
  unlisten: (place: Place, topic: string) => place.unlisten(topic),
  withdraw: ({ cluster }: Place) => cluster.liveness.withdraw(),
};

type Calls = typeof CALLS;
export type CallName = keyof Calls;
export type CallArguments<Name extends CallName> =
  Parameters<Calls[Name]> extends [Place, ...infer Rest] ? Rest : never;
export type CallAnswer<Name extends CallName> = Awaited<ReturnType<Calls[Name]>>;

/** @throws when there is no such call, or as the call does. */
export function perform(name: string, place: Place, given: readonly unknown[]): Answer<unknown> {
  if (!Object.hasOwn(CALLS, name)) throw new Error(`The broker knows no call "${name}".`);
  // The worker has filled in what the table asks for: it is of the same build.
  const call = CALLS[name as CallName] as (place: Place, ...given: readonly unknown[]) => Answer<unknown>;
  return call(place, ...given);
}
