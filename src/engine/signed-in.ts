// Who is signed in, on all nodes: each is asked, and what has not answered in time is not waited for. This is for people
// who look; nothing is counted by it.
import type { SignedInUser } from '../core/feed.ts';
import type { AppId } from '../protocol/ids.ts';
import { askOthers, learnNodes, listenToFeed, nodeSource, unlistenToFeed } from './ask-nodes.ts';
import type { Engine } from './engine.ts';
import { byCode, signedInHere } from './signed-in-here.ts';

const WAIT_MS = 300;

/** At most so many users, in the order of their ids, of those after that one. */
export async function signedIn(
  engine: Engine,
  app: AppId,
  limit: number,
  after: string,
): Promise<readonly SignedInUser[]> {
  const { feeds, drawSocketId } = engine;
  const nodes = await nodesOf(engine);
  const question = { id: drawSocketId(), app, limit, after };
  const users = new Map<string, SignedInUser>();
  const take = (answered: readonly SignedInUser[]): void => {
    for (const user of answered) users.set(user.id, joined(users.get(user.id), user));
  };
  take(signedInHere(engine, question));
  if (nodes.length > 1) {
    const source = nodeSource(engine);
    await listenToFeed(engine, app);
    feeds.questions.set(question.id, take);
    askOthers(engine, app, { what: 'users', source, question });
    await new Promise<void>((resolve) => void engine.clock.after(WAIT_MS, resolve));
    feeds.questions.delete(question.id);
    unlistenToFeed(engine, app);
  }
  return [...users.values()].sort((one, other) => byCode(one.id, other.id)).slice(0, limit);
}

async function nodesOf(engine: Engine) {
  try {
    return await learnNodes(engine);
  } catch {
    // The nodes cannot agree: then there is nobody else to ask.
    return [];
  }
}

function joined(one: SignedInUser | undefined, other: SignedInUser): SignedInUser {
  if (one === undefined) return other;
  return {
    id: one.id,
    connections: [...one.connections, ...other.connections],
    watchlist: [...new Set([...one.watchlist, ...other.watchlist])],
  };
}
