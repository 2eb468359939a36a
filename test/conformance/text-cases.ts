// The cases of RFC 6455 about UTF-8, closing and long messages, with the numbers of the Autobahn test suite.
import {
  type Case,
  type Chapter,
  CLOSE,
  CONTINUATION,
  chopped,
  closeFrame,
  control,
  ERROR_FRAME,
  echo,
  echoed,
  ended,
  failing,
  NORMAL,
  PING,
  PING_MESSAGE,
  PONG_FRAME,
  paddedPing,
  text,
} from './cases.ts';

const GREEK = 'κόσμε';
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const inMessage = (inner: Buffer): Buffer => Buffer.concat([Buffer.from('{"event":"'), inner, Buffer.from('"}')]);

/** A text with these bytes in it is taken, and comes back. */
const valid = (number: string, title: string, inner: string): Case =>
  ended(number, title, [text(echoed(inner))], [echo(inner)]);
const invalid = (number: string, title: string, hex: string): Case =>
  failing(number, title, [text(inMessage(bytes(hex)))], 1007);

const greek = Buffer.from(echoed(GREEK));
const cutAt = greek.indexOf(Buffer.from('σ')) + 1;

const VALID: readonly (readonly [string, string])[] = [
  ['6.5.1–6.5.5', GREEK],
  ['6.6.2', '\u0080'],
  ['6.6.5', 'κ'],
  ['6.6.11', GREEK],
  ['6.7.1', ' '],
  ['6.7.2', '\u0080'],
  ['6.7.3', '\u0800'],
  ['6.7.4', '\u{10000}'],
  ['6.9.1', '\u007f'],
  ['6.9.2', '\u07ff'],
  ['6.9.3', '\uffff'],
  ['6.9.4', '\u{10ffff}'],
  ['6.11.1', '\ud7ff'],
  ['6.11.2', '\ue000'],
  ['6.11.3', '\ufffd'],
  ['6.11.4', '\u{10ffff}'],
  ['6.22.1–6.22.34', '\u{fffe}\u{ffff}\u{1fffe}\u{1ffff}\u{10fffe}'],
  ['6.23.1–6.23.7', '\ufff9\ufffa\ufffb\ufffc\ufffd\ufffe'],
];

const INVALID: readonly (readonly [string, string, string])[] = [
  ['6.6.1', 'half a sequence of two bytes', 'ce'],
  ['6.6.3–6.6.10', 'a sequence that is cut short', 'e1 e1bd f0 f090 f09080'],
  ['6.8.1', 'five bytes', 'f888808080'],
  ['6.8.2', 'six bytes', 'fc8480808080'],
  ['6.10.1', 'the last one of four bytes and more', 'f7bfbfbf'],
  ['6.10.2', 'the last one of five bytes', 'fbbfbfbfbf'],
  ['6.10.3', 'the last one of six bytes', 'fdbfbfbfbfbf'],
  ['6.11.5', 'the first one beyond Unicode', 'f4908080'],
  ['6.12.1–6.12.8', 'continuation bytes alone', '80 bf 80bf'],
  ['6.13.1–6.13.5', 'beginnings alone', 'c020 e020 f020 f820 fc20'],
  ['6.14.1–6.14.10', 'the last continuation byte missing', 'df efbf f7bfbf'],
  [
    '6.15.1',
    'ten sequences with a byte missing each',
    'c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf',
  ],
  ['6.16.1', 'the byte fe', 'fe'],
  ['6.16.2', 'the byte ff', 'ff'],
  ['6.16.3', 'the bytes fe fe ff ff', 'fefeffff'],
  ['6.17.1–6.17.5', 'a slash, longer than needed', 'c0af e080af'],
  ['6.18.1–6.18.5', 'the largest ones, longer than needed', 'c1bf e09fbf f08fbfbf'],
  ['6.19.1–6.19.5', 'NUL, longer than needed', 'c080 e08080'],
  ['6.20.1–6.20.7', 'single surrogates', 'eda080 edafbf edb080 edbfbf'],
  ['6.21.1–6.21.8', 'surrogate pairs', 'eda080edb080'],
];

export const utf8: Chapter = {
  title: '6 UTF-8',
  cases: [
    ended('6.1.1', 'a text of 0 bytes', [text('')], [`${ERROR_FRAME} Invalid JSON in message`]),
    ended(
      '6.1.2',
      'a text of three parts of 0 bytes',
      [text('', { isFinal: false }), control(CONTINUATION, '', { isFinal: false }), control(CONTINUATION)],
      [`${ERROR_FRAME} Invalid JSON in message`],
    ),
    ended(
      '6.1.3',
      'three parts, only the middle one not empty',
      [text('', { isFinal: false }), control(CONTINUATION, PING_MESSAGE, { isFinal: false }), control(CONTINUATION)],
      [PONG_FRAME],
    ),
    valid('6.2.1', 'a good text', 'Hello-µ@ßöäüàá-UTF-8!!'),
    ended(
      '6.2.2',
      'a good text in two parts, cut between characters',
      [text(greek.subarray(0, 10), { isFinal: false }), control(CONTINUATION, greek.subarray(10))],
      [echo(GREEK)],
    ),
    ended('6.2.3', 'a good text, octet by octet', chopped(text(greek)), [echo(GREEK)]),
    ended(
      '6.2.4',
      'a good text in two parts, cut within a character',
      [text(greek.subarray(0, cutAt), { isFinal: false }), control(CONTINUATION, greek.subarray(cutAt))],
      [echo(GREEK)],
    ),
    invalid('6.3.1', 'a surrogate in a good text', 'cebae1bdb9cf83cebcceb5 eda080 656469746564'),
    failing('6.3.2', 'the same, octet by octet', chopped(text(inMessage(bytes('cebaeda080')))), 1007),
    failing(
      '6.4.1',
      'a bad part after a good one',
      [
        text('{"event":"', { isFinal: false }),
        control(CONTINUATION, bytes('f4908080'), { isFinal: false }),
        control(CONTINUATION, '"}'),
      ],
      1007,
    ),
    failing(
      '6.4.2',
      'a part that ends within a bad character',
      [
        text(bytes('cebaf4'), { isFinal: false }),
        control(CONTINUATION, bytes('908080'), { isFinal: false }),
        control(CONTINUATION, ''),
      ],
      1007,
    ),
    {
      number: '6.4.3–6.4.4',
      title: 'a bad byte long before the end of the message',
      writes: [text(bytes('cebaff'), { isFinal: false }), control(PING, 'x'), control(CONTINUATION, '')],
      expected: ['close 1007'],
      deviation: {
        actual: ['pong x', 'close 1007'],
        note: 'the engine looks when the message is whole; Autobahn calls that non-strict, and RFC 6455 allows it (8.1)',
      },
    },
    ...VALID.map(([number, inner]) =>
      valid(
        number,
        `${[...inner].map((each) => `U+${each.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`).join(' ')}`,
        inner,
      ),
    ),
    ...INVALID.flatMap(([number, title, hex]) =>
      hex.split(' ').map((each) => invalid(number, `${title}: ${each}`, each)),
    ),
  ],
};

const GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const BAD_CODES = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];

export const closing: Chapter = {
  title: '7 Closing',
  cases: [
    ended('7.1.1', 'a message, then a close', [text(PING_MESSAGE)], [PONG_FRAME]),
    ended('7.1.2', 'two closes', [NORMAL], []),
    ended('7.1.3', 'a ping after the close', [NORMAL, control(PING, 'x')], []),
    ended('7.1.4', 'a text after the close', [NORMAL, text(PING_MESSAGE)], []),
    ended('7.1.5', 'a close within a message in parts', [text('{', { isFinal: false })], []),
    ended(
      '7.1.6',
      'a long text, a close, a ping',
      [text(paddedPing(60_000)), NORMAL, control(PING, 'x')],
      [PONG_FRAME],
    ),
    { number: '7.3.1', title: 'a close without payload', writes: [control(CLOSE)], expected: ['close'] },
    failing('7.3.2', 'a close with one byte', [control(CLOSE, 'x')], 1002),
    failing('7.3.3', 'a close with a code', [closeFrame(1000)], 1000),
    failing('7.3.4', 'a close with a code and a reason', [closeFrame(1000, 'Hello')], 1000),
    failing('7.3.5', 'a close with a reason of 123 bytes', [closeFrame(1000, 'x'.repeat(123))], 1000),
    failing('7.3.6', 'a close with a reason of 124 bytes', [closeFrame(1000, 'x'.repeat(124))], 1002),
    failing('7.5.1', 'a close whose reason is no UTF-8', [closeFrame(1000, bytes('cebaeda080'))], 1007),
    ...GOOD_CODES.map((code, at) => failing(`7.7.${at + 1}`, `a close with code ${code}`, [closeFrame(code)], code)),
    ...BAD_CODES.map((code, at) => failing(`7.9.${at + 1}`, `a close with code ${code}`, [closeFrame(code)], 1002)),
    failing('7.13.1', 'a close with code 5000', [closeFrame(5000)], 1002),
    failing('7.13.2', 'a close with code 65,535', [closeFrame(65_535)], 1002),
  ],
};

/** Larger ones than Vask takes by default are refused with 1009, so Autobahn's sizes end at 64 kB here. */
export const long: Chapter = {
  title: '9 Long messages (small)',
  cases: [
    ended('9.1.1', 'a text of 64 kB', [text(paddedPing(65_536))], [PONG_FRAME]),
    failing(
      '9.1.2',
      'a text of 256 kB, more than the bound: an error frame, then 1009',
      [text(paddedPing(262_144))],
      1009,
      [`${ERROR_FRAME} Message too large`],
    ),
    ...[64, 256, 1_024, 4_096, 16_384].map((size, at) =>
      ended(`9.3.${at + 1}`, `a text of 64 kB in parts of ${size} bytes`, partsOf(paddedPing(65_536), size), [
        PONG_FRAME,
      ]),
    ),
    ...[64, 128, 256, 512, 1_024, 2_048].map((size, at) =>
      ended(`9.5.${at + 1}`, `a text of 64 kB in pieces of ${size} bytes`, chopped(text(paddedPing(65_536)), size), [
        PONG_FRAME,
      ]),
    ),
  ],
};

function partsOf(message: string, size: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const form = { isFinal: at + size >= message.length };
    const part = message.slice(at, at + size);
    parts.push(at === 0 ? text(part, form) : control(CONTINUATION, part, form));
  }
  return parts;
}
