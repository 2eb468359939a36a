// The JSON texts in which a backend says who somebody is: channel_data of a presence channel, user_data of a sign-in.
import { parseObject } from './client-message.ts';
import { type FrameFault, frameFaults, type Refusal, refusal } from './faults.ts';
import type { UserId } from './ids.ts';
import { rawMember } from './raw-member.ts';
import type { Member } from './server-message.ts';

export interface MemberBounds {
  /** Characters. */
  readonly presenceUserIdLength: number;
  /** Bytes of the JSON text of user_info. */
  readonly presenceUserInfoBytes: number;
}

/** A signed-in user. */
export interface User {
  readonly id: UserId;
  /** JSON text of user_info; `{}` when there is none. */
  readonly info: string;
  readonly watchlist: readonly UserId[];
}

/** The member that `channelData` describes. Numbers as user ids become strings, as in the official examples (P-4.6). */
export function decodeMember(channelData: string, bounds: MemberBounds): Member | Refusal<FrameFault> {
  const data = parseObject(channelData);
  if (data === null) return refusal(frameFaults.memberInvalid, { reason: 'it is not a JSON object' });
  const id = idText(channelData, data['user_id']);
  if (id === '') {
    return refusal(frameFaults.memberInvalid, { reason: 'user_id must be a non-empty string or a number' });
  }
  return checkMember({ userId: id as UserId, info: infoText(channelData, data) }, bounds);
}

/** Empty when it is neither text nor a number. A whole number keeps all its digits, so that no two large ones become one. */
function idText(channelData: string, id: unknown): string {
  if (typeof id === 'string') return id;
  if (typeof id !== 'number' || !Number.isFinite(id)) return '';
  const raw = rawMember(channelData, 'user_id');
  return raw !== null && /^-?\d+$/.test(raw) ? raw : String(id);
}

/** The member itself when it keeps to the bounds. */
export function checkMember(member: Member, bounds: MemberBounds): Member | Refusal<FrameFault> {
  if (member.userId.length > bounds.presenceUserIdLength) {
    return refusal(frameFaults.memberTooLarge, { part: 'user_id', limit: bounds.presenceUserIdLength });
  }
  if (Buffer.byteLength(member.info) > bounds.presenceUserInfoBytes) {
    return refusal(frameFaults.memberTooLarge, { part: 'user_info', limit: bounds.presenceUserInfoBytes });
  }
  return member;
}

/** The user that `userData` describes (P-6.1). Entries of the watchlist that are no ids are left out. */
export function decodeUser(userData: string, maxIdLength: number): User | Refusal<FrameFault> {
  const data = parseObject(userData);
  if (data === null) return refusal(frameFaults.signInUser, { reason: 'it is not a JSON object' });
  const id = data['id'];
  if (typeof id !== 'string' || id === '') {
    return refusal(frameFaults.signInUser, { reason: 'id must be a non-empty string' });
  }
  if (id.length > maxIdLength) {
    return refusal(frameFaults.signInUser, { reason: `id may have at most ${maxIdLength} characters` });
  }
  const watchlist = Array.isArray(data['watchlist']) ? data['watchlist'] : [];
  const isId = (entry: unknown): entry is UserId =>
    typeof entry === 'string' && entry !== '' && entry.length <= maxIdLength;
  return { id: id as UserId, info: infoText(userData, data), watchlist: [...new Set(watchlist.filter(isId))] };
}

/**
 * The text of user_info, which may be any JSON value; clients index the roster without checking, so a missing one
 * becomes an object. It is taken as written: printing what was parsed fails on very deep nesting.
 */
function infoText(json: string, parsed: Readonly<Record<string, unknown>>): string {
  const info = parsed['user_info'];
  if (info === undefined || info === null) return '{}';
  return rawMember(json, 'user_info') ?? '{}';
}
