// JSON texts after a grammar: mostly of the right form, with wrong kinds, odd spellings, names that every object inherits
// and texts at the edge of what is allowed.
import { APP_ID, KEY } from '../support/credentials.ts';
import type { Dice } from './dice.ts';

const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  '\r\n',
  '\u2028',
  '\ud800',
  '\ufeff',
  'ä',
  '🦊',
  '__proto__',
  'constructor',
  'toString',
  'null',
  '-0',
  '{}',
  '[]',
  '"',
  '\\',
  '%',
  '%00',
  '../',
  "'",
  '{key}',
  '{channel}',
] as const;

export const CHANNELS = [
  'a',
  'private-a',
  'presence-a',
  'private-encrypted-a',
  'cache-a',
  'private-cache-a',
  'presence-cache-a',
  'private-encrypted-cache-a',
  '#server-to-user-7',
  '#server-to-user-',
  '#x',
  'private-',
  'presence-',
  'client-a',
  'x'.repeat(200),
  'x'.repeat(201),
] as const;

const EVENTS = [
  'pusher:subscribe',
  'pusher:unsubscribe',
  'pusher:signin',
  'pusher:ping',
  'pusher:pong',
  'pusher:error',
  'client-a',
  'client-',
  'pusher_internal:subscription_succeeded',
  'hello',
] as const;

const SPACES = ['', '', '', '', ' ', '\n', '\t', '\r\n', '  '] as const;
const NUMBERS = ['0', '-0', '1', '1.0', '-1', '1e3', '1E+400', '1e-400', '9007199254740993', '0.1', '47'] as const;

export function oddText(dice: Dice): string {
  if (dice.once(3)) return dice.pick(ODD_TEXTS);
  if (dice.once(3)) return dice.pick(CHANNELS);
  if (dice.once(40)) return 'x'.repeat(dice.below(12_000));
  return Array.from({ length: dice.length(40) }, () =>
    String.fromCharCode(dice.below(dice.once(4) ? 0x10000 : 128)),
  ).join('');
}

/** A text in quotes, some of its characters escaped though they need not be. */
export function quoted(dice: Dice, text: string): string {
  if (!dice.once(4)) return JSON.stringify(text);
  const inside = [...JSON.stringify(text).slice(1, -1)].map((character) =>
    dice.once(3) &&
    /[a-z:-]/.test(character) &&
    text.length < 300 &&
    !text.includes('\\') &&
    !/[^ -~]/.test(text) &&
    !text.includes('"')
      ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
      : character,
  );
  return `"${inside.join('')}"`;
}

/** Any JSON value. */
export function value(dice: Dice, names: readonly string[], depth = 0): string {
  const kind = dice.below(depth > 4 ? 5 : 7);
  switch (kind) {
    case 0:
      return dice.pick(NUMBERS);
    case 1:
      return dice.pick(['true', 'false', 'null']);
    case 2:
    case 3:
    case 4:
      return quoted(dice, oddText(dice));
    case 5:
      return `[${dice.many(30, () => value(dice, names, depth + 1)).join(',')}]`;
    default: {
      const members = dice.many(
        12,
        () => [dice.once(2) ? dice.pick(names) : oddText(dice), value(dice, names, depth + 1)] as const,
      );
      return object(dice, members);
    }
  }
}

/** An object with these members, in any order, with blanks, and with a member twice now and then. */
export function object(dice: Dice, members: readonly (readonly [string, string])[]): string {
  const all = dice.once(30) ? [...members, ...members] : [...members];
  if (dice.once(3)) all.sort(() => dice.below(3) - 1);
  const space = (): string => dice.pick(SPACES);
  const inside = all.map(([name, text]) => `${space()}${quoted(dice, name)}${space()}:${space()}${text}${space()}`);
  return `{${inside.join(',')}}`;
}

export type Member = (dice: Dice) => string;
export type Form = Readonly<Record<string, Member>>;

/** An object of the form: members are left out, added or of another kind, each now and then. */
export function ofForm(dice: Dice, form: Form): string {
  const names = Object.keys(form);
  const members: (readonly [string, string])[] = [];
  for (const [name, make] of Object.entries(form)) {
    if (dice.once(8)) continue;
    members.push([name, dice.once(8) ? value(dice, names) : make(dice)]);
  }
  if (dice.once(10)) members.push([oddText(dice), value(dice, names)]);
  return object(dice, members);
}

const channel: Member = (dice) => quoted(dice, dice.once(5) ? oddText(dice) : dice.pick(CHANNELS));
const text: Member = (dice) => quoted(dice, oddText(dice));
const listOf =
  (item: Member, most: number): Member =>
  (dice) =>
    `[${dice.many(most, () => item(dice)).join(',')}]`;
const inText =
  (form: Form): Member =>
  (dice) =>
    quoted(dice, ofForm(dice, form));
const auth: Member = (dice) =>
  quoted(
    dice,
    dice.pick(['', KEY, ':', `${KEY}:`, `${KEY}:${'0'.repeat(64)}`, `x:${'0'.repeat(64)}`, 'a:b', oddText(dice)]),
  );
const userId: Member = (dice) => (dice.once(2) ? dice.pick(NUMBERS) : text(dice));

export const MEMBER_FORM: Form = { user_id: userId, user_info: (dice) => value(dice, ['name']) };
export const USER_FORM: Form = {
  id: text,
  user_info: (dice) => value(dice, ['name']),
  watchlist: listOf(text, 120),
};
const COMMAND_FORM: Form = { channel, auth, channel_data: inText(MEMBER_FORM), user_data: inText(USER_FORM) };

/** What a client sends. */
export function clientMessage(dice: Dice): string {
  const event = dice.once(12) ? oddText(dice) : dice.pick(EVENTS);
  const data: Member = (inner) => {
    if (event.startsWith('client-')) return value(inner, ['channel']);
    return inner.once(6) ? inText(COMMAND_FORM)(inner) : ofForm(inner, COMMAND_FORM);
  };
  return ofForm(dice, { event: (inner) => quoted(inner, event), channel, data });
}

const INFOS = [
  'user_count',
  'subscription_count',
  'cache',
  'user_count,subscription_count',
  ' cache ',
  'x',
  '',
] as const;

export const EVENT_FORM: Form = {
  name: (dice) => quoted(dice, dice.pick(['e', 'e', 'pusher:e', 'client-e', oddText(dice)])),
  data: text,
  channel,
  channels: listOf(channel, 110),
  socket_id: (dice) => quoted(dice, dice.pick(['1.1', '01.1', '1.', '1.1\n', oddText(dice)])),
  info: (dice) => quoted(dice, dice.pick(INFOS)),
};

/** What a backend sends to publish. */
export const publishBody = (dice: Dice): string => ofForm(dice, dice.once(3) ? EVENT_FORM : omitOne(dice));

// A body that names both one channel and several is rarely meant; the more common one names one of them.
function omitOne(dice: Dice): Form {
  const { channel: one, channels, name, data } = EVENT_FORM;
  const kept = { name, data, ...(dice.once(2) ? { channel: one } : { channels }) };
  // All members of EVENT_FORM are there.
  return kept as Form;
}

export const batchBody = (dice: Dice): string => ofForm(dice, { batch: listOf((inner) => publishBody(inner), 12) });

export const APP_NAMES = [APP_ID, KEY, '2002', 'x', '%00', '..', '__proto__'] as const;
