// How what a worker and the process that started it say to each other is written. The first letter is the kind; what
// carries an event has no JSON around its frame, which is the one thing of which there are a hundred thousand a second.
import type { EventDelivery } from '../../engine/ports.ts';
import type { AppId, ChannelName, SocketId } from '../../protocol/ids.ts';

export const FROM_WORKER = {
  /** An event to be published and not remembered: `EID\n` and the event. */
  publish: 'E',
  /** `R[id, name, ...arguments]`. */
  request: 'R',
  /** Something that is told and not answered, in JSON. */
  news: 'N',
} as const;

export const TO_WORKER = {
  event: 'E',
  /** Any other delivery, in JSON. */
  delivery: 'D',
  /** The request with that number is done: `+ID`. */
  done: '+',
  /** `=ID JSON`. */
  answer: '=',
  /** `!ID TEXT`: it failed. */
  failure: '!',
  /** Something that the worker is to do, in JSON. */
  order: 'O',
} as const;

// Ids of apps, names of channels and socket ids have no line break; the frame is last, so that it may have any.
export function encodeEvent({ app, channel, except, keptSeconds, frame }: EventDelivery): string {
  return `${app}\n${channel}\n${except ?? ''}\n${keptSeconds}\n${frame}`;
}

/** @param from where in the text the event begins. @throws when there is none. */
export function decodeEvent(text: string, from: number): EventDelivery {
  const channelAt = afterBreak(text, from);
  const exceptAt = afterBreak(text, channelAt);
  const keptAt = afterBreak(text, exceptAt);
  const frameAt = afterBreak(text, keptAt);
  const except = text.slice(exceptAt, keptAt - 1);
  return {
    kind: 'event',
    app: text.slice(from, channelAt - 1) as AppId,
    channel: text.slice(channelAt, exceptAt - 1) as ChannelName,
    frame: text.slice(frameAt),
    except: except === '' ? null : (except as SocketId),
    keptSeconds: Number(text.slice(keptAt, frameAt - 1)),
  };
}

/** Where the event begins in a message with a number before it. */
export function eventAt(message: string): number {
  return afterBreak(message, 0);
}

function afterBreak(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  if (at < 0) throw new Error('The line carries an event without its fields.');
  return at + 1;
}
