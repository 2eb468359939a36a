// Publishes an event as a backend would: by the same limits, and counted as one.
import type { App } from '../core/app.ts';
import { type Engine, spaceOf } from '../engine/engine.ts';
import { publish, requestForUser } from '../engine/publish.ts';
import { spendBroadcasts } from '../engine/quotas.ts';
import { parseChannelName } from '../protocol/channel-name.ts';
import { isRefusal } from '../protocol/faults.ts';
import { type ChannelName, isSocketId, type SocketId, type UserId } from '../protocol/ids.ts';
import { decodeNameAndData, NO_INFO, type PublishRequest } from '../protocol/publish-request.ts';
import { type Fault, type Problem, refuse } from './problems.ts';
import type { channelRoutes } from './routes-live.ts';
import { runningApp } from './seen-app.ts';
import { NOT_RUNNING, type Site } from './site.ts';
import { type Call, isProblem } from './verb.ts';

type Wanted = Call<typeof channelRoutes.publishEvent>['body'];

export async function publishEvent(site: Site, { app, body }: Call<typeof channelRoutes.publishEvent>) {
  if (site.node === undefined) return refuse('unavailable', NOT_RUNNING);
  const running = runningApp(site, app.id);
  if (isProblem(running)) return running;
  const { engine } = site.node;
  const request = requestOf(running, body);
  if (isProblem(request)) return request;
  if (!running.settings.enabled) return refuse('conflict', 'The app is disabled; enable it first.');
  const overdrawn = spendBroadcasts(engine, spaceOf(engine, running), request.channels.length);
  if (overdrawn !== null) return refuseOverdrawn(overdrawn);
  await publish(engine, running, request);
  return { body: { channels: body.user === undefined ? await countsOf(engine, running, request.channels) : {} } };
}

/** The request that a backend would have made, or all that is wrong with it. */
function requestOf({ limits }: App, { name, data, channels, user, socketId }: Wanted): PublishRequest | Problem {
  const errors: Fault[] = [];
  const event = decodeNameAndData({ name, data }, limits);
  if (isRefusal(event)) {
    // The name is looked at first, so with a name that is right it is the data.
    const isName = isRefusal(decodeNameAndData({ name, data: '' }, limits));
    errors.push({ pointer: isName ? '/name' : '/data', detail: event.text });
  }
  const names = (channels ?? []).map((channel, at) => {
    const parsed = parseChannelName(channel, limits.channelNameLength);
    if (parsed === null) errors.push({ pointer: `/channels/${at}`, detail: 'is no name of a channel' });
    return parsed;
  });
  if (names.length > limits.channelsPerEvent) {
    errors.push({ pointer: '/channels', detail: `must have at most ${limits.channelsPerEvent} items` });
  }
  if (user !== undefined && user.length > limits.presenceUserIdLength) {
    errors.push({ pointer: '/user', detail: `must be at most ${limits.presenceUserIdLength} characters long` });
  }
  if ((user === undefined) === (names.length === 0)) {
    errors.push({ pointer: '', detail: 'must name either channels or a user' });
  }
  const except = exceptOf(socketId, errors);
  if (errors.length > 0 || isRefusal(event)) return { problem: 'badRequest', errors };
  if (user !== undefined) return { ...requestForUser(event, user as UserId), except };
  const known = names.filter((each): each is ChannelName => each !== null);
  return { event, channels: [...new Set(known)], except, info: NO_INFO };
}

function exceptOf(socketId: string | undefined, errors: Fault[]): SocketId | null {
  if (socketId === undefined || socketId === '') return null;
  if (isSocketId(socketId)) return socketId;
  errors.push({ pointer: '/socketId', detail: 'must be two numbers joined by a dot' });
  return null;
}

function refuseOverdrawn(overdrawn: NonNullable<ReturnType<typeof spendBroadcasts>>): Problem {
  if (overdrawn.why === 'month') return refuse('conflict', 'The broadcasts of this month are used up.');
  return { problem: 'tooOften', headers: { 'retry-after': String(Math.ceil(overdrawn.waitMs / 1000)) } };
}

async function countsOf(engine: Engine, { id }: App, channels: readonly ChannelName[]) {
  const { ledger } = engine.cluster;
  const counts = await Promise.all(channels.map((channel) => ledger.count(id, channel)));
  return Object.fromEntries(channels.map((name, at) => [name, { subscribers: counts[at]?.subscribers ?? 0 }]));
}
