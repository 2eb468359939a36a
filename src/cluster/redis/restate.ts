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

/**
 * How much is under way at once: enough that nothing waits for the network. All nodes do this at the same time when Redis
 * was away, and the beats of each wait behind what all of them have sent: those of a hundred nodes must not wait for
 * seconds, or their lives would end before they have said everything, again and again.
 */
const THINGS_AT_ONCE = 500;
const MEMBERS_IN_ONE_STEP = 50;

interface Step {
  readonly partition: number;
  readonly script: Script;
  readonly args: readonly (string | number)[];
  /** How many members, or other things, are said with it. */
  readonly things: number;
}

export async function restate(life: Life, holdings: Iterable<Holding>, outbox: Pick<Outbox, 'wants'>): Promise<void> {
  let underWay: Promise<unknown>[] = [];
  let things = 0;
  for (const holding of holdings) {
    for (const step of stepsOf(life, holding, outbox)) {
      underWay.push(life.change(step.partition, step.script, step.args));
      things += step.things;
      if (things < THINGS_AT_ONCE) continue;
      await Promise.all(underWay);
      underWay = [];
      things = 0;
    }
  }
  await Promise.all(underWay);
}

function* stepsOf({ keys }: Life, holding: Holding, outbox: Pick<Outbox, 'wants'>): Iterable<Step> {
  switch (holding.kind) {
    case 'user': {
      const partition = keys.partitionOf(watchTopicOf(holding.app, holding.user));
      yield { partition, script: steps.signIn, args: [holding.app, packText(holding.user)], things: 1 };
      return;
    }
    case 'connections': {
      const partition = keys.partitionOf(appTopicOf(holding.app));
      yield { partition, script: steps.recountConnections, args: [holding.app, holding.connections], things: 1 };
      return;
    }
    case 'channel': {
      const { app, channel, subscribers, members } = holding;
      const partition = keys.partitionOf(topicOf(app, channel));
      // Facts also when Redis has lost everything: those that nobody had read went with it, and whoever had settled the
      // others may have ended. If not, it knows what it has told, and tells nobody twice.
      const place = [app, packText(channel), subscribers, wantedOf(outbox, app)];
      // At least once: most channels have no members.
      for (let at = 0; at === 0 || at < members.length; at += MEMBERS_IN_ONE_STEP) {
        const slice = members.slice(at, at + MEMBERS_IN_ONE_STEP);
        const said = slice.flatMap((member) => [packText(member.userId), member.info, encodeMember(member)]);
        yield { partition, script: steps.restate, args: [...place, ...said], things: 1 + slice.length };
      }
    }
  }
}
