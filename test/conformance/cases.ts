// RFC 6455 as cases with the numbers of the Autobahn test suite, made for a server that answers commands and echoes
// nothing: where Autobahn compares an echo, a text here is answered by an error frame that repeats it, or by a pong.
import { frameBytes } from '../support/tcp.ts';

/** What must come back, in order; `fail CODE` is a close with that code, `end` the end without a close frame. */
export type Expected = readonly string[];

export interface Case {
  /** Of the Autobahn test suite; several where they differ only in length or in how TCP cuts them. */
  readonly number: string;
  readonly title: string;
  /** Written one after the other. */
  readonly writes: readonly Uint8Array[];
  readonly expected: Expected;
  /** What the engine does in place of it, and what RFC 6455 says to that. */
  readonly deviation?: { readonly actual: Expected; readonly note: string };
}

export interface Chapter {
  readonly title: string;
  readonly cases: readonly Case[];
}

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const CONTINUATION = 0;

const PING_MESSAGE = '{"event":"pusher:ping"}';
/** What the answers are called in `expected`. */
export const PONG_FRAME = 'pusher:pong';
export const ERROR_FRAME = 'pusher:error';
const BINARY_REFUSED = `${ERROR_FRAME} Binary messages are not supported`;

/** A message of so many bytes that is a ping, whatever its length. */
function paddedPing(bytes: number): string {
  return PING_MESSAGE + ' '.repeat(Math.max(0, bytes - PING_MESSAGE.length));
}

/** A text that comes back in an error frame. */
const echoed = (text: string): string => JSON.stringify({ event: text });
// What would break the line of an error is replaced in it.
const echo = (text: string): string =>
  `${ERROR_FRAME} Unsupported event received on socket: '${text.replace(/\p{Cc}/gu, '\ufffd')}'`;

const text = (payload: string | Uint8Array, form = {}): Buffer => frameBytes(payload, { opcode: TEXT, ...form });
const control = (opcode: number, payload: string | Uint8Array = '', form = {}): Buffer =>
  frameBytes(payload, { opcode, ...form });
const closeFrame = (code: number, reason: string | Uint8Array = ''): Buffer =>
  control(CLOSE, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
const NORMAL = closeFrame(1000);

/** Octet by octet, as TCP may cut it. */
const chopped = (bytes: Buffer, size = 1): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

/** A case that is ended well by the client. */
function ended(number: string, title: string, writes: readonly Uint8Array[], answers: Expected): Case {
  return { number, title, writes: [...writes, NORMAL], expected: [...answers, 'close 1000'] };
}

function failing(
  number: string,
  title: string,
  writes: readonly Uint8Array[],
  code: number,
  before: Expected = [],
): Case {
  return { number, title, writes, expected: [...before, `close ${code}`] };
}

const LENGTHS: readonly (readonly [string, number])[] = [
  ['1', 0],
  ['2', 125],
  ['3', 126],
  ['4', 127],
  ['5', 128],
  ['6', 65_535],
  ['7', 65_536],
];

const framing: Chapter = {
  title: '1 Framing',
  cases: [
    ...LENGTHS.map(([number, length]) =>
      length === 0
        ? ended('1.1.1', 'a text of 0 bytes', [text('')], [`${ERROR_FRAME} Invalid JSON in message`])
        : ended(`1.1.${number}`, `a text of ${length} bytes`, [text(paddedPing(length))], [PONG_FRAME]),
    ),
    ended('1.1.8', 'a text of 65,536 bytes, in pieces of 997', chopped(text(paddedPing(65_536)), 997), [PONG_FRAME]),
    ...LENGTHS.map(([number, length]) =>
      ended(
        `1.2.${number}`,
        `a binary message of ${length} bytes`,
        [control(BINARY, 'x'.repeat(length))],
        [BINARY_REFUSED],
      ),
    ),
    ended(
      '1.2.8',
      'a binary message of 65,536 bytes, in pieces of 997',
      chopped(control(BINARY, 'x'.repeat(65_536)), 997),
      [BINARY_REFUSED],
    ),
  ],
};

const pings: Chapter = {
  title: '2 Pings and pongs',
  cases: [
    ended('2.1', 'a ping without payload', [control(PING)], ['pong ']),
    ended('2.2', 'a ping with text', [control(PING, 'Hello')], ['pong Hello']),
    ended(
      '2.3',
      'a ping with bytes that are no UTF-8',
      [control(PING, Buffer.from([0, 255, 254, 253]))],
      ['pong hex 00fffefd'],
    ),
    ended('2.4', 'a ping with 125 bytes', [control(PING, 'x'.repeat(125))], [`pong ${'x'.repeat(125)}`]),
    failing('2.5', 'a ping with 126 bytes', [control(PING, 'x'.repeat(126))], 1002),
    ended('2.6', 'a ping with 125 bytes, octet by octet', chopped(control(PING, 'x'.repeat(125))), [
      `pong ${'x'.repeat(125)}`,
    ]),
    ended('2.7', 'a pong that nobody asked for', [control(PONG)], []),
    ended('2.8', 'a pong with payload that nobody asked for', [control(PONG, 'x')], []),
    ended('2.9', 'a pong that nobody asked for, then a ping', [control(PONG, 'x'), control(PING, 'y')], ['pong y']),
    ended(
      '2.10',
      'ten pings',
      Array.from({ length: 10 }, (_, at) => control(PING, `${at}`)),
      Array.from({ length: 10 }, (_, at) => `pong ${at}`),
    ),
    ended(
      '2.11',
      'ten pings, octet by octet',
      Array.from({ length: 10 }, (_, at) => chopped(control(PING, `${at}`))).flat(),
      Array.from({ length: 10 }, (_, at) => `pong ${at}`),
    ),
  ],
};

const reserved: Chapter = {
  title: '3 Reserved bits',
  cases: [1, 2, 3, 4, 5, 6, 7].map((bits) => {
    const opcode = bits === 5 ? BINARY : bits === 6 ? PING : bits === 7 ? CLOSE : TEXT;
    const before = bits === 1 ? [] : bits < 5 ? [text(PING_MESSAGE)] : [];
    const frame = control(opcode, bits === 7 ? '' : PING_MESSAGE, { reserved: bits });
    return failing(
      `3.${bits}`,
      `reserved bits ${bits.toString(2).padStart(3, '0')}${before.length > 0 ? ' after a good text' : ''}`,
      [...before, frame],
      1002,
      before.map(() => PONG_FRAME),
    );
  }),
};

const opcodes: Chapter = {
  title: '4 Opcodes',
  cases: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode, at) => {
    const [section, number] = at < 5 ? [1, at + 1] : [2, at - 4];
    const before = number > 2 ? [text(PING_MESSAGE)] : [];
    return failing(
      `4.${section}.${number}`,
      `opcode ${opcode}${before.length > 0 ? ' after a good text' : ''}`,
      [...before, control(opcode, number % 2 === 0 ? 'x' : '')],
      1002,
      before.map(() => PONG_FRAME),
    );
  }),
};

const [FIRST, SECOND] = [PING_MESSAGE.slice(0, 9), PING_MESSAGE.slice(9)];
const first = text(FIRST, { isFinal: false });
const middle = (payload: string): Buffer => control(CONTINUATION, payload, { isFinal: false });
const last = control(CONTINUATION, SECOND);
const inBetween = control(PING, 'between');

const fragments: Chapter = {
  title: '5 Fragmentation',
  cases: [
    failing('5.1', 'a ping in two parts', [control(PING, 'a', { isFinal: false }), control(CONTINUATION, 'b')], 1002),
    failing('5.2', 'a pong in two parts', [control(PONG, 'a', { isFinal: false }), control(CONTINUATION, 'b')], 1002),
    ended('5.3', 'a text in two parts', [first, last], [PONG_FRAME]),
    ended('5.4', 'a text in two parts, with pauses of TCP', chopped(Buffer.concat([first, last]), 5), [PONG_FRAME]),
    ended('5.5', 'a text in two parts, octet by octet', chopped(Buffer.concat([first, last])), [PONG_FRAME]),
    ended('5.6', 'a ping between two parts', [first, inBetween, last], ['pong between', PONG_FRAME]),
    ended('5.7', 'a ping between two parts, in pieces', chopped(Buffer.concat([first, inBetween, last]), 5), [
      'pong between',
      PONG_FRAME,
    ]),
    ended('5.8', 'a ping between two parts, octet by octet', chopped(Buffer.concat([first, inBetween, last])), [
      'pong between',
      PONG_FRAME,
    ]),
    failing('5.9', 'a continuation of nothing, then a text', [control(CONTINUATION, 'x'), text(PING_MESSAGE)], 1002),
    failing('5.10', 'the same in one write', [Buffer.concat([control(CONTINUATION, 'x'), text(PING_MESSAGE)])], 1002),
    failing(
      '5.11',
      'the same octet by octet',
      chopped(Buffer.concat([control(CONTINUATION, 'x'), text(PING_MESSAGE)])),
      1002,
    ),
    failing('5.12', 'a continuation of nothing that goes on, then a text', [middle('x'), text(PING_MESSAGE)], 1002),
    failing('5.13', 'the same in one write', [Buffer.concat([middle('x'), text(PING_MESSAGE)])], 1002),
    failing('5.14', 'the same octet by octet', chopped(Buffer.concat([middle('x'), text(PING_MESSAGE)])), 1002),
    failing(
      '5.15',
      'a good message in parts, then a continuation of nothing',
      [first, last, middle('x'), text(PING_MESSAGE)],
      1002,
      [PONG_FRAME],
    ),
    failing('5.16', 'a continuation of nothing before each of two messages', [middle('x'), first, last], 1002),
    failing(
      '5.17',
      'a final continuation of nothing before each of two messages',
      [control(CONTINUATION, 'x'), first, last],
      1002,
    ),
    failing('5.18', 'a text within a text', [first, text('x')], 1002),
    ended(
      '5.19',
      'a text in five parts with two pings between',
      [
        text('{"ev', { isFinal: false }),
        middle('ent":'),
        control(PING, '1'),
        middle('"pusher'),
        middle(':pi'),
        control(PING, '2'),
        control(CONTINUATION, 'ng"}'),
      ],
      ['pong 1', 'pong 2', PONG_FRAME],
    ),
    ended(
      '5.20',
      'the same in one write',
      [
        Buffer.concat([
          text('{"ev', { isFinal: false }),
          middle('ent":'),
          control(PING, '1'),
          middle('"pusher'),
          middle(':pi'),
          control(PING, '2'),
          control(CONTINUATION, 'ng"}'),
        ]),
      ],
      ['pong 1', 'pong 2', PONG_FRAME],
    ),
  ],
};

export const framingChapters = [framing, pings, reserved, opcodes, fragments];
export {
  BINARY,
  CLOSE,
  CONTINUATION,
  chopped,
  closeFrame,
  control,
  echo,
  echoed,
  ended,
  failing,
  NORMAL,
  PING,
  PING_MESSAGE,
  paddedPing,
  text,
};
