// A process with some ledger nodes, started by ledger-crowd.ts: argv is the address of Redis, the number of the first node and how many
// there are. It does what it is told over the channel between the two processes, and says how it went.
import type { Delivery, EventDelivery } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, UserId } from '../../src/protocol/ids.ts';
import { topicOf } from '../../src/protocol/topics.ts';
import { type LedgerNode, openLedgerNode } from './ledger-node.ts';

export type LedgerOrder =
  /** All nodes come into channels of their own, and leave them again, so many at once in the whole process. */
  | { readonly what: 'join'; readonly ms: number; readonly atOnce: number; readonly isPresence: boolean }
  /** All nodes listen to one channel. */
  | { readonly what: 'listen' }
  /** The first node publishes there; 0 is as fast as it is answered. */
  | { readonly what: 'publish'; readonly ms: number; readonly perSecond: number }
  | { readonly what: 'heard' }
  /** The first node holds so many things: of ten, four channels, two presence channels with a member, two users. */
  | { readonly what: 'hold'; readonly entries: number }
  | { readonly what: 'end' };

export interface LedgerAnswer {
  /** How often it was done. */
  readonly count: number;
  readonly ms: number;
  /** Of deliveries, when they are timed. */
  readonly latenciesMs: readonly number[];
}

const APP = '1001' as AppId;
const FAN = 'fan' as ChannelName;
const WINDOW = 16;
const HOLD_AT_ONCE = 500;
const MAX_MEMBERS = 100;

const [url = '', first = '0', count = '1'] = process.argv.slice(2);
let heard = 0;
let latenciesMs: number[] = [];
const nodes: LedgerNode[] = [];

// All processes of a machine count from the same moment.
const now = (): number => performance.timeOrigin + performance.now();

function hear(delivery: Delivery): void {
  if (delivery.kind !== 'event') return;
  heard++;
  latenciesMs.push(now() - Number(delivery.frame.slice(0, delivery.frame.indexOf(' '))));
}

function nodeAt(at: number): LedgerNode {
  const node = nodes[at % nodes.length];
  if (node === undefined) throw new Error('There are no nodes.');
  return node;
}

async function enter(node: LedgerNode, channel: ChannelName, isPresence: boolean): Promise<void> {
  const member = isPresence ? { userId: 'somebody' as UserId, info: '{"name":"Somebody"}' } : null;
  await node.cluster.bus.listen(topicOf(APP, channel));
  await node.cluster.ledger.enter({ app: APP, channel, subscribers: 1, member, maxMembers: MAX_MEMBERS });
}

async function leave({ cluster }: LedgerNode, channel: ChannelName, isPresence: boolean): Promise<void> {
  const member = isPresence ? ('somebody' as UserId) : null;
  await cluster.ledger.leave({ app: APP, channel, subscribers: 0, member });
  await cluster.bus.unlisten(topicOf(APP, channel));
}

async function join(ms: number, atOnce: number, isPresence: boolean): Promise<LedgerAnswer> {
  const startMs = now();
  let joined = 0;
  const one = async (at: number): Promise<void> => {
    const node = nodeAt(at);
    const channel = `${isPresence ? 'presence-' : ''}${first}-${at}` as ChannelName;
    while (now() - startMs < ms) {
      await enter(node, channel, isPresence);
      joined++;
      await leave(node, channel, isPresence);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, at) => one(at)));
  return { count: joined, ms: now() - startMs, latenciesMs: [] };
}

async function publish(ms: number, perSecond: number): Promise<LedgerAnswer> {
  const { bus } = nodeAt(0).cluster;
  const fill = 'x'.repeat(200);
  const startMs = now();
  let sent = 0;
  const one = async (): Promise<void> => {
    sent++;
    const delivery: EventDelivery = {
      kind: 'event',
      app: APP,
      channel: FAN,
      frame: `${now()} ${fill}`,
      except: null,
      keptSeconds: 0,
    };
    await bus.publish(delivery);
  };
  const flatOut = async (): Promise<void> => {
    while (now() - startMs < ms) await one();
  };
  if (perSecond === 0) await Promise.all(Array.from({ length: WINDOW }, flatOut));
  else {
    while (now() - startMs < ms) {
      await one();
      await Bun.sleep(Math.max(0, (sent * 1_000) / perSecond - (now() - startMs)));
    }
  }
  return { count: sent, ms: now() - startMs, latenciesMs: [] };
}

async function hold(entries: number): Promise<LedgerAnswer> {
  const node = nodeAt(0);
  const startMs = now();
  const one = async (at: number): Promise<void> => {
    const kind = at % 8;
    if (kind < 4) await enter(node, `held-${at}` as ChannelName, false);
    else if (kind < 6) await enter(node, `presence-held-${at}` as ChannelName, true);
    else await node.cluster.ledger.signIn(APP, `user-${at}` as UserId);
  };
  // A presence channel with its member is two things.
  const steps = (entries * 8) / 10;
  for (let at = 0; at < steps; at += HOLD_AT_ONCE) {
    const slice = Math.min(HOLD_AT_ONCE, steps - at);
    await Promise.all(Array.from({ length: slice }, (_, next) => one(at + next)));
  }
  return { count: entries, ms: now() - startMs, latenciesMs: [] };
}

async function obey(order: LedgerOrder): Promise<LedgerAnswer> {
  switch (order.what) {
    case 'join':
      return await join(order.ms, order.atOnce, order.isPresence);
    case 'listen':
      await Promise.all(nodes.map(({ cluster }) => cluster.bus.listen(topicOf(APP, FAN))));
      return { count: nodes.length, ms: 0, latenciesMs: [] };
    case 'publish':
      return await publish(order.ms, order.perSecond);
    case 'heard': {
      const answer = { count: heard, ms: 0, latenciesMs };
      heard = 0;
      latenciesMs = [];
      return answer;
    }
    case 'hold':
      return await hold(order.entries);
    case 'end':
      await Promise.all(nodes.map((node) => node.stop()));
      return { count: nodes.length, ms: 0, latenciesMs: [] };
  }
}

process.on('message', (order: LedgerOrder) => {
  obey(order)
    .then((answer) => {
      process.send?.(answer);
      if (order.what === 'end') process.disconnect?.();
    })
    .catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
});
// Nobody is left to tell it anything.
process.on('disconnect', () => process.exit(0));
for (let at = 0; at < Number(count); at++) {
  nodes.push(await openLedgerNode(url, `node-${Number(first) + at}`, hear));
}
process.send?.({ count: nodes.length, ms: 0, latenciesMs: [] } satisfies LedgerAnswer);
