// POST events, POST batch_events, and the deprecated POST channels/NAME/events (docs/http-api.md H-5).
import type { App } from '../core/app.ts';
import { type Answer, all, then } from '../engine/answer.ts';
import type { Engine } from '../engine/engine.ts';
import { type Attributes, inspectChannel } from '../engine/inspect.ts';
import { publish } from '../engine/publish.ts';
import { isRefusal } from '../protocol/faults.ts';
import type { ChannelName } from '../protocol/ids.ts';
import { decodeBatch, decodePublish, NO_INFO, type PublishRequest } from '../protocol/publish-request.ts';
import { EMPTY, json, type Reply, refused } from './reply.ts';
import type { AppRequest } from './request.ts';
import { spend } from './spend.ts';

export function publishEvent(engine: Engine, { app, query, body }: AppRequest): Answer<Reply> {
  const request = decodePublish(body, query, app.limits);
  if (isRefusal(request)) return refused(request);
  const overdrawn = spend(engine, app, request.channels.length);
  if (overdrawn !== null) return overdrawn;
  const published = publish(engine, app, request);
  if (request.info === NO_INFO) return then(published, () => EMPTY);
  return then(published, () => then(attributesOfAll(engine, app, request), (channels) => json({ channels })));
}

export function publishBatch(engine: Engine, { app, body }: AppRequest): Answer<Reply> {
  const requests = decodeBatch(body, app.limits);
  if (isRefusal(requests)) return refused(requests);
  const count = requests.reduce((sum, { channels }) => sum + channels.length, 0);
  const overdrawn = spend(engine, app, count);
  if (overdrawn !== null) return overdrawn;
  const published = all(requests.map((request) => publish(engine, app, request)));
  if (requests.every((request) => request.info === NO_INFO)) return then(published, () => EMPTY);
  return then(published, async () => {
    const batch = await Promise.all(
      requests.map(async (request) => {
        const [attributes] = Object.values(await attributesOfAll(engine, app, request));
        return attributes ?? {};
      }),
    );
    return json({ batch });
  });
}

/** The body is the data itself, the rest is in the query. Answered 202 with nothing, as documented. */
export function publishToChannel(engine: Engine, { app, query, body }: AppRequest, channel: string): Answer<Reply> {
  const fields = { name: query.get('name'), socket_id: query.get('socket_id'), channel, data: body };
  const request = decodePublish(JSON.stringify(fields), query, app.limits);
  if (isRefusal(request)) return refused(request);
  const overdrawn = spend(engine, app, request.channels.length);
  if (overdrawn !== null) return overdrawn;
  return then(publish(engine, app, request), () => ({ status: 202, type: 'text', body: '' }) as const);
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
