// Saying anew all that the node holds, at the beginning of a life. It moves from the earlier ids to the new one thing by
// thing, so nothing is announced of what has not changed.
import type { Holding, Outbox } from '../../engine/ports.ts';
import { appTopicOf, topicOf, watchTopicOf } from '../../protocol/topics.ts';
import type { Script } from '../../redis/script.ts';
import { packText } from '../../redis/text.ts';
import { wantedOf } from './facts.ts';
import type { Life } from './life.ts';
import { steps } from './scripts.ts';
import { encodeMember } from './wire.ts';

/** How much is under way at once: enough that nothing waits for the network, and a small part of memory. */
const STEPS_AT_ONCE = 500;
const MEMBERS_IN_ONE_STEP = 50;

interface Restating {
  readonly outbox: Pick<Outbox, 'wants'>;
  /** Partitions that have lost everything, and with it what was told of it: it is not told a second time. */
  readonly lost: ReadonlySet<number>;
}

interface Step {
  readonly partition: number;
  readonly script: Script;
  readonly args: readonly (string | number)[];
}

export async function restate(life: Life, holdings: Iterable<Holding>, restating: Restating): Promise<void> {
  let underWay: Promise<unknown>[] = [];
  for (const holding of holdings) {
    for (const { partition, script, args } of stepsOf(life, holding, restating)) {
      underWay.push(life.change(partition, script, args));
    }
    if (underWay.length < STEPS_AT_ONCE) continue;
    await Promise.all(underWay);
    underWay = [];
  }
  await Promise.all(underWay);
}

function* stepsOf({ keys }: Life, holding: Holding, restating: Restating): Iterable<Step> {
  switch (holding.kind) {
    case 'user': {
      const partition = keys.partitionOf(watchTopicOf(holding.app, holding.user));
      yield { partition, script: steps.signIn, args: [holding.app, packText(holding.user)] };
      return;
    }
    case 'connections': {
      const partition = keys.partitionOf(appTopicOf(holding.app));
      yield { partition, script: steps.recountConnections, args: [holding.app, holding.connections] };
      return;
    }
    case 'channel': {
      const { app, channel, subscribers, members } = holding;
      const partition = keys.partitionOf(topicOf(app, channel));
      const wanted = restating.lost.has(partition) ? '' : wantedOf(restating.outbox, app);
      const place = [app, packText(channel), subscribers, wanted];
      // At least once: most channels have no members.
      for (let at = 0; at === 0 || at < members.length; at += MEMBERS_IN_ONE_STEP) {
        const slice = members.slice(at, at + MEMBERS_IN_ONE_STEP);
        const said = slice.flatMap((member) => [packText(member.userId), member.info, encodeMember(member)]);
        yield { partition, script: steps.restate, args: [...place, ...said] };
      }
    }
  }
}
