// POST users/ID/events and POST users/ID/terminate_connections (H-7).
import { type Answer, then } from '../engine/answer.ts';
import type { Engine } from '../engine/engine.ts';
import { requestForUser } from '../engine/publish.ts';
import { terminate } from '../engine/terminate.ts';
import { parseObject } from '../protocol/client-message.ts';
import { httpFaults, isRefusal, refusal } from '../protocol/faults.ts';
import type { UserId } from '../protocol/ids.ts';
import { decodeNameAndData } from '../protocol/publish-request.ts';
import { EMPTY, type Reply, refused } from './reply.ts';
import type { AppRequest } from './request.ts';
import { send } from './send.ts';

export function publishUserEvent(engine: Engine, request: AppRequest, text: string): Answer<Reply> {
  const { app, body } = request;
  const user = parseUserId(text, app.limits.presenceUserIdLength);
  if (user === null) return refused(refusal(httpFaults.badUserId));
  const fields = parseObject(body);
  if (fields === null) return refused(refusal(httpFaults.badBody));
  const event = decodeNameAndData(fields, app.limits);
  if (isRefusal(event)) return refused(event);
  return send(engine, request, [requestForUser(event, user)], () => EMPTY);
}

/** An unknown user is fine: there is nothing to end. */
export function terminateUser(engine: Engine, { app }: AppRequest, text: string): Answer<Reply> {
  const user = parseUserId(text, app.limits.presenceUserIdLength);
  if (user === null) return refused(refusal(httpFaults.badUserId));
  return then(terminate(engine, app, user), () => EMPTY);
}

function parseUserId(text: string, maxLength: number): UserId | null {
  return text.length > 0 && text.length <= maxLength ? (text as UserId) : null;
}
