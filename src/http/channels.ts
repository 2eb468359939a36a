// GET channels, GET channels/NAME, GET channels/NAME/users, and the deprecated GET channels/NAME/stats (H-6).
import { type Answer, then } from '../engine/answer.ts';
import type { Engine } from '../engine/engine.ts';
import { inspectChannel, inspectChannels, inspectMembers } from '../engine/inspect.ts';
import { type ChannelKind, channelKind, parseChannelName } from '../protocol/channel-name.ts';
import { type HttpFault, httpFaults, isRefusal, type Refusal, refusal } from '../protocol/faults.ts';
import type { ChannelName } from '../protocol/ids.ts';
import { decodeInfo, type Info } from '../protocol/publish-request.ts';
import { json, type Reply, refused } from './reply.ts';
import type { AppRequest } from './request.ts';

export function listChannels(engine: Engine, { app, query }: AppRequest): Answer<Reply> {
  const info = decodeInfo(query.get('info'));
  if (isRefusal(info)) return refused(info);
  const prefix = query.get('filter_by_prefix') ?? '';
  if (info.userCount && !prefix.startsWith('presence-')) return refused(refusal(httpFaults.userCountPrefix));
  return then(inspectChannels(engine, app, prefix, info), (channels) =>
    json({ channels: Object.fromEntries(channels) }),
  );
}

export function showChannel(engine: Engine, { app, query }: AppRequest, text: string): Answer<Reply> {
  const channel = parse(text, app.limits.channelNameLength);
  if (isRefusal(channel)) return refused(channel);
  const info = decodeInfo(query.get('info'));
  if (isRefusal(info)) return refused(info);
  const inapplicable = checkInfo(info, channel.kind);
  if (inapplicable !== null) return refused(inapplicable);
  return then(inspectChannel(engine, app, channel.name, info), ({ isOccupied, attributes }) =>
    json({ occupied: isOccupied, ...attributes }),
  );
}

export function listMembers(engine: Engine, { app, query }: AppRequest, text: string): Answer<Reply> {
  const channel = parse(text, app.limits.channelNameLength);
  if (isRefusal(channel)) return refused(channel);
  if (!channel.kind.presence) return refused(refusal(httpFaults.notPresence));
  const extraneous = [...query.keys()].filter((name) => !name.startsWith('auth_') && name !== 'body_md5');
  if (extraneous.length > 0) return refused(refusal(httpFaults.extraneous, { names: extraneous.join(', ') }));
  return then(inspectMembers(engine, app, channel.name), (users) => json({ users: users.map((id) => ({ id })) }));
}

export function showStats(engine: Engine, { app }: AppRequest, text: string): Answer<Reply> {
  const channel = parse(text, app.limits.channelNameLength);
  if (isRefusal(channel)) return refused(channel);
  const info: Info = { userCount: channel.kind.presence, subscriptionCount: true, cache: false };
  return then(inspectChannel(engine, app, channel.name, info), ({ isOccupied, attributes }) => {
    const { user_count, subscription_count: connection_count } = attributes;
    return json({ occupied: isOccupied, user_count, connection_count });
  });
}

function parse(text: string, maxLength: number): { name: ChannelName; kind: ChannelKind } | Refusal<HttpFault> {
  const name = parseChannelName(text, maxLength);
  if (name === null) return refusal(httpFaults.badChannelName, { channel: text });
  return { name, kind: channelKind(name) };
}

function checkInfo(info: Info, kind: ChannelKind): Refusal<HttpFault> | null {
  if (info.userCount && !kind.presence) return refusal(httpFaults.userCountChannel);
  return info.cache && !kind.cache ? refusal(httpFaults.cacheChannel) : null;
}
