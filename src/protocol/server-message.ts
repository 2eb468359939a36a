// Values → the text of server frames. The doubly encoded `data` lives and dies here: in every frame but pusher:error it
// is a JSON string that holds JSON (docs/protocol.md P-3.1). Channel names need no escaping, see channel-name.ts; a
// server-to-user name does, because its user id is free text.
import type { ChannelName, SocketId, UserId } from './ids.ts';

/** A member of a presence channel as the others see it. */
export interface Member {
  readonly userId: UserId;
  /** JSON text of user_info; `{}` when there is none. */
  readonly info: string;
}

/** An event as the backend or a client publishes it. */
export interface PublishedEvent {
  readonly name: string;
  readonly data: string;
}

const quote = JSON.stringify as (text: string) => string;

function quoteChannel(channel: ChannelName): string {
  return channel.charCodeAt(0) === 0x23 ? quote(channel) : `"${channel}"`;
}

export const pong = '{"event":"pusher:pong","data":"{}"}';

export function connectionEstablished(socketId: SocketId, activityTimeoutSeconds: number): string {
  return `{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"${socketId}\\",\\"activity_timeout\\":${activityTimeoutSeconds}}"}`;
}

/** The one frame whose data is an object: .NET and Java read it so. */
export function error(code: number | null, message: string): string {
  return `{"event":"pusher:error","data":{"code":${code},"message":${quote(message)}}}`;
}

/** Data is exactly "{}": Java decrypts anything else on an encrypted channel. */
export function subscriptionSucceeded(channel: ChannelName): string {
  return `{"event":"pusher_internal:subscription_succeeded","channel":${quoteChannel(channel)},"data":"{}"}`;
}

/** @param members the roster, each user once. The hash has an entry for every id: .NET indexes it without checking. */
export function presenceSucceeded(channel: ChannelName, members: Iterable<Member>): string {
  const ids: string[] = [];
  const hash: string[] = [];
  for (const { userId, info } of members) {
    const id = quote(userId);
    ids.push(id);
    hash.push(`${id}:${info}`);
  }
  const roster = `{"presence":{"ids":[${ids.join(',')}],"hash":{${hash.join(',')}},"count":${ids.length}}}`;
  return `{"event":"pusher_internal:subscription_succeeded","channel":"${channel}","data":${quote(roster)}}`;
}

/** A frame for an application that wants failed subscriptions on the channel too (setting `subscriptionErrors`). */
export function subscriptionError(channel: string, message: string, status: number): string {
  const data = JSON.stringify({ type: 'AuthError', error: message, status });
  return `{"event":"pusher:subscription_error","channel":${quote(channel)},"data":${quote(data)}}`;
}

export function memberAdded(channel: ChannelName, member: Member): string {
  const data = `{"user_id":${quote(member.userId)},"user_info":${member.info}}`;
  return `{"event":"pusher_internal:member_added","channel":"${channel}","data":${quote(data)}}`;
}

export function memberRemoved(channel: ChannelName, user: UserId): string {
  const data = `{"user_id":${quote(user)}}`;
  return `{"event":"pusher_internal:member_removed","channel":"${channel}","data":${quote(data)}}`;
}

export function subscriptionCount(channel: ChannelName, count: number): string {
  return `{"event":"pusher_internal:subscription_count","channel":${quoteChannel(channel)},"data":"{\\"subscription_count\\":${count}}"}`;
}

/** Data is exactly "{}", for the same reason as in `subscriptionSucceeded`. */
export function cacheMiss(channel: ChannelName): string {
  return `{"event":"pusher:cache_miss","channel":"${channel}","data":"{}"}`;
}

/** The frame of an event from the backend; the data goes through as the string that it is. */
export function event(channel: ChannelName, published: PublishedEvent): string {
  return `{"event":${quote(published.name)},"channel":${quoteChannel(channel)},"data":${quote(published.data)}}`;
}

/** The frames of one event on several channels, its name and data encoded once. */
export function eventFrames(published: PublishedEvent): (channel: ChannelName) => string {
  const start = `{"event":${quote(published.name)},"channel":`;
  const end = `,"data":${quote(published.data)}}`;
  return (channel) => start + quoteChannel(channel) + end;
}

/**
 * The frame of a client event: `rawData` is the sender's JSON text, an object staying an object and a string a string.
 * @param user the sender on a presence channel, null elsewhere.
 */
export function clientEvent(channel: ChannelName, name: string, rawData: string, user: UserId | null): string {
  const sender = user === null ? '' : `,"user_id":${quote(user)}`;
  return `{"event":${quote(name)},"channel":"${channel}","data":${rawData}${sender}}`;
}

/** @param userData the JSON text exactly as the client sent it. */
export function signInSuccess(userData: string): string {
  return `{"event":"pusher:signin_success","data":${quote(`{"user_data":${quote(userData)}}`)}}`;
}

export function watchlistEvents(online: readonly UserId[], offline: readonly UserId[]): string {
  const events = [
    { name: 'online', user_ids: online },
    { name: 'offline', user_ids: offline },
  ].filter((change) => change.user_ids.length > 0);
  return `{"event":"pusher_internal:watchlist_events","data":${quote(JSON.stringify({ events }))}}`;
}
