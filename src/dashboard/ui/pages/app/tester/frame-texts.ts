// The frames that the tester sends, as a client library would write them (docs/protocol.md).
import type { Signed } from '../../../api/live-types.ts';

export const PING_FRAME = '{"event":"pusher:ping","data":{}}';

export const isPresence = (channel: string): boolean => channel.startsWith('presence-');
export const needsAuth = (channel: string): boolean => isPresence(channel) || channel.startsWith('private-');

/** @param signed null where nothing has to be signed. */
export function subscribeFrame(channel: string, signed: Signed | null): string {
  const { auth, channelData } = signed ?? {};
  return JSON.stringify({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } });
}

export function unsubscribeFrame(channel: string): string {
  return JSON.stringify({ event: 'pusher:unsubscribe', data: { channel } });
}

export function signInFrame({ auth, userData }: Signed): string {
  return JSON.stringify({ event: 'pusher:signin', data: { auth, user_data: userData } });
}

export function clientEventFrame(channel: string, event: string, data: string): string {
  return JSON.stringify({ event, channel, data });
}
