// Deliveries ↔ messages between nodes. A message is a letter and what the letter needs; the topic says the rest. An event
// is the most frequent one by far: its frame is the end of the message, as it is.
//
//   E FRAME                      an event for all         e EXCEPT,SECONDS⏎FRAME   one that leaves a socket out, or is kept
//   a LENGTH:USER INFO           member added             h LENGTH:USER INFO       member changed
//   r USER                       member removed           n NUMBER                 subscribers
//   + / -                        user online, offline     k NUMBER                 connections of the app
//   t                            terminate the user       !                        apps have changed
//   q JSON                       asked, with the app      w JSON                   told
import type { Asked, Delivery, EventDelivery, MemberChange, Told } from '../../engine/ports.ts';
import type { AppId, SocketId, UserId } from '../../protocol/ids.ts';
import type { Member } from '../../protocol/server-message.ts';
import { packText, unpackText } from '../../redis/text.ts';
import type { Subject } from './topic.ts';

export function encodeDelivery(delivery: Delivery): string {
  switch (delivery.kind) {
    case 'event':
      return encodeEvent(delivery);
    case 'member':
      return encodeChange(delivery.change);
    case 'count':
      return `n${delivery.subscribers}`;
    case 'user':
      return delivery.isOnline ? '+' : '-';
    case 'terminate':
      return 't';
    case 'connections':
      return `k${delivery.total}`;
    case 'apps':
      return '!';
    case 'asked':
      return `q${JSON.stringify([delivery.app, delivery.asked])}`;
    case 'told':
      return `w${JSON.stringify(delivery.told)}`;
  }
}

function encodeEvent({ frame, except, keptSeconds }: EventDelivery): string {
  if (except === null && keptSeconds === 0) return `E${frame}`;
  return `e${except ?? ''},${keptSeconds}\n${frame}`;
}

function encodeChange(change: MemberChange): string {
  switch (change.what) {
    case 'added':
      return `a${encodeMember(change.member)}`;
    case 'changed':
      return `h${encodeMember(change.member)}`;
    case 'removed':
      return `r${packText(change.user)}`;
  }
}

/** A member as a message without its letter, which the script that knows the letter puts before it. */
export function encodeMember({ userId, info }: Member): string {
  const user = packText(userId);
  return `${user.length}:${user}${info}`;
}

/** Null for a letter that a newer version has and this one does not know. */
export function decodeDelivery({ app, channel, user }: Subject, message: string): Delivery | null {
  switch (message[0]) {
    case 'E':
      return { kind: 'event', app, channel, frame: message.slice(1), except: null, keptSeconds: 0 };
    case 'e': {
      const end = message.indexOf('\n');
      const comma = message.lastIndexOf(',', end);
      const except = comma === 1 ? null : (message.slice(1, comma) as SocketId);
      const keptSeconds = Number(message.slice(comma + 1, end));
      return { kind: 'event', app, channel, frame: message.slice(end + 1), except, keptSeconds };
    }
    case 'a':
      return { kind: 'member', app, channel, change: { what: 'added', member: decodeMember(message) } };
    case 'h':
      return { kind: 'member', app, channel, change: { what: 'changed', member: decodeMember(message) } };
    case 'r': {
      const removed = unpackText(message.slice(1)) as UserId;
      return { kind: 'member', app, channel, change: { what: 'removed', user: removed } };
    }
    case 'n':
      return { kind: 'count', app, channel, subscribers: Number(message.slice(1)) };
    case '+':
    case '-':
      return { kind: 'user', app, user, isOnline: message === '+' };
    case 'k':
      return { kind: 'connections', app, total: Number(message.slice(1)) };
    case 't':
      return { kind: 'terminate', app, user };
    case '!':
      return { kind: 'apps' };
    case 'q': {
      const [asking, asked] = JSON.parse(message.slice(1)) as [AppId, Asked];
      return { kind: 'asked', app: asking, asked };
    }
    case 'w':
      return { kind: 'told', app, told: JSON.parse(message.slice(1)) as Told };
    default:
      return null;
  }
}

function decodeMember(message: string): Member {
  const colon = message.indexOf(':');
  const end = colon + 1 + Number(message.slice(1, colon));
  return { userId: unpackText(message.slice(colon + 1, end)) as UserId, info: message.slice(end) };
}
