// Nodes ask each other what happens in an app, and who is signed in; here the questions and the answers arrive.
import type { AppId } from '../protocol/ids.ts';
import { then } from './answer.ts';
import { learnNodes, quietly, tellOthers } from './ask-nodes.ts';
import type { Engine } from './engine.ts';
import { openFeed } from './observe-feeds.ts';
import type { Asked, Delivery, Told } from './ports.ts';
import { signedInHere } from './signed-in-here.ts';

export function hearFeed(engine: Engine, delivery: Extract<Delivery, { kind: 'asked' | 'told' }>): void {
  if (delivery.kind === 'asked') hearQuestion(engine, delivery.app, delivery.asked);
  else hearAnswer(engine, delivery.app, delivery.told);
}

function hearQuestion(engine: Engine, app: AppId, asked: Asked): void {
  // What this node asks the others, it knows of itself.
  if (asked.source === engine.feeds.source) return;
  if (asked.what === 'feed') {
    const feed = openFeed(engine, app);
    feed.askedUntilMs = Math.max(feed.askedUntilMs, engine.clock.now() + asked.seconds * 1000);
    return;
  }
  const { question } = asked;
  quietly(() =>
    then(learnNodes(engine), () => {
      const users = signedInHere(engine, question);
      if (users.length > 0) tellOthers(engine, app, { what: 'users', question: question.id, users });
    }),
  );
}

function hearAnswer({ feeds, clock }: Engine, app: AppId, told: Told): void {
  if (told.what === 'users') return feeds.questions.get(told.question)?.(told.users);
  const feed = feeds.of(app);
  if (feed !== undefined && feed.watchers.size > 0 && told.part.source !== feeds.source) {
    feed.hear(told.part, clock.now());
  }
}
