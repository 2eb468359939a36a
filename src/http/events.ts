// POST events, POST batch_events, and the deprecated POST channels/NAME/events (docs/http-api.md H-5).
import type { App } from '../core/app.ts';
import { type Answer, then } from '../engine/answer.ts';
import type { Engine } from '../engine/engine.ts';
import { type Attributes, inspectChannel } from '../engine/inspect.ts';
import { isRefusal } from '../protocol/faults.ts';
import type { ChannelName } from '../protocol/ids.ts';
import { decodeBatch, decodePublish, NO_INFO, type PublishRequest } from '../protocol/publish-request.ts';
import { EMPTY, json, type Reply, refused } from './reply.ts';
import type { AppRequest } from './request.ts';
import { send } from './send.ts';

const answerEmpty = (): Reply => EMPTY;

export function publishEvent(engine: Engine, request: AppRequest): Answer<Reply> {
  const { app, query, body } = request;
  const wanted = decodePublish(body, query, app.limits);
  if (isRefusal(wanted)) return refused(wanted);
  if (wanted.info === NO_INFO) return send(engine, request, [wanted], answerEmpty);
  return send(engine, request, [wanted], () =>
    then(attributesOfAll(engine, app, wanted), (channels) => json({ channels })),
  );
}

export function publishBatch(engine: Engine, request: AppRequest): Answer<Reply> {
  const { app, body } = request;
  const requests = decodeBatch(body, app.limits);
  if (isRefusal(requests)) return refused(requests);
  if (requests.every(({ info }) => info === NO_INFO)) return send(engine, request, requests, answerEmpty);
  return send(engine, request, requests, async () => {
    const batch = await Promise.all(
      requests.map(async (wanted) => {
        const [attributes] = Object.values(await attributesOfAll(engine, app, wanted));
        return attributes ?? {};
      }),
    );
    return json({ batch });
  });
}

/** The body is the data itself, the rest is in the query. Answered 202 with nothing, as documented. */
export function publishToChannel(engine: Engine, request: AppRequest, channel: string): Answer<Reply> {
  const { app, query, body } = request;
  const fields = { name: query.get('name'), socket_id: query.get('socket_id'), channel, data: body };
  const wanted = decodePublish(JSON.stringify(fields), query, app.limits);
  if (isRefusal(wanted)) return refused(wanted);
  return send(engine, request, [wanted], () => ({ status: 202, type: 'text', body: '' }));
}

// Counts are read after the publish, apart from it; they need not equal the number of recipients.
async function attributesOfAll(
  engine: Engine,
  app: App,
  { channels, info }: PublishRequest,
): Promise<Record<ChannelName, Attributes>> {
  const inspected = await Promise.all(channels.map((channel) => inspectChannel(engine, app, channel, info)));
  return Object.fromEntries(channels.map((channel, at) => [channel, inspected[at]?.attributes ?? {}]));
}
