// While somebody watches an app, here or on another node, the engine is observed; else nothing of this runs. What was seen
// is handed on ten times a second, within bounds.
import type { AppFeed } from '../core/app-feed.ts';
import type { Sample } from '../core/feed.ts';
import type { Happening, Traffic } from '../core/happenings.ts';
import { addedSince, NO_USAGE } from '../core/usage.ts';
import type { AppId } from '../protocol/ids.ts';
import { then } from './answer.ts';
import { askOthers, learnNodes, nodeSource, quietly, tellOthers } from './ask-nodes.ts';
import type { Engine } from './engine.ts';
import { entryOfHappening, entryOfTraffic } from './feed-entries.ts';

const TELL_MS = 100;
const TELLS_PER_SECOND = 10;
const TELLS_PER_QUESTION = 20;
const TELLS_PER_COUNT = 100;
/** Longer than two questions are apart, so that one may be lost. */
const ASKED_SECONDS = 6;

/** The feed of the app. From here on the engine is observed. */
export function openFeed(engine: Engine, app: AppId): AppFeed {
  const { feeds, spaces, clock } = engine;
  const known = feeds.of(app);
  if (known !== undefined) return known;
  const feed = feeds.open(app, clock.now());
  feed.counted = addedSince(NO_USAGE, spaces.get(app)?.usage ?? NO_USAGE);
  if (feeds.end === null) begin(engine);
  return feed;
}

/** Nobody may be left who watches; without any the engine is observed no more. */
export function closeFeeds({ feeds, clock }: Engine): void {
  for (const feed of [...feeds.all()]) {
    if (feed.watchers.size === 0 && feed.askedUntilMs <= clock.now()) feeds.close(feed.app);
  }
  if (feeds.size === 0) feeds.end?.();
}

/** Asks the other nodes to tell what happens in the app. */
export function askForFeed(engine: Engine, app: AppId): void {
  askOthers(engine, app, { what: 'feed', source: nodeSource(engine), seconds: ASKED_SECONDS });
}

function begin(engine: Engine): void {
  const { feeds, observe, observeTraffic, clock } = engine;
  nodeSource(engine);
  quietly(() => then(learnNodes(engine), () => undefined));
  engine.observe = (happening) => {
    observe(happening);
    noteHappening(engine, happening);
  };
  engine.observeTraffic = (traffic) => {
    observeTraffic?.(traffic);
    noteTraffic(engine, traffic);
  };
  let tells = 0;
  const endTelling = clock.every(TELL_MS, () => {
    tells++;
    if (tells % TELLS_PER_QUESTION === 0) closeFeeds(engine);
    for (const feed of feeds.all()) tell(engine, feed, tells);
  });
  feeds.end = () => {
    endTelling();
    engine.observe = observe;
    engine.observeTraffic = observeTraffic;
    feeds.closing.clear();
    feeds.end = null;
  };
}

function noteHappening({ feeds, clock }: Engine, happening: Happening): void {
  const app = 'app' in happening ? happening.app : null;
  if (app === null) {
    if (happening.kind === 'closed') return;
    const make = () => feeds.entry(entryOfHappening(happening), clock.now());
    for (const feed of feeds.all()) feed.tell(make, true);
    return;
  }
  const feed = feeds.of(app);
  if (feed === undefined) return;
  if (happening.kind === 'closed') return void feeds.closing.set(happening.socketId, happening.text);
  const why = happening.kind === 'disconnected' ? feeds.closing.get(happening.socketId) : undefined;
  if (happening.kind === 'disconnected') feeds.closing.delete(happening.socketId);
  feed.tell(() => feeds.entry(entryOfHappening(happening, why), clock.now()));
}

function noteTraffic({ feeds, clock }: Engine, traffic: Traffic): void {
  feeds.of(traffic.app)?.tell(() => feeds.entry(entryOfTraffic(traffic), clock.now()));
}

function tell(engine: Engine, feed: AppFeed, tells: number): void {
  const { feeds, clock } = engine;
  const nowMs = clock.now();
  const isSecond = tells % TELLS_PER_SECOND === 0;
  const part = feed.take(feeds.source, isSecond ? sampleOf(engine, feed, nowMs) : null);
  if (part !== null && feed.askedUntilMs > nowMs) tellOthers(engine, feed.app, { what: 'feed', part });
  if (feed.watchers.size === 0) {
    if (isSecond) feed.endSecond(feeds.source, nowMs);
    return;
  }
  if (part !== null) feed.hear(part, nowMs);
  feed.show();
  if (isSecond) feed.endSecond(feeds.source, nowMs);
  if (tells % TELLS_PER_QUESTION === 0) askForFeed(engine, feed.app);
  if (tells % TELLS_PER_COUNT === 0) countChannels(engine, feed);
}

/** What this node has to add to the sample of all nodes. */
function sampleOf({ spaces }: Engine, feed: AppFeed, atMs: number): Sample {
  const space = spaces.get(feed.app);
  const usage = space?.usage ?? NO_USAGE;
  const { broadcasts, messagesIn, messagesOut, bytesIn, bytesOut, errors } = addedSince(feed.counted, usage);
  feed.counted = addedSince(NO_USAGE, usage);
  let channels = 0;
  for (const { subscribers, kind } of space?.channels.values() ?? []) {
    if (subscribers > 0 && !kind.serverToUser) channels++;
  }
  const flow = { publishes: broadcasts, messagesIn, messagesOut, bytesIn, bytesOut, errors };
  return { atMs, connections: space?.connections.size ?? 0, channels, ...flow };
}

/** The same channel may be occupied on several nodes, so only the ledger knows how many there are. */
function countChannels(engine: Engine, feed: AppFeed): void {
  if (!feed.hasOthers(engine.feeds.source)) {
    feed.channelsOfAll = null;
    return;
  }
  quietly(() =>
    then(engine.cluster.ledger.channels(feed.app, ''), ({ size }) => {
      feed.channelsOfAll = size;
    }),
  );
}
