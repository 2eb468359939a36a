// Questions to all nodes of the cluster, and the way back for what they answer. These are for people who look on: when the
// nodes cannot hear each other, they see what their own node knows.
import type { AppId } from '../protocol/ids.ts';
import { feedTopicOf } from '../protocol/topics.ts';
import { type Answer, then } from './answer.ts';
import type { Engine } from './engine.ts';
import type { Asked, NodeReport, Told } from './ports.ts';

/** The name under which this node asks and tells, of this life of the node. */
export function nodeSource({ feeds, drawSocketId }: Engine): string {
  if (feeds.source === '') feeds.source = drawSocketId();
  return feeds.source;
}

/** All nodes that take part. From the answer on, this node knows its own name. */
export function learnNodes({ feeds, cluster }: Engine): Answer<readonly NodeReport[]> {
  return then(cluster.liveness.nodes(), (nodes) => {
    feeds.node = nodes.find(({ isSelf }) => isSelf)?.name ?? feeds.node;
    return nodes;
  });
}

export function askOthers(engine: Engine, app: AppId, asked: Asked): void {
  quietly(() => engine.cluster.bus.publish({ kind: 'asked', app, asked }));
}

export function tellOthers(engine: Engine, app: AppId, told: Told): void {
  quietly(() => engine.cluster.bus.publish({ kind: 'told', app, told }));
}

/** From the answer on, this node hears what others tell of the app. */
export function listenToFeed(engine: Engine, app: AppId): Promise<void> {
  const { listeners } = engine.feeds;
  const before = listeners.get(app) ?? 0;
  listeners.set(app, before + 1);
  const topic = feedTopicOf(app);
  return new Promise((resolve) =>
    engine.lanes.run(
      topic,
      () => then(before === 0 ? engine.cluster.bus.listen(topic) : undefined, resolve),
      () => resolve(),
    ),
  );
}

export function unlistenToFeed(engine: Engine, app: AppId): void {
  const { listeners } = engine.feeds;
  const left = (listeners.get(app) ?? 1) - 1;
  if (left > 0) return void listeners.set(app, left);
  listeners.delete(app);
  const topic = feedTopicOf(app);
  engine.lanes.run(
    topic,
    () => (listeners.has(app) ? undefined : engine.cluster.bus.unlisten(topic)),
    () => undefined,
  );
}

/** Does what may fail without harm. */
export function quietly(task: () => Answer<void>): void {
  try {
    const answer = task();
    if (answer instanceof Promise) answer.catch(() => undefined);
  } catch {
    // As above.
  }
}
