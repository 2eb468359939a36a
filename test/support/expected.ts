// The frames that tests expect, as a client opens them. They are written out here a second time on purpose: what the
// server encodes is compared with this, not with itself.
import { type CloseFault, type FrameFault, refusal } from '../../src/protocol/faults.ts';
import type { Frame } from './frames.ts';

export const succeeded = (channel: string): Frame => ({
  event: 'pusher_internal:subscription_succeeded',
  channel,
  data: {},
});

/** @param hash the members by id, in the order in which they entered. */
export function succeededWith(channel: string, hash: Readonly<Record<string, unknown>>): Frame {
  const ids = Object.keys(hash);
  return { ...succeeded(channel), data: { presence: { ids, hash, count: ids.length } } };
}

export const memberAdded = (channel: string, id: string, info: unknown = {}): Frame => ({
  event: 'pusher_internal:member_added',
  channel,
  data: { user_id: id, user_info: info },
});

export const memberRemoved = (channel: string, id: string): Frame => ({
  event: 'pusher_internal:member_removed',
  channel,
  data: { user_id: id },
});

export const count = (channel: string, subscribers: number): Frame => ({
  event: 'pusher_internal:subscription_count',
  channel,
  data: { subscription_count: subscribers },
});

export const cacheMiss = (channel: string): Frame => ({ event: 'pusher:cache_miss', channel, data: {} });

export const signedIn = (userData: string): Frame => ({
  event: 'pusher:signin_success',
  data: { user_data: userData },
});

export function watchlist(online: readonly string[], offline: readonly string[]): Frame {
  const events = [
    ...(online.length > 0 ? [{ name: 'online', user_ids: online }] : []),
    ...(offline.length > 0 ? [{ name: 'offline', user_ids: offline }] : []),
  ];
  return { event: 'pusher_internal:watchlist_events', data: { events } };
}

export const refused = (fault: FrameFault | CloseFault, details?: Record<string, string | number>): Frame => ({
  event: 'pusher:error',
  data: { code: fault.code, message: refusal(fault, details).text },
});
