// Text from a client → a message, or the fault in it. Never throws, whatever the text (docs/protocol.md P-3).
import { type FrameFault, frameFaults, type Refusal, refusal } from './faults.ts';
import { rawMember } from './raw-member.ts';

export type ClientMessage =
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' }
  | SubscribeMessage
  | { readonly kind: 'unsubscribe'; readonly channel: string }
  | SignInMessage
  | ClientEventMessage;

export interface SubscribeMessage {
  readonly kind: 'subscribe';
  readonly channel: string;
  /** `key:signature`; an empty one, as pusher-js sends for public channels, counts as none. */
  readonly auth: string | null;
  /** JSON text exactly as signed. */
  readonly channelData: string | null;
}

export interface SignInMessage {
  readonly kind: 'signIn';
  readonly auth: string;
  /** JSON text exactly as signed. */
  readonly userData: string;
}

export interface ClientEventMessage {
  readonly kind: 'clientEvent';
  readonly event: string;
  readonly channel: string;
  /** The JSON text of the member `data`, byte for byte as it came. */
  readonly rawData: string;
}

type Frame = Readonly<Record<string, unknown>>;
type Decoded = ClientMessage | Refusal<FrameFault>;

export function decodeClientMessage(text: string): Decoded {
  const frame = parseObject(text);
  if (frame === null) return refusal(frameFaults.badJson);
  const event = frame['event'];
  if (typeof event !== 'string') return refusal(frameFaults.noEvent);
  switch (event) {
    case 'pusher:ping':
      return { kind: 'ping' };
    case 'pusher:pong':
      return { kind: 'pong' };
    case 'pusher:subscribe':
      return decodeSubscribe(commandData(frame));
    case 'pusher:unsubscribe':
      return decodeUnsubscribe(commandData(frame));
    case 'pusher:signin':
      return decodeSignIn(commandData(frame));
    default:
      if (event.startsWith('client-')) return decodeClientEvent(text, frame, event);
      return refusal(frameFaults.unsupportedEvent, { event });
  }
}

function decodeSubscribe(data: Frame | null): Decoded {
  const event = 'pusher:subscribe';
  if (data === null) return refusal(frameFaults.badData, { event, reason: 'data must be an object' });
  const { channel, auth, channel_data: channelData } = data;
  if (typeof channel !== 'string') {
    return refusal(frameFaults.badData, { event, reason: 'channel must be a string' });
  }
  if (!isOptionalString(auth)) return refusal(frameFaults.badData, { event, reason: 'auth must be a string' });
  if (!isOptionalString(channelData)) {
    return refusal(frameFaults.badData, { event, reason: 'channel_data must be a string' });
  }
  return { kind: 'subscribe', channel, auth: auth || null, channelData: channelData ?? null };
}

function decodeUnsubscribe(data: Frame | null): Decoded {
  const channel = data?.['channel'];
  if (typeof channel !== 'string') {
    return refusal(frameFaults.badData, { event: 'pusher:unsubscribe', reason: 'channel must be a string' });
  }
  return { kind: 'unsubscribe', channel };
}

function decodeSignIn(data: Frame | null): Decoded {
  const auth = data?.['auth'];
  const userData = data?.['user_data'];
  // The hosted service names the missing user simply `user`; people search for that text.
  if (typeof userData !== 'string') return refusal(frameFaults.signInData, { member: 'user' });
  if (typeof auth !== 'string') return refusal(frameFaults.signInData, { member: 'auth' });
  return { kind: 'signIn', auth, userData };
}

function decodeClientEvent(text: string, frame: Frame, event: string): Decoded {
  const channel = frame['channel'];
  if (typeof channel !== 'string') return refusal(frameFaults.clientEventMalformed);
  const rawData = rawMember(text, 'data');
  if (rawData === null) return refusal(frameFaults.clientEventMalformed);
  return { kind: 'clientEvent', event, channel, rawData };
}

/** The data of a command; hand-written clients send it as JSON text instead of an object, which is understood as well. */
function commandData(frame: Frame): Frame | null {
  const data = frame['data'];
  if (typeof data === 'string') return parseObject(data);
  return isObject(data) ? data : null;
}

/** The object that `text` is in JSON, or null when it is anything else. */
export function parseObject(text: string): Frame | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    // Not JSON, or nested deeper than the parser goes.
    return null;
  }
}

function isObject(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionalString(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}
