// A worker's line to the first process of `vask serve --workers`: its way to the cluster and to the webhooks, and what the
// two processes tell each other. With Redis the nodes agree there, and only the last is left.
import { brokerCluster } from '../cluster/broker/cluster.ts';
import type { Config } from '../config/schema.ts';
import type { Fact } from '../core/facts.ts';
import type { Cluster } from '../engine/ports.ts';
import { systemClock } from '../system/clock.ts';
import type { Sample } from '../telemetry/exposition.ts';
import type { Question } from '../webhooks/messages.ts';
import { remoteWebhooks } from '../webhooks/remote.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { nameOfNode } from './cluster.ts';

/** What a worker tells of itself. */
export type WorkerNews =
  /** With its first word. */
  | { readonly kind: 'here'; readonly worker: number }
  | {
      readonly kind: 'started';
      readonly urls: readonly string[];
      readonly appCount: number;
      readonly maxConnections: number;
    }
  | { readonly kind: 'metrics'; readonly question: number; readonly samples: readonly Sample[] }
  /** It goes by itself, as somebody has asked of it. */
  | { readonly kind: 'stopping' };

/** What a worker is told to do. */
export type WorkerOrder =
  | { readonly what: 'stop' }
  /** The configuration is another one, or a certificate. */
  | { readonly what: 'reload'; readonly config: Config }
  /** It tells its metrics, with the number of the question. */
  | { readonly what: 'metrics'; readonly question: number };

export type Told = WorkerNews | { readonly kind: 'fact'; readonly fact: Fact };

/** What a worker asks the first process. */
export type Asked =
  | Question
  | { readonly what: 'config'; readonly worker: number }
  /** Those of all workers. */
  | { readonly what: 'metrics' };

export interface WorkerPlace {
  /** 1 for the first one. */
  readonly worker: number;
  /** The socket of the first process. */
  readonly path: string;
  /** Empty when it is made of the host and the process. */
  readonly nodeName: string;
}

export interface WorkerLine {
  /** As the first process has read it: were it read again, two workers might have two. */
  readonly config: Config;
  /** Undefined when the nodes agree in Redis. */
  readonly shared: { readonly cluster: Cluster; readonly webhooks: Webhooks } | undefined;
  tell(news: WorkerNews): void;
  /** The metrics of all workers. */
  metrics(): Promise<readonly Sample[]>;
  /** Nothing keeps the process any more. */
  stop(): void;
}

export interface WorkerLineEvents {
  onOrder(order: WorkerOrder): void;
  /** Something that came on the line could not be dealt with. */
  onFailure(error: unknown): void;
  /** The first process is gone, or takes this one for gone. */
  onEnd(why: string): void;
}

/** Rejects when there is no first process. */
export async function openWorkerLine(
  { worker, path, nodeName }: WorkerPlace,
  version: string,
  { onOrder, onFailure, onEnd }: WorkerLineEvents,
): Promise<WorkerLine> {
  const line = await brokerCluster({
    path,
    node: { name: nameOfNode(nodeName), version },
    clock: systemClock,
    // The first process is of the same build as this one.
    onOrder: (order) => onOrder(order as WorkerOrder),
    onFailure,
    onEnd,
  });
  const tell = (said: Told): void => line.tell(said);
  const ask = (question: Asked): Promise<unknown> => line.ask(question);
  tell({ kind: 'here', worker });
  const config = (await ask({ what: 'config', worker })) as Config;
  const webhooks = remoteWebhooks({ add: (fact) => tell({ kind: 'fact', fact }), ask });
  return {
    config,
    shared: config.redisUrl === null ? { cluster: line.cluster, webhooks } : undefined,
    tell,
    metrics: async () => (await ask({ what: 'metrics' })) as readonly Sample[],
    stop: () => line.stop(),
  };
}
