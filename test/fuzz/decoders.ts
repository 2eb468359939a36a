// Every decoder of the wire, called in process: it answers a value or a refusal of the catalogue and never throws.
import { decodeQuery } from '../../src/admin/input.ts';
import { refuse } from '../../src/admin/problems.ts';
import { ROUTES } from '../../src/admin/routes.ts';
import { DEFAULT_APP_LIMITS } from '../../src/core/limits.ts';
import { route } from '../../src/http/route.ts';
import { channelKind, parseChannelName } from '../../src/protocol/channel-name.ts';
import { decodeClientMessage } from '../../src/protocol/client-message.ts';
import { closeFaults, frameFaults, httpFaults, isRefusal } from '../../src/protocol/faults.ts';
import { isSocketId, type UserId } from '../../src/protocol/ids.ts';
import { decodeMember, decodeUser } from '../../src/protocol/member-data.ts';
import { decodeBatch, decodeInfo, decodePublish } from '../../src/protocol/publish-request.ts';
import { parseRequestTarget } from '../../src/protocol/request-target.ts';
import {
  clientEvent,
  error,
  event,
  memberAdded,
  presenceSucceeded,
  signInSuccess,
} from '../../src/protocol/server-message.ts';
import { parseAuth, Signer } from '../../src/protocol/signatures.ts';
import { parseSignedQuery, verifyBody, verifySignedRequest } from '../../src/protocol/signed-request.ts';
import { KEY, SECRET } from '../support/credentials.ts';
import { type Kind, readCorpus } from './corpus.ts';
import type { Dice } from './dice.ts';
import { batchBody, clientMessage, MEMBER_FORM, oddText, ofForm, publishBody, USER_FORM, value } from './grammar.ts';
import { mutate } from './mutate.ts';

interface Target {
  /** Of which corpus the inputs are changed. */
  readonly kind: Kind;
  readonly make: (dice: Dice) => string;
  /** @throws when the decoder does, or answers what it may not. */
  readonly check: (text: string) => void;
}

const FAULTS: ReadonlySet<unknown> = new Set(
  [closeFaults, frameFaults, httpFaults].flatMap((faults): readonly unknown[] => Object.values(faults)),
);
const LIMITS = DEFAULT_APP_LIMITS;
const VERIFIER = { signers: new Map([[KEY, new Signer(SECRET)]]), nowMs: 0, windowSeconds: 600 };

/** A text of one line from the catalogue; false for any other answer. */
function isGoodRefusal(answer: object): boolean {
  if (!isRefusal(answer)) return false;
  if (!FAULTS.has(answer.fault))
    throw new Error(`A fault that is not in the catalogue: ${JSON.stringify(answer.fault)}`);
  if (/[\p{Cc}\u2028\u2029]/u.test(answer.text))
    throw new Error(`A text of several lines: ${JSON.stringify(answer.text)}`);
  if (answer.text.length > 3_000) throw new Error(`A text of ${answer.text.length} characters.`);
  return true;
}

/** A frame is one JSON object whose data is text, but for an error and for what another client sent. */
function checkFrame(frame: string, isDataText = true): void {
  const { event: name, data } = JSON.parse(frame) as Record<string, unknown>;
  if (typeof name !== 'string') throw new Error(`A frame without an event: ${frame}`);
  if (isDataText && typeof data !== 'string') throw new Error(`Data is no text: ${frame}`);
}

export function checkMessage(text: string): void {
  const message = decodeClientMessage(text);
  if (isGoodRefusal(message)) return checkFrame(error(null, (message as { text: string }).text), false);
  if (isRefusal(message)) return;
  if (message.kind === 'clientEvent') {
    const name = parseChannelName(message.channel, LIMITS.channelNameLength);
    if (name !== null) checkFrame(clientEvent(name, message.event, message.rawData, '7' as UserId), false);
  }
  if (message.kind === 'signIn') checkUser(message.userData);
  if (message.kind !== 'subscribe') return;
  if (message.auth !== null) parseAuth(message.auth);
  if (message.channelData !== null) checkMember(message.channelData);
  const name = parseChannelName(message.channel, LIMITS.channelNameLength);
  if (name !== null && channelKind(name).title === '') throw new Error('A kind without a title.');
}

function checkMember(text: string): void {
  const member = decodeMember(text, LIMITS);
  if (isGoodRefusal(member) || isRefusal(member)) return;
  const channel = parseChannelName('presence-a', LIMITS.channelNameLength);
  if (channel === null) throw new Error('presence-a is no name.');
  checkFrame(memberAdded(channel, member));
  const { data } = JSON.parse(presenceSucceeded(channel, [member])) as { data: string };
  const { presence } = JSON.parse(data) as { presence: { ids: string[]; hash: object } };
  if (!Object.hasOwn(presence.hash, presence.ids[0] ?? '')) throw new Error(`The hash lacks ${presence.ids[0]}.`);
}

function checkUser(text: string): void {
  const user = decodeUser(text, LIMITS.presenceUserIdLength);
  if (!isGoodRefusal(user)) checkFrame(signInSuccess(text));
}

function checkPublish(text: string): void {
  const published = decodePublish(text, new Map(), LIMITS);
  if (!isGoodRefusal(published) && !isRefusal(published)) {
    for (const channel of published.channels) checkFrame(event(channel, published.event));
  }
  isGoodRefusal(decodeBatch(text, LIMITS));
  isGoodRefusal(decodeInfo(text));
}

function checkQuery(text: string): void {
  const query = parseSignedQuery(text);
  const refused = verifySignedRequest({ method: 'GET', paths: ['/apps/1001/channels'], query }, VERIFIER);
  // Nobody here knows how to sign at the time 0.
  if (refused === null) throw new Error('It was let in.');
  isGoodRefusal(refused);
  verifyBody(text, query);
  decodePublish('', query.parameters, LIMITS);
  const target = parseRequestTarget(`http://localhost/${text}`, '/vask');
  const found = route('POST', target.path);
  if (isRefusal(found)) isGoodRefusal(found);
  isSocketId(text);
  decodeQuery(ROUTES.listApps, text);
}

const adminBodies = Object.values(ROUTES).flatMap((each) => ('body' in each ? [each.body] : []));

function checkAdmin(text: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return;
  }
  for (const body of adminBodies) {
    const faults: string[] = [];
    const made = body.decode(parsed, '', (pointer, detail) => void faults.push(`${pointer} ${detail}`));
    if (made === undefined && faults.length === 0) throw new Error('Refused without a word.');
  }
  refuse('badRequest', text.slice(0, 100));
}

const ADMIN_NAMES = [
  'name',
  'id',
  'keyPair',
  'key',
  'secret',
  'limits',
  'email',
  'password',
  'url',
  'events',
  'channel',
];

export const TARGETS: Readonly<Record<string, Target>> = {
  message: { kind: 'messages', make: clientMessage, check: checkMessage },
  member: { kind: 'messages', make: (dice) => ofForm(dice, MEMBER_FORM), check: checkMember },
  user: { kind: 'messages', make: (dice) => ofForm(dice, USER_FORM), check: checkUser },
  publish: { kind: 'bodies', make: publishBody, check: checkPublish },
  batch: { kind: 'bodies', make: batchBody, check: checkPublish },
  query: { kind: 'queries', make: queryText, check: checkQuery },
  admin: { kind: 'admin', make: (dice) => value(dice, ADMIN_NAMES), check: checkAdmin },
};

const PARAMETERS = ['auth_key', 'auth_timestamp', 'auth_version', 'auth_signature', 'body_md5', 'info', 'AUTH_KEY'];

export function queryText(dice: Dice): string {
  const pairs = dice.many(120, () => {
    const name = dice.once(3) ? oddText(dice) : dice.pick(PARAMETERS);
    const text = dice.once(3) ? oddText(dice) : dice.pick([KEY, '1', '1.0', '', '%', '+', '1e9']);
    return dice.once(6) ? name : `${name}=${dice.once(2) ? text : encodeURIComponent(text.toWellFormed())}`;
  });
  return pairs.join(dice.once(20) ? '&&' : '&');
}

/** The next input of a target: new by its grammar, or a change of one that is kept. */
export function nextInput(dice: Dice, { kind, make }: Pick<Target, 'kind' | 'make'>): string {
  if (dice.once(2)) return make(dice);
  const kept = corpusOf(kind);
  return mutate(dice, dice.once(3) ? make(dice) : dice.pick(kept), kept);
}

const read = new Map<Kind, readonly string[]>();

export function corpusOf(kind: Kind): readonly string[] {
  const known = read.get(kind) ?? readCorpus(kind);
  read.set(kind, known);
  return known;
}
