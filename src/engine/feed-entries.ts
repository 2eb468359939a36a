// Happenings and traffic → the entries of the live feed.
import type { EntryFields } from '../core/feed.ts';
import type { Happening, Traffic } from '../core/happenings.ts';
import { closeFaultFor, frameAdvice, httpAdvice } from '../protocol/advice.ts';

/** Data is cut to so many characters. */
const DATA_LENGTH = 20_000;

/** Why the server closes a connection is told with its end. @param why of a connection that the server has closed. */
export function entryOfHappening(happening: Exclude<Happening, { kind: 'closed' }>, why?: string): EntryFields {
  switch (happening.kind) {
    case 'disconnected': {
      const { socketId, code } = happening;
      const ended = { type: 'disconnected', socketId, code } as const;
      return why === undefined ? ended : { ...ended, text: why, ...closeAdvice(code, why) };
    }
    case 'connected':
      return { type: 'connected', socketId: happening.socketId };
    case 'connectionRefused': {
      const { code, text } = happening;
      return { type: 'refused-connection', code, text, ...closeAdvice(code, text) };
    }
    case 'refused': {
      const { socketId, code, text } = happening;
      const refused = code === null ? { text } : { code, text };
      return { type: 'refused', socketId, ...refused, ...adviceOf(frameAdvice(code, text)) };
    }
    case 'slowReaderClosed': {
      const { socketId, backlogBytes } = happening;
      return { type: 'slow-reader', socketId, text: `${backlogBytes} bytes were waiting for it (${happening.bound})` };
    }
    case 'subscribed':
    case 'unsubscribed':
      return { type: happening.kind, socketId: happening.socketId, channel: happening.channel };
    case 'signedIn':
      return { type: 'signed-in', socketId: happening.socketId, user: happening.user };
    case 'cacheMissed':
      return { type: 'cache-missed', channel: happening.channel };
    case 'repaired':
      return { type: 'repaired', channel: happening.channel, text: `${happening.changes} changes had been missed` };
    case 'requestRefused': {
      const { method, path, status, text } = happening;
      return { type: 'request', method, path, status, text, ...adviceOf(httpAdvice(status, text)) };
    }
    case 'flooded': {
      const { limit, network, count } = happening;
      return { type: 'failed', text: `${limit} turned away ${count} so far, the last one from ${network ?? 'here'}` };
    }
    case 'overload': {
      const { reason } = happening;
      if (reason === null) return { type: 'repaired', text: 'new connections are let in again' };
      return { type: 'failed', text: `new connections are refused: ${reason}` };
    }
    case 'clockSet':
      return { type: 'repaired', text: `the clock was set by ${happening.byMs} ms` };
    case 'failed':
      return { type: 'failed', text: cut(`${happening.doing}: ${happening.error}`) };
  }
}

export function entryOfTraffic(traffic: Traffic): EntryFields {
  switch (traffic.kind) {
    case 'published':
      return { type: 'published', channel: traffic.channel, event: traffic.event, data: cut(traffic.data) };
    case 'clientEvent': {
      const { channel, event, socketId, data } = traffic;
      return { type: 'client-event', channel, event, socketId, data: cut(data) };
    }
    case 'request': {
      const { method, path, status, durationMs, text } = traffic;
      const answered = { type: 'request', method, path, status, durationMs } as const;
      return text === null ? answered : { ...answered, text, ...adviceOf(httpAdvice(status, text)) };
    }
    case 'memberAdded':
      return { type: 'member-added', channel: traffic.channel, user: traffic.user };
    case 'memberRemoved':
      return { type: 'member-removed', channel: traffic.channel, user: traffic.user };
    case 'occupied':
    case 'vacated':
      return { type: traffic.kind, channel: traffic.channel };
  }
}

function closeAdvice(code: number, text: string): { readonly advice?: string } {
  return adviceOf(closeFaultFor(code, text)?.advice ?? null);
}

function adviceOf(advice: string | null): { readonly advice?: string } {
  return advice === null ? {} : { advice };
}

function cut(text: string): string {
  return text.length > DATA_LENGTH ? text.slice(0, DATA_LENGTH) : text;
}
