// One round of each kind of attack: a few dozen inputs over the wire, with every answer looked at.
import { ROUTES } from '../../src/admin/routes.ts';
import { APP_ID, KEY, signedQuery } from '../support/credentials.ts';
import { frameBytes, requestText, TcpClient, UPGRADE_HEADERS } from '../support/tcp.ts';
import {
  checkAdminAnswer,
  checkApiAnswer,
  checkClose,
  checkFrame,
  checkNothingForeign,
  checkRawAnswer,
} from './answers.ts';
import { corpusOf, nextInput, queryText } from './decoders.ts';
import { Dice } from './dice.ts';
import { batchBody, CHANNELS, clientMessage, oddText, publishBody, value } from './grammar.ts';
import { mutate } from './mutate.ts';
import { rawRequest } from './raw-request.ts';
import type { Stage } from './stage.ts';

/** Plays one round and names its inputs, which are stored when it fails. */
export type Attack = (stage: Stage, dice: Dice, inputs: string[]) => Promise<void>;

const MESSAGES = 100;
const AT_ONCE = 16;

/** Several attackers at once, each with choices of its own, so that the seed decides whoever is served first. */
async function several(dice: Dice, count: number, one: (own: Dice) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => one(new Dice(dice.below(2 ** 32)))));
}

async function connected(stage: Stage): Promise<{ readonly client: TcpClient; readonly socketId: string }> {
  const client = await TcpClient.webSocket(stage.port);
  const greeting = JSON.parse(await client.text()) as { data: string };
  return { client, socketId: (JSON.parse(greeting.data) as { socket_id: string }).socket_id };
}

/** Reads until the pong of `mark` if there is one, or until the server has closed or gone. */
async function readAll(client: TcpClient, mark: string | null, mayEcho: boolean): Promise<void> {
  for (;;) {
    const frame = await client.frameOrEnd();
    if (frame === null) return;
    const { opcode, payload } = frame;
    if (opcode === 8) return checkClose(payload, mayEcho);
    if (opcode === 10) {
      if (payload.toString() === mark) return;
      continue;
    }
    if (opcode !== 1) throw new Error(`A frame ${opcode}: ${payload.toString('latin1')}`);
    checkFrame(payload.toString());
  }
}

/** Text messages, some of them rightly signed. */
const messages: Attack = (stage, dice, inputs) =>
  several(dice, 4, async (own) => {
    const { client, socketId } = await connected(stage);
    for (let left = MESSAGES; left > 0; left--) {
      const text = own.once(8)
        ? signedSubscription(stage, own, socketId)
        : nextInput(own, { kind: 'messages', make: clientMessage });
      inputs.push(text);
      client.say(Buffer.from(text.toWellFormed()));
    }
    client.say('last', { opcode: 9 });
    await readAll(client, 'last', false);
    client.close();
  });

function signedSubscription(stage: Stage, dice: Dice, socketId: string): string {
  const channel = dice.pick(CHANNELS);
  const channelData = channel.startsWith('presence-')
    ? `{"user_id":${JSON.stringify(oddText(dice).toWellFormed())},"user_info":${value(dice, ['name']).toWellFormed()}}`
    : undefined;
  const auth = stage.channelAuth(socketId, channel, channelData);
  return JSON.stringify({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } });
}

const PAYLOADS = [
  '',
  '{"event":"pusher:ping"}',
  'x',
  '\xff',
  '\xed\xa0\x80',
  '\x03\xe8',
  '\x03\xe8bye',
  '\x03\xed',
  '\x0f\xa0',
];
const OPCODES = [1, 1, 1, 0, 0, 2, 8, 9, 9, 10, 3, 11];

function frame(dice: Dice): Buffer {
  if (dice.once(3)) return Buffer.from(mutate(dice, dice.pick(corpusOf('frames')), corpusOf('frames')), 'latin1');
  const payload = dice.once(30) ? dice.bytes(dice.below(70_000)) : Buffer.from(dice.pick(PAYLOADS), 'latin1');
  return frameBytes(payload, {
    opcode: dice.pick(OPCODES),
    isFinal: !dice.once(4),
    isMasked: !dice.once(30),
    reserved: dice.once(30) ? dice.below(8) : 0,
  });
}

/** Frames of every form. The end of the stream is what ends the round. */
const frames: Attack = (stage, dice, inputs) =>
  several(dice, AT_ONCE, async (own) => {
    const { client } = await connected(stage);
    const count = 1 + own.below(30);
    for (let left = count; left > 0; left--) {
      const bytes = frame(own);
      inputs.push(bytes.toString('latin1'));
      client.write(own.once(20) ? bytes.subarray(0, bytes.length - own.length(4)) : bytes);
    }
    client.say('last', { opcode: 9 });
    client.socket.end();
    await readAll(client, null, true);
    client.close();
  });

/** Requests byte by byte, several after each other on one connection. */
const requests: Attack = async (stage, dice, inputs) => {
  const one = async (sent: string): Promise<void> => {
    const client = new TcpClient(stage.port);
    client.write(Buffer.from(sent, 'latin1'));
    client.socket.end();
    checkRawAnswer(await client.rest());
    client.close();
  };
  const all = Array.from({ length: AT_ONCE }, () => Array.from({ length: 1 + dice.length(6) }, () => rawRequest(dice)));
  inputs.push(...all.flat());
  await Promise.all(all.map((each) => one(each.join(''))));
};

const API_PATHS = [
  'events',
  'events',
  'batch_events',
  'users/7/events',
  'users/7/terminate_connections',
  'channels/a/events',
];
const API_READS = ['channels', 'channels/NAME', 'channels/NAME/users', 'channels/NAME/stats'];

/** Rightly signed requests with any contents. */
const bodies: Attack = async (stage, dice, inputs) => {
  const one = async (method: string, path: string, body: string, parameters: Record<string, string>): Promise<void> => {
    const query = signedQuery(method, path, body, { parameters });
    const sent = { method, ...(method === 'GET' ? {} : { body, headers: { 'idempotency-key': oddKey(body) } }) };
    const answer = await fetch(`${stage.url}${path}?${query}`, sent);
    checkApiAnswer(answer.status, await answer.text());
  };
  const asked = Array.from({ length: AT_ONCE * 2 }, () => {
    const isRead = dice.once(4);
    const named = encodeURIComponent(oddText(dice).toWellFormed()).replace(/^\.*$/, 'a');
    const path = isRead ? dice.pick(API_READS).replace('NAME', () => named) : dice.pick(API_PATHS);
    const make = path === 'batch_events' ? batchBody : publishBody;
    const body = isRead ? '' : nextInput(dice, { kind: 'bodies', make }).toWellFormed();
    const parameters: Record<string, string> = dice.once(3) ? { info: oddText(dice).toWellFormed() } : {};
    inputs.push(`${path} ${body}`);
    return one(isRead ? 'GET' : 'POST', `/apps/${APP_ID}/${path}`, body, parameters);
  });
  await Promise.all(asked);
};

/** The same for the same body now and then, so that repeats are asked for as well. */
function oddKey(body: string): string {
  return `k${body.length % 50}-${Bun.hash(body) % 1000n}`;
}

const READ_OR_OWN = Object.values(ROUTES).filter(
  // Nobody's hook may be called, and a stream has no end.
  ({ path, method }) => !/\/(live|test)$/.test(path) && !(path.includes('/webhooks') && method !== 'GET'),
);

/** Requests of the admin API by somebody who has an account and no app. */
const admin: Attack = async (stage, dice, inputs) => {
  const one = async (): Promise<void> => {
    const { method, path: pattern, ...rest } = dice.pick(READ_OR_OWN);
    const path = pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
      if (name === 'app' && dice.once(2)) return dice.pick([stage.foreignApp, '2002', APP_ID]);
      return encodeURIComponent(oddText(dice).toWellFormed()).replace(/^\.*$/, 'a');
    });
    const kept = corpusOf('admin');
    const body = 'body' in rest ? mutate(dice, dice.pick(kept), kept).toWellFormed() : null;
    const query = dice.once(2) ? '' : `?${queryText(dice).toWellFormed()}`;
    inputs.push(`${method} ${path}${query} ${body ?? ''}`);
    const headers = {
      ...(dice.once(20) ? {} : { authorization: `Bearer ${stage.person.token}` }),
      ...(dice.once(10) ? {} : { 'content-type': 'application/json' }),
      ...(dice.once(3) ? { 'if-match': dice.pick(['*', '"v1"', 'x', '"v99999999999999999"']) } : {}),
    };
    const sent = { method, headers, ...(body === null ? {} : { body }) };
    const answer = await fetch(`${stage.url}/api/v1${path}${query.replaceAll('#', '')}`, sent);
    checkAdminAnswer(answer.status, await answer.text());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
};

/** An upgrade that is cut short, or goes on as something else. */
const upgrades: Attack = (stage, dice, inputs) =>
  several(dice, AT_ONCE, async (own) => {
    const headers = Object.fromEntries(Object.entries(UPGRADE_HEADERS).filter(() => !own.once(6)));
    const key = own.once(3) ? encodeURIComponent(oddText(own).toWellFormed()) : KEY;
    const whole = requestText('GET', `/app/${key}?${queryText(own).replace(/[\s\0]/g, '')}`, headers);
    const sent = own.once(2) ? whole : mutate(own, whole, corpusOf('requests'));
    inputs.push(sent);
    const client = new TcpClient(stage.port);
    client.write(Buffer.concat([Buffer.from(sent.toWellFormed()), frameBytes(clientMessage(own).toWellFormed())]));
    client.socket.end();
    checkNothingForeign(await client.rest());
    client.close();
  });

export const ATTACKS: Readonly<Record<string, Attack>> = { messages, frames, requests, bodies, admin, upgrades };
