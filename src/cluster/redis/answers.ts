// What the steps answer → values.
import type { CachedEvent, Entered } from '../../engine/ports.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { Member, PublishedEvent } from '../../protocol/server-message.ts';
import { unpackText } from '../../redis/text.ts';

export function numberOf(answer: unknown): number {
  return Number(answer ?? 0);
}

export function textsOf(answer: unknown): readonly string[] {
  return Array.isArray(answer) ? answer.map(String) : [];
}

/** A user and what is known of it, in turns, as Redis answers a hash; see lua/common.lua for the value. */
export function rosterOf(flat: readonly string[]): readonly Member[] {
  const members: Member[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const value = flat[at + 1] ?? '';
    members.push({ userId: unpackText(flat[at] ?? '') as UserId, info: value.slice(value.indexOf(' ') + 1) });
  }
  return members;
}

interface EnteredAnswer {
  readonly entered: Omit<Entered, 'members'>;
  /** `long`: too long for one step. */
  readonly roster: readonly Member[] | 'long' | null;
}

export function enteredOf(answer: unknown): EnteredAnswer {
  const [subscribers, event, roster] = Array.isArray(answer) ? (answer as readonly unknown[]) : [];
  const entered = { subscribers: numberOf(subscribers), cached: eventOf(event) };
  if (roster === 'long') return { entered, roster };
  return { entered, roster: Array.isArray(roster) ? rosterOf(textsOf(roster)) : null };
}

/** A remembered event as it is kept: the length of its name says where the name ends. */
export function packEvent({ name, data }: PublishedEvent): string {
  return `${name.length} ${name}${data}`;
}

export function eventOf(answer: unknown): CachedEvent | null {
  if (!Array.isArray(answer)) return null;
  const [event, leftMs] = answer as readonly unknown[];
  const packed = String(event);
  const start = packed.indexOf(' ') + 1;
  const end = start + Number(packed.slice(0, start));
  return { event: { name: packed.slice(start, end), data: packed.slice(end) }, leftMs: numberOf(leftMs) };
}
