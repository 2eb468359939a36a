// Nodes on a real Redis as the contract and the tests of the cluster have them: whole clusters without an engine.
import { type RedisClusterHandle, redisCluster } from '../../src/cluster/redis/redis-cluster.ts';
import type { Fact } from '../../src/core/facts.ts';
import type { Cluster, Delivery } from '../../src/engine/ports.ts';
import type { AppId, ChannelName } from '../../src/protocol/ids.ts';
import { topicOf } from '../../src/protocol/topics.ts';
import { parseRedisUrl } from '../../src/redis/address.ts';
import { KeySpace } from '../../src/redis/partitions.ts';
import { systemClock } from '../../src/system/clock.ts';
import { eventually } from './eventually.ts';

export interface LedgerNodeOptions {
  readonly url: string;
  readonly prefix: string;
  readonly name: string;
  readonly wants?: (app: AppId, name: Fact['name']) => boolean;
  readonly failed?: (what: string) => void;
}

const SETTLING = 'settling' as AppId;

export function ledgerNode({ url, prefix, name, wants = () => false, failed }: LedgerNodeOptions): RedisClusterHandle {
  const address = parseRedisUrl(url);
  if (typeof address === 'string') throw new Error(address);
  return redisCluster({
    address,
    ca: null,
    prefix,
    name,
    version: '1.2.3',
    clock: systemClock,
    outbox: { wants },
    observe: (happening) => {
      if (happening.kind === 'failed') failed?.(happening.error);
    },
    randomId: () => crypto.randomUUID(),
  });
}

/** Tells when all nodes have heard what was published so far: each partition has a channel of its own for it. */
export class Settling {
  readonly #channels: readonly ChannelName[];
  readonly #heard: Map<ChannelName, number>[] = [];
  readonly #nodes: readonly Cluster[];
  #rounds = 0;

  constructor(nodes: readonly Cluster[], prefix: string, partitions: number) {
    this.#channels = channelsOfPartitions(new KeySpace(prefix, partitions));
    this.#nodes = nodes.map((node, at) => this.#wrap(node, at));
  }

  /** The nodes; what they hear of settling is taken out. */
  get nodes(): readonly Cluster[] {
    return this.#nodes;
  }

  async settled(): Promise<void> {
    this.#rounds += 1;
    const [first] = this.#nodes;
    if (first === undefined) return;
    const round = this.#rounds;
    const isAbsent = this.#nodes.map(({ liveness }) => liveness.absence !== null);
    const present = this.#nodes.find((_, at) => !isAbsent[at]);
    if (round === 1) {
      const topics = this.#channels.map((channel) => topicOf(SETTLING, channel));
      await Promise.all(
        this.#nodes.flatMap(({ bus }, at) => (isAbsent[at] ? [] : topics.map((topic) => bus.listen(topic)))),
      );
    }
    for (const channel of this.#channels) {
      const frame = String(round);
      await present?.bus.publish({ kind: 'event', app: SETTLING, channel, frame, except: null, keptSeconds: 0 });
    }
    await eventually('an answer of all nodes', () => {
      const isDone = this.#heard.every(
        (heard, at) => isAbsent[at] === true || this.#channels.every((channel) => (heard.get(channel) ?? 0) >= round),
      );
      return Promise.resolve(isDone ? true : null);
    });
  }

  #wrap(node: Cluster, at: number): Cluster {
    const heard = new Map<ChannelName, number>();
    this.#heard[at] = heard;
    const { bus, ledger, liveness } = node;
    const hear = (listener: (delivery: Delivery) => void): void =>
      bus.hear((delivery) => {
        if (delivery.kind !== 'event' || delivery.app !== SETTLING) return listener(delivery);
        heard.set(delivery.channel, Number(delivery.frame));
      });
    return {
      bus: {
        hear,
        publish: (delivery, remember) => bus.publish(delivery, remember),
        publishAll: (publications, once) => bus.publishAll(publications, once),
        listen: (topic) => bus.listen(topic),
        unlisten: (topic) => bus.unlisten(topic),
      },
      ledger,
      liveness,
    };
  }
}

/** A channel in each partition. */
function channelsOfPartitions(keys: KeySpace): readonly ChannelName[] {
  const channels = new Map<number, ChannelName>();
  for (let at = 0; channels.size < keys.partitions; at += 1) {
    const channel = `settling-${at}` as ChannelName;
    channels.set(keys.partitionOf(topicOf(SETTLING, channel)), channel);
  }
  return [...channels.values()];
}

/** Other names for the channels, all in the partition of the first. */
export function channelsTogether(keys: KeySpace, app: AppId, channels: readonly ChannelName[]): readonly ChannelName[] {
  const partition = keys.partitionOf(topicOf(app, channels[0] ?? ('' as ChannelName)));
  return channels.map((channel) => {
    for (let at = 0; ; at += 1) {
      const name = (at === 0 ? channel : `${channel}-${at}`) as ChannelName;
      if (keys.partitionOf(topicOf(app, name)) === partition) return name;
    }
  });
}
