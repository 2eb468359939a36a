// Sends what a backend has asked for. A backend that names its request may send it again when no answer came: whatever
// had happened before, each channel gets it exactly once (docs/http-api.md H-10).
import { createHash } from 'node:crypto';
import { type Answer, then } from '../engine/answer.ts';
import type { Engine } from '../engine/engine.ts';
import type { Once } from '../engine/ports.ts';
import { publish, publishAll } from '../engine/publish.ts';
import { parseObject } from '../protocol/client-message.ts';
import { type HttpFault, httpFaults, isRefusal, type Refusal, refusal } from '../protocol/faults.ts';
import type { PublishRequest } from '../protocol/publish-request.ts';
import { type Reply, refused } from './reply.ts';
import type { AppRequest } from './request.ts';
import { spend } from './spend.ts';

const KEY_LENGTH = 255;
/** As long as a signature of that time would still be taken by default. */
const KEPT_SECONDS = 600;
const KEY_FIELD = 'idempotency_key';

/** Tells the backend that the request had been carried out before. */
const REPLAYED = { 'idempotent-replayed': 'true' };

/** Publishes all of the requests or none of them. @param answer what a backend is told when they are sent. */
export function send(
  engine: Engine,
  request: AppRequest,
  requests: readonly PublishRequest[],
  answer: () => Answer<Reply>,
): Answer<Reply> {
  const { app } = request;
  const once = onceOf(request);
  if (once !== null && isRefusal(once)) return refused(once);
  const overdrawn = spend(engine, app, broadcastsOf(requests));
  if (overdrawn !== null) return overdrawn;
  const [first] = requests;
  if (once === null && first !== undefined && requests.length === 1) return then(publish(engine, app, first), answer);
  return then(publishAll(engine, app, requests, once), (published) => {
    if (published === 'conflict') return refused(refusal(httpFaults.idempotencyConflict));
    if (published === 'sent') return answer();
    return then(answer(), (reply) => ({ ...reply, headers: { ...reply.headers, ...REPLAYED } }));
  });
}

function broadcastsOf(requests: readonly PublishRequest[]): number {
  let count = 0;
  for (const { channels } of requests) count += channels.length;
  return count;
}

/** The key comes in the header or, from backends that cannot set one, in the body. Null without. */
function onceOf({ idempotencyKey, path, body }: AppRequest): Once | Refusal<HttpFault> | null {
  const key = idempotencyKey ?? keyOfBody(body);
  if (key === null) return null;
  if (typeof key !== 'string' || key === '' || key.length > KEY_LENGTH) {
    return refusal(httpFaults.badIdempotencyKey, { limit: KEY_LENGTH });
  }
  const digest = createHash('md5').update(`${path}\n${body}`).digest('hex');
  return { key, digest, keptSeconds: KEPT_SECONDS };
}

// Nearly no body has one, and looking for its name costs less than a second look at all that was parsed.
function keyOfBody(body: string): unknown {
  if (!body.includes(`"${KEY_FIELD}"`)) return null;
  return parseObject(body)?.[KEY_FIELD] ?? null;
}
