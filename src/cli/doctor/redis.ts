// The check of Redis: whether nodes could work with it, how quickly it answers, and what its settings would do to them.
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { parseRedisUrl } from '../../redis/address.ts';
import { openSession } from '../../redis/session.ts';
import { messageOf } from '../failure.ts';
import { type Check, failed, type Outcome, type Surroundings, skipped } from './check.ts';
import { judgeClock } from './needs.ts';
import { within } from './within.ts';

export const REDIS_CHECKS: readonly Check<Surroundings>[] = [{ name: 'redis', after: [], run: servesNodes }];

const QUESTIONS = 21;
/** Each first join of a channel waits for Redis, and each node gives up after 3 s; such a one is far away. */
const SLOW_MS = 20;

async function servesNodes({ config, timeoutMs }: Surroundings): Promise<Outcome> {
  const { redisUrl, redisCa } = config;
  if (redisUrl === null) return skipped('none is configured: the server would be alone');
  const address = parseRedisUrl(redisUrl);
  if (typeof address === 'string') return failed(`redisUrl ${address}`, 'See docs/operations.md.');
  try {
    const ca = redisCa === null ? null : readFileSync(redisCa, 'utf8');
    const session = await openSession(address, { scripts: [], connectTimeoutMs: timeoutMs, ca, name: 'vask-doctor' });
    session.onEnd(() => {});
    try {
      return await within(timeoutMs, judge(session.commands(0), session.version));
    } finally {
      session.end(new Error('examined'));
    }
  } catch (error) {
    return failed(
      messageOf(error),
      'Check VASK_REDIS_URL: host, port, password, rediss:// for TLS, redis+sentinel:// for sentinels. Vask waits for it, and is not ready meanwhile.',
    );
  }
}

async function judge(redis: Redis, version: string): Promise<Outcome> {
  const times: number[] = [];
  for (let asked = 0; asked < QUESTIONS; asked++) {
    const startMs = performance.now();
    await redis.time();
    times.push(performance.now() - startMs);
  }
  const median = times.toSorted((a, b) => a - b)[QUESTIONS >> 1] ?? 0;
  const policy = await policyOf(redis);
  const told = policy === null ? 'its settings may not be read' : `maxmemory-policy ${policy}`;
  const detail = `version ${version}, median answer ${median.toFixed(1)} ms, ${told}`;
  if (policy !== null && policy !== 'noeviction') {
    return failed(
      detail,
      'Set maxmemory-policy noeviction: what is evicted would be members who are gone for some and there for others.',
    );
  }
  if (median > SLOW_MS) {
    return failed(
      detail,
      'Put it nearer to the nodes, or on a calmer machine: each first join of a channel waits for it.',
    );
  }
  const [seconds, microseconds] = await redis.time();
  return judgeClock(Number(seconds) * 1000 + Number(microseconds) / 1000, Date.now(), detail);
}

/** INFO is not among the rights that nodes need, so it may be refused. */
async function policyOf(redis: Redis): Promise<string | null> {
  try {
    return /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory'))?.[1] ?? null;
  } catch {
    return null;
  }
}
