// The bodies of POST events and POST batch_events → checked requests (docs/http-api.md H-5). The whole of a body is
// checked before anything is sent, so a batch is all or nothing.

import { parseChannelName } from './channel-name.ts';
import { parseObject } from './client-message.ts';
import { type HttpFault, httpFaults, isRefusal, type Refusal, refusal } from './faults.ts';
import { type ChannelName, isSocketId, type SocketId } from './ids.ts';
import type { PublishedEvent } from './server-message.ts';

export interface PublishBounds {
  readonly batchEvents: number;
  readonly channelNameLength: number;
  readonly channelsPerEvent: number;
  readonly eventBytes: number;
  readonly eventNameLength: number;
}

export interface PublishRequest {
  readonly event: PublishedEvent;
  readonly channels: readonly ChannelName[];
  /** The connection that does not get the event. */
  readonly except: SocketId | null;
  readonly info: Info;
}

/** The attributes of a channel that the answer shall tell. */
export interface Info {
  readonly userCount: boolean;
  readonly subscriptionCount: boolean;
  readonly cache: boolean;
}

export const NO_INFO: Info = { userCount: false, subscriptionCount: false, cache: false };

type Fields = Readonly<Record<string, unknown>>;
type Answer<T> = T | Refusal<HttpFault>;

const RESERVED_NAME = /^pusher(_internal)?:/;

/** @param query stands in for an empty body: parameters of the body may also come in the query. */
export function decodePublish(
  body: string,
  query: ReadonlyMap<string, string>,
  bounds: PublishBounds,
): Answer<PublishRequest> {
  const fields = body === '' ? Object.fromEntries(query) : parseObject(body);
  if (fields === null) return refusal(httpFaults.badBody);
  return decodeEvent(fields, bounds);
}

export function decodeBatch(body: string, bounds: PublishBounds): Answer<readonly PublishRequest[]> {
  const fields = parseObject(body);
  if (fields === null) return refusal(httpFaults.badBody);
  const { batch } = fields;
  if (batch === undefined) return refusal(httpFaults.missingParameter, { name: 'batch' });
  if (!Array.isArray(batch)) return refusal(httpFaults.badParameter, { name: 'batch', expected: 'an array' });
  if (batch.length > bounds.batchEvents) {
    return refusal(httpFaults.batchTooLarge, { count: batch.length, limit: bounds.batchEvents });
  }
  const requests: PublishRequest[] = [];
  for (const entry of batch as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      return refusal(httpFaults.badParameter, { name: 'batch', expected: 'an array of objects' });
    }
    const request = decodeEvent(entry as Fields, bounds);
    if (isRefusal(request)) return request;
    requests.push(request);
  }
  return requests;
}

function decodeEvent(fields: Fields, bounds: PublishBounds): Answer<PublishRequest> {
  const event = decodeNameAndData(fields, bounds);
  if (isRefusal(event)) return event;
  const channels = decodeChannels(fields, bounds);
  if (isRefusal(channels)) return channels;
  const except = fields['socket_id'] ?? null;
  if (except !== null && (typeof except !== 'string' || !isSocketId(except))) {
    return refusal(httpFaults.badParameter, { name: 'socket_id', expected: 'two numbers joined by a dot' });
  }
  const info = decodeInfo(fields['info']);
  if (isRefusal(info)) return info;
  return { event, channels, except, info };
}

/** The event of a request that names no channel: one to a user. */
export function decodeNameAndData(fields: Fields, bounds: PublishBounds): Answer<PublishedEvent> {
  const { name, data } = fields;
  if (typeof name !== 'string' || name === '') {
    return refusal(httpFaults.badParameter, { name: 'name', expected: 'a string' });
  }
  if (name.length > bounds.eventNameLength) {
    return refusal(httpFaults.eventNameTooLong, { limit: bounds.eventNameLength });
  }
  if (RESERVED_NAME.test(name)) return refusal(httpFaults.reservedEventName, { name });
  if (typeof data !== 'string') return refusal(httpFaults.badParameter, { name: 'data', expected: 'a string' });
  // A character takes at most three bytes in UTF-8, so short data needs no counting.
  if (data.length * 3 > bounds.eventBytes && Buffer.byteLength(data) > bounds.eventBytes) {
    return refusal(httpFaults.eventTooLarge, { limit: bounds.eventBytes });
  }
  return { name, data };
}

function decodeChannels(fields: Fields, bounds: PublishBounds): Answer<readonly ChannelName[]> {
  const { channel, channels } = fields;
  const names = channels ?? (channel === undefined || channel === null ? undefined : [channel]);
  if (names === undefined) return refusal(httpFaults.missingParameter, { name: 'channels' });
  if (!Array.isArray(names) || names.length === 0) {
    return refusal(httpFaults.badParameter, { name: 'channels', expected: 'a non-empty array of strings' });
  }
  if (names.length > bounds.channelsPerEvent) {
    return refusal(httpFaults.tooManyChannels, { count: names.length, limit: bounds.channelsPerEvent });
  }
  const checked: ChannelName[] = [];
  for (const name of names as readonly unknown[]) {
    if (typeof name !== 'string') {
      return refusal(httpFaults.badParameter, { name: 'channel', expected: 'a string' });
    }
    const parsed = parseChannelName(name, bounds.channelNameLength);
    if (parsed === null) return refusal(httpFaults.badChannelName, { channel: name });
    checked.push(parsed);
  }
  // A channel that is named twice still gets the event once.
  return checked.length > 1 ? [...new Set(checked)] : checked;
}

/** A comma-separated list of attributes; PHP and others may send it as an array. */
export function decodeInfo(info: unknown): Answer<Info> {
  if (info === undefined || info === null || info === '') return NO_INFO;
  const names: readonly unknown[] = Array.isArray(info) ? info : typeof info === 'string' ? info.split(',') : [info];
  let [userCount, subscriptionCount, cache] = [false, false, false];
  for (const name of names) {
    // Printing a stranger's object could throw: it may bring a toString that is no function.
    if (typeof name !== 'string') {
      return refusal(httpFaults.badParameter, { name: 'info', expected: 'a comma-separated string' });
    }
    const attribute = name.trim();
    if (attribute === 'user_count') userCount = true;
    else if (attribute === 'subscription_count') subscriptionCount = true;
    else if (attribute === 'cache') cache = true;
    else return refusal(httpFaults.badInfo, { name: attribute });
  }
  return { userCount, subscriptionCount, cache };
}
