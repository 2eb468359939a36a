// HTTP requests that are almost right: lengths that differ, codings in doubt, names that come twice, heads without an end.
import { APP_ID, KEY } from '../support/credentials.ts';
import { corpusOf, queryText } from './decoders.ts';
import type { Dice } from './dice.ts';
import { mutate } from './mutate.ts';

const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE', 'CONNECT', 'get', 'X'];
const HEADERS: readonly string[] = [
  'Host: b',
  'Content-Length: 0',
  'Content-Length: 3',
  'Content-Length: +3',
  'Content-Length: 0x3',
  'Content-Length: 3, 3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding:\tchunked',
  'Expect: 100-continue',
  'Connection: close',
  'Connection: keep-alive, Upgrade',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99',
  'Sec-WebSocket-Protocol: pusher-channels-protocol-7, x',
  'Origin: null',
  'Cookie: vask_session=x; vask_session=y',
  'Authorization: Bearer vask_pat_x',
  'X-Forwarded-For: 1.1.1.1, ::1',
  'X-Forwarded-Proto: https',
  'Range: bytes=0-1',
  'If-None-Match: *',
  'Content-Type: application/json; charset=\xff',
  'Accept-Encoding: gzip;q=0, *',
];
const PATHS = [
  '/',
  '/up',
  '/ready',
  `/app/${KEY}`,
  `/apps/${APP_ID}/events`,
  `/apps/${APP_ID}/channels/a/users`,
  '/api/v1/apps',
  '/api/v1/session',
  '/dashboard/',
  '/docs/',
  '/device',
  '/oauth/token',
  '/metrics',
  '*',
  '//',
  '/\xff',
  '/%',
  'http://localhost/up',
];
const BODIES = [
  '',
  'abc',
  '3\r\nabc\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '3;x=y\r\nabc\r\n0\r\nT: x\r\n\r\n',
  'fffffffffffffffff\r\n',
  '-1\r\n',
  '{}',
];

/** A request as bytes, each of which stands for itself as in Latin-1. */
export function rawRequest(dice: Dice): string {
  if (dice.once(2)) return mutate(dice, dice.pick(corpusOf('requests')), corpusOf('requests'));
  const target = dice.pick(PATHS) + (dice.once(3) ? `?${queryText(dice).replace(/[\s\0]/g, '')}` : '');
  const lines = dice.many(30, () =>
    dice.once(10) ? `X-${dice.below(99)}: ${'x'.repeat(dice.below(3_000))}` : dice.pick(HEADERS),
  );
  const end = dice.once(30) ? '\n' : '\r\n';
  const head = [
    `${dice.pick(METHODS)} ${target} HTTP/1.${dice.once(10) ? dice.below(3) : 1}`,
    'Host: localhost',
    ...lines,
  ];
  return `${head.join(end)}${end}${end}${dice.pick(BODIES)}`;
}
