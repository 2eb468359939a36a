// What the first process of `vask serve --workers` has for the others: the cluster and the webhooks, on a line to each of
// them. With Redis the nodes agree there, and the line only carries what the two processes tell each other.

import { setupLink, setupToken } from '../admin/setup.ts';
import { type Broker, openBroker } from '../cluster/broker/broker.ts';
import type { BrokerLine } from '../cluster/broker/desk.ts';
import { memoryWorld } from '../cluster/memory.ts';
import type { Config } from '../config/schema.ts';
import { createApp } from '../core/app.ts';
import { type RememberedApps, rememberApps } from '../storage/remembered.ts';
import type { Store } from '../storage/store.ts';
import { systemClock } from '../system/clock.ts';
import { socketPlace } from '../system/socket-path.ts';
import type { Sample } from '../telemetry/exposition.ts';
import type { Logger } from '../telemetry/logger.ts';
import { answerWith } from '../webhooks/remote.ts';
import type { Webhooks } from '../webhooks/webhooks.ts';
import { baseUrlOf } from './listeners.ts';
import { openWebhooks, webhookApps } from './webhooks.ts';
import type { Asked, Told, WorkerNews } from './worker-line.ts';

export interface FirstProcess {
  /** The socket that workers connect to. */
  readonly path: string;
  /** Where the first admin is made, given where the workers listen; null when there is one. */
  setupLink(urls: readonly string[]): Promise<string | null>;
  /** Takes up the apps of the configuration. */
  reload(next: Config): void;
  /** Closes what was opened; all lines end. */
  stop(): Promise<void>;
}

export interface FirstProcessEvents {
  /** The configuration of that worker. */
  configOf(worker: number): Config;
  told(news: WorkerNews, line: BrokerLine): void;
  ended(line: BrokerLine, why: string): void;
  /** Those of all workers. */
  metrics(): Promise<readonly Sample[]>;
}

type Closers = (() => Promise<unknown> | unknown)[];

/**
 * Rejects when the webhook journal or the socket cannot be opened; nothing is left open then.
 * @param store is closed with the process.
 */
export async function openFirstProcess(
  config: Config,
  logger: Logger,
  store: Store,
  events: FirstProcessEvents,
): Promise<FirstProcess> {
  const closers: Closers = [() => store.close()];
  const stop = async (): Promise<void> => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  try {
    const work = config.redisUrl === null ? await openWork(config, logger, store, closers) : null;
    const world = memoryWorld(systemClock, work?.webhooks.outbox);
    // An app has changed: what its endpoints are now, the facts that follow are for.
    world.join().bus.hear(({ kind }) => void (kind === 'apps' && work?.catchUp()));
    const place = await socketPlace(config.dataDirectory);
    closers.push(() => place.remove());
    const broker: Broker = openBroker({
      path: place.path,
      world,
      clock: systemClock,
      desk: {
        // Workers are of the same build as this process.
        ask: (asked) => answer(asked as Asked, events, work),
        told(said, line) {
          const news = said as Told;
          if (news.kind === 'fact') work?.webhooks.outbox.add(news.fact);
          else events.told(news, line);
        },
        ended: (line, why) => events.ended(line, why),
      },
    });
    closers.push(() => broker.stop());
    return {
      path: place.path,
      reload: (next) => work?.reload(next),
      async setupLink(urls) {
        const token = await setupToken(store, systemClock);
        const listeners = urls.map((url) => ({ url: new URL(url) }));
        return token === null ? null : setupLink(baseUrlOf(config, listeners), token);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function answer(asked: Asked, events: FirstProcessEvents, work: Work | null): Promise<unknown> {
  if (asked.what === 'config') return events.configOf(asked.worker);
  if (asked.what === 'metrics') return await events.metrics();
  if (work === null) throw new Error('The nodes have one outbox, in Redis.');
  await work.catchUp();
  return await answerWith(work.webhooks, asked);
}

interface Work {
  readonly webhooks: Webhooks;
  reload(next: Config): void;
  /** Takes up what has changed in the store. */
  catchUp(): Promise<void>;
}

/** The webhooks of all workers, which are told what has changed as every server is. */
async function openWork(config: Config, logger: Logger, store: Store, closers: Closers): Promise<Work> {
  const failed = (error: unknown): void =>
    logger.log('error', 'failed', {
      doing: 'reading changes of apps',
      error: error instanceof Error ? error.message : String(error),
    });
  let current = config;
  const fixed = config.apps.map((settings) => createApp(settings));
  let configure = (): void => undefined;
  const remembered: RememberedApps = await rememberApps(store, fixed, () => configure());
  const webhooks = await openWebhooks(config, logger, store, remembered);
  closers.push(() => webhooks.stop());
  configure = () => webhooks.configure(webhookApps(current, remembered));
  closers.push(remembered.poll(systemClock, failed));
  return {
    webhooks,
    reload(next) {
      current = next;
      remembered.fix(next.apps.map((settings) => createApp(settings)));
    },
    catchUp: () => remembered.catchUp().catch(failed),
  };
}
