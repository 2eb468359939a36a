// Whatever a stranger sends over a real socket, the process lives and a bystander is served as before (P-1.2).
import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import { standBy } from '../support/bystander.ts';
import { channelAuth, KEY, SECRET, userAuth } from '../support/credentials.ts';
import { deeplyNested } from '../support/generators.ts';
import { startVask } from '../support/server.ts';
import { frameBytes, TcpClient } from '../support/tcp.ts';

const vask = await startVask();
afterEach(await standBy(vask));
afterAll(() => vask.stop());

async function connected(): Promise<TcpClient> {
  const client = await TcpClient.webSocket(vask.port);
  await client.text();
  return client;
}

const PONG = '{"event":"pusher:pong","data":"{}"}';
const subscribe = (data: unknown): string => JSON.stringify({ event: 'pusher:subscribe', data });

const KILLERS: readonly (readonly [string, string])[] = [
  ['a subscription with empty data', '{"event":"pusher:subscribe","data":{}}'],
  ['a subscription without data', '{"event":"pusher:subscribe"}'],
  ['a subscription to a number', '{"event":"pusher:subscribe","data":{"channel":47}}'],
  ['an unsubscription without data', '{"event":"pusher:unsubscribe"}'],
  ['a sign-in without data', '{"event":"pusher:signin"}'],
];

const REFUSED: readonly (readonly [string, string])[] = [
  ...KILLERS,
  ['no JSON', 'hello'],
  ['nothing', ''],
  ['a blank', ' '],
  ['half an object', '{"event":"pusher:ping"'],
  ['two objects', '{"event":"pusher:ping"}{"event":"pusher:ping"}'],
  ['a number', '1'],
  ['a string', '"pusher:ping"'],
  ['null', 'null'],
  ['an array', '[{"event":"pusher:ping"}]'],
  ['an empty object', '{}'],
  ['a number as event', '{"event":1}'],
  ['null as event', '{"event":null}'],
  ['an array as event', '{"event":["pusher:ping"]}'],
  ['an object as event', '{"event":{"toString":1}}'],
  ['an inherited event', '{"__proto__":{"event":"pusher:ping"}}'],
  ['an unknown event', '{"event":"hello"}'],
  ['a server event', '{"event":"pusher_internal:subscription_succeeded","channel":"x","data":"{}"}'],
  ['an event named __proto__', '{"event":"__proto__"}'],
  ['an event with line breaks', '{"event":"a\\r\\nb\\u2028c\\u0000"}'],
  ['an event with half a character', '{"event":"\\ud800"}'],
  ['an event of 100,000 characters', JSON.stringify({ event: 'x'.repeat(100_000) })],
  ['arrays 50,000 deep', deeplyNested(50_000)],
  ['data 50,000 deep', `{"event":"pusher:subscribe","data":${deeplyNested(50_000)}}`],
  ...['1', 'null', '[]', '[1]', '""', '"x"', '"[]"', 'true', '{"__proto__":{"channel":"a"}}'].map(
    (data): [string, string] => [`a subscription with data ${data}`, `{"event":"pusher:subscribe","data":${data}}`],
  ),
  ...[
    1,
    null,
    [],
    ['a'],
    {},
    true,
    '',
    ' ',
    'a b',
    'ä',
    'x'.repeat(201),
    '#',
    '#server-to-user-',
    '#x',
    '\ud800',
    '\0',
  ].map((channel): [string, string] => [
    `a subscription to ${JSON.stringify(channel).slice(0, 40)}`,
    subscribe({ channel }),
  ]),
  ...[1, [], {}, true, 'x', ':', 'a:', ':b', '__proto__:x', 'toString:x', `${KEY}:`, `${KEY}:${'0'.repeat(64)}`].map(
    (auth): [string, string] => [
      `auth ${JSON.stringify(auth).slice(0, 40)}`,
      subscribe({ channel: 'private-a', auth }),
    ],
  ),
  ...[1, [], {}, true].map((channel_data): [string, string] => [
    `channel_data ${JSON.stringify(channel_data)}`,
    subscribe({ channel: 'presence-a', auth: 'a:b', channel_data }),
  ]),
  ...[1, null, [], {}, '', '{', '{}', '[]', '{"id":1}', '{"id":""}'].map((user_data): [string, string] => [
    `user_data ${JSON.stringify(user_data)}`,
    JSON.stringify({ event: 'pusher:signin', data: { auth: `${KEY}:x`, user_data } }),
  ]),
  ['a client event without channel', '{"event":"client-a","data":1}'],
  ['a client event without data', '{"event":"client-a","channel":"private-a"}'],
  ['a client event on an array', '{"event":"client-a","channel":["private-a"],"data":1}'],
  ['a client event on a channel that every object inherits', '{"event":"client-a","channel":"__proto__","data":1}'],
  ['a client event with data 50,000 deep', `{"event":"client-a","channel":"private-a","data":${deeplyNested(50_000)}}`],
  ['a client event on the channel of others', '{"event":"client-a","channel":"private-bystander","data":1}'],
];

describe('[P-3.3, P-3.4, P-3.6] a refused command leaves the connection as it was', () => {
  test.each(REFUSED)('%s', async (_, text) => {
    const client = await connected();
    client.say(text);
    const { event, data } = JSON.parse(await client.text());
    expect(event).toBe('pusher:error');
    expect(data.code === null || typeof data.code === 'number').toBe(true);
    expect(data.message).toEqual(expect.any(String));
    client.say('{"event":"pusher:ping"}');
    expect(await client.text()).toBe(PONG);
    client.close();
  });

  test('a binary message, even of the right content', async () => {
    const client = await connected();
    client.say('{"event":"pusher:ping"}', { opcode: 2 });
    expect(JSON.parse(await client.text()).data.message).toBe('Binary messages are not supported');
    client.close();
  });

  test('data as JSON text, which ended other servers, is understood', async () => {
    const client = await connected();
    client.say('{"event":"pusher:subscribe","data":"{\\"channel\\":\\"a\\"}"}');
    expect(JSON.parse(await client.text()).event).toBe('pusher_internal:subscription_succeeded');
    client.close();
  });
});

test('[P-5.4] neither an answer nor the log tells the right signature or a secret', async () => {
  const client = await TcpClient.webSocket(vask.port);
  const { socket_id } = JSON.parse(JSON.parse(await client.text()).data);
  const userData = '{"id":"7"}';
  const right = [
    channelAuth(socket_id, 'private-a'),
    channelAuth(socket_id, 'presence-a', '{"user_id":1}'),
    userAuth(socket_id, userData),
  ];
  const wrong = `${KEY}:${'0'.repeat(64)}`;
  client.say(subscribe({ channel: 'private-a', auth: wrong }));
  client.say(subscribe({ channel: 'presence-a', auth: wrong, channel_data: '{"user_id":1}' }));
  client.say(JSON.stringify({ event: 'pusher:signin', data: { auth: wrong, user_data: userData } }));
  const answers = [await client.text(), await client.text(), await client.text()];
  expect(answers.filter((text) => text.includes('Invalid signature'))).toHaveLength(3);
  const told = answers.join('') + vask.logLines.join('');
  for (const auth of right) expect(told).not.toContain(auth.slice(-64));
  expect(told).not.toContain(SECRET);
  client.close();
});

describe('[P-1.2] frames that break the rules of WebSocket end their connection and no other', () => {
  const ping = '{"event":"pusher:ping"}';
  const broken: readonly (readonly [string, number, Uint8Array])[] = [
    ['an invalid UTF-8 sequence', 1007, frameBytes(Buffer.from([0x22, 0xff, 0x22]))],
    ['half a surrogate pair in UTF-8', 1007, frameBytes(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))],
    ['a frame without mask', 1002, frameBytes(ping, { isMasked: false })],
    ['a compressed frame that was not agreed on', 1002, frameBytes(ping, { reserved: 4 })],
    ['the second reserved bit', 1002, frameBytes(ping, { reserved: 2 })],
    ['the third reserved bit', 1002, frameBytes(ping, { reserved: 1 })],
    ['opcode 3', 1002, frameBytes(ping, { opcode: 3 })],
    ['opcode 15', 1002, frameBytes(ping, { opcode: 15 })],
    ['a continuation of nothing', 1002, frameBytes(ping, { opcode: 0 })],
    ['a message within a message', 1002, Buffer.concat([frameBytes('{', { isFinal: false }), frameBytes(ping)])],
    ['a ping in parts', 1002, frameBytes('x', { opcode: 9, isFinal: false })],
    ['a ping of 126 bytes', 1002, frameBytes('x'.repeat(126), { opcode: 9 })],
    ['a close with half a code', 1002, frameBytes('x', { opcode: 8 })],
    ['a close with a code that there is not', 1002, frameBytes(Buffer.from([3, 231]), { opcode: 8 })],
    ['a close with an invalid reason', 1007, frameBytes(Buffer.from([3, 232, 255]), { opcode: 8 })],
    ['a length of 2⁶⁴', 1009, Buffer.from([0x81, 0xff, ...Array(8).fill(0xff), 1, 2, 3, 4])],
    ['5 MB', 1009, frameBytes('x'.repeat(5_000_000))],
  ];
  test.each(broken)('%s → %d', async (_, code, bytes) => {
    const client = await connected();
    client.write(bytes);
    const { opcode, payload } = await client.frame();
    expect([opcode, payload.readUInt16BE(0)]).toEqual([8, code]);
    await client.ended;
  });

  test('[P-3.2] a message in parts, a ping between them, is one message', async () => {
    const client = await connected();
    client.say('{"event":"pus', { isFinal: false });
    client.say('her:p', { opcode: 0, isFinal: false });
    client.say('between', { opcode: 9 });
    client.say('ing"}', { opcode: 0 });
    const { opcode, payload } = await client.frame();
    expect([opcode, payload.toString()]).toEqual([10, 'between']);
    expect(await client.text()).toBe(PONG);
    client.close();
  });

  test('[P-3.5] a message that is too long is told so, and closed with 1009', async () => {
    const client = await connected();
    client.say('x'.repeat(1_000_000));
    const farewell = await client.farewell();
    expect(farewell).toMatchObject({ errorCode: 1009, closeCode: 1009 });
    expect(farewell.reason).toBe(farewell.message);
  });

  test('[P-3.5] so is one that comes in many parts', async () => {
    const client = await connected();
    for (let part = 0; part < 10; part++) {
      client.say('x'.repeat(100_000), { opcode: part === 0 ? 1 : 0, isFinal: part === 9 });
    }
    expect(await client.farewell()).toMatchObject({ errorCode: 1009, closeCode: 1009 });
  });
});
