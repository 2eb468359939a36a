// Asks the tables in which the nodes say who is there (docs/webhooks.md, W-6.4).
import { topicOf } from '../../protocol/topics.ts';
import type { KeySpace } from '../../redis/partitions.ts';
import type { RedisSession } from '../../redis/session.ts';
import { packText } from '../../redis/text.ts';
import { type SubjectKey, subjectOfKey } from '../settle.ts';

/** Those of the channels and members that no node has. */
export async function absentAmong(
  session: RedisSession,
  keys: KeySpace,
  subjects: readonly SubjectKey[],
): Promise<readonly SubjectKey[]> {
  const asked = subjects.map((subject) => {
    const { app, channel, user } = subjectOfKey(subject);
    const partition = keys.partitionOf(topicOf(app, channel));
    const redis = session.commands(partition);
    const name = `${app}/${packText(channel)}`;
    if (user === null) return redis.exists(keys.key(partition, `channel:${name}`));
    return redis.hexists(keys.key(partition, `members:${name}`), packText(user));
  });
  const answers = await Promise.all(asked);
  return subjects.filter((_, index) => answers[index] === 0);
}
