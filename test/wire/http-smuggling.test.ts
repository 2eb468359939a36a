// A request whose end two readers could see at different places is refused and its connection closed: what is behind it
// must never be taken for a request of its own by one of them (RFC 9112, sections 6 and 11.2).
import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import { standBy } from '../support/bystander.ts';
import { APP_ID, KEY } from '../support/credentials.ts';
import { startVask } from '../support/server.ts';
import { requestText, TcpClient, UPGRADE_HEADERS } from '../support/tcp.ts';

const vask = await startVask();
afterEach(await standBy(vask));
afterAll(() => vask.stop());

const HIDDEN = 'GET /up HTTP/1.1\r\nHost: localhost\r\n\r\n';
const post = (headers: string, body: string): string =>
  `POST /apps/${APP_ID}/events HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n${body}`;

/** The statuses of all answers, after the client has said that nothing more comes. */
async function statuses(sent: string): Promise<readonly number[]> {
  const client = new TcpClient(vask.port);
  client.write(Buffer.from(sent, 'latin1'));
  client.socket.end();
  const all = await client.rest();
  client.close();
  return [...all.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
}

const LENGTH = HIDDEN.length;
const LAST = `0\r\n\r\n${HIDDEN}`;

describe('[H-4.1] a request of doubtful length is refused, and nothing behind it is answered', () => {
  const doubtful: readonly (readonly [string, string])[] = [
    ['a length and chunks', post(`Content-Length: ${LENGTH + 5}\r\nTransfer-Encoding: chunked`, LAST)],
    ['chunks and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 4', `22\r\n${HIDDEN}\r\n0\r\n\r\n`)],
    ['two lengths that differ', post(`Content-Length: 0\r\nContent-Length: ${LENGTH}`, HIDDEN)],
    ['a list of lengths', post(`Content-Length: 0, ${LENGTH}`, HIDDEN)],
    ['a length with a sign', post(`Content-Length: +${LENGTH}`, HIDDEN)],
    ['a length below zero', post('Content-Length: -1', HIDDEN)],
    ['a length in hexadecimal', post('Content-Length: 0x22', HIDDEN)],
    ['an empty length', post('Content-Length:', HIDDEN)],
    ['a length of two words', post('Content-Length: 1 2', HIDDEN)],
    ['a length beyond 64 bits', post('Content-Length: 99999999999999999999999', HIDDEN)],
    ['a coding that there is not', post('Transfer-Encoding: xchunked', LAST)],
    ['a blank before the colon', post('Transfer-Encoding : chunked', LAST)],
    ['two codings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', LAST)],
    ['a list of codings', post('Transfer-Encoding: identity, chunked', LAST)],
    ['a coding behind a control character', post('Transfer-Encoding: \x0bchunked', LAST)],
    ['a coding on a folded line', post('Transfer-Encoding:\r\n chunked', LAST)],
    ['a header behind a bare line feed', post('X: y\nTransfer-Encoding: chunked', LAST)],
    ['a header behind a bare carriage return', post('X: y\rTransfer-Encoding: chunked', LAST)],
    ['chunks in HTTP/1.0', post('Transfer-Encoding: chunked', LAST).replace('HTTP/1.1', 'HTTP/1.0')],
    ['a folded header', `GET /up HTTP/1.1\r\nHost: x\r\n Content-Length: ${LENGTH}\r\n\r\n${HIDDEN}`],
    ['a header without a colon', `GET /up HTTP/1.1\r\nHost: x\r\nContent-Length\r\n\r\n${HIDDEN}`],
    ['a NUL in a header', `GET /up HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n${HIDDEN}`],
    ['no host', `GET /up HTTP/1.1\r\n\r\n${HIDDEN}`],
  ];
  test.each(doubtful)('%s', async (_, sent) => {
    expect(await statuses(sent)).toEqual([400]);
  });

  test('a head of bare line feeds', async () => {
    expect(await statuses(`GET /up HTTP/1.1\nHost: x\n\n${HIDDEN}`)).toEqual([505]);
  });
});

describe('[H-4.1] chunks that are no chunks end the connection', () => {
  const broken: readonly (readonly [string, string])[] = [
    ['a size beyond 64 bits', 'fffffffffffffffff0\r\n{}\r\n'],
    ['a size that is no number', 'zz\r\n{}\r\n'],
    ['a size with 0x', '0x2\r\n{}\r\n'],
    ['no line end behind a chunk', '2\r\n{}'],
    ['bare line feeds', '2\n{}\n'],
    ['a bare line feed behind an extension', '2;a=b\n{}\r\n'],
  ];
  test.each(broken)('%s', async (_, chunk) => {
    const [first, ...others] = await statuses(post('Transfer-Encoding: chunked', `${chunk}${LAST}`));
    // The unsigned request is refused by its head; that its body is broken is seen afterwards.
    expect(first).toBeOneOf([400, 401]);
    expect(others).not.toContain(200);
  });
});

describe('[H-4.1] a request of certain length is answered, and so is the one behind it', () => {
  const certain: readonly (readonly [string, string])[] = [
    ['the same length twice', post('Content-Length: 2\r\nContent-Length: 2', `{}${HIDDEN}`)],
    ['a name in other letters', post('content-LENGTH: 0', HIDDEN)],
    ['chunks with extensions', post('Transfer-Encoding: chunked', `2;a=b\r\n{}\r\n${LAST}`)],
  ];
  test.each(certain)('%s', async (_, sent) => {
    expect(await statuses(sent)).toEqual([401, 200]);
  });

  test('a GET with a body, which is passed over', async () => {
    const sent = `GET /up HTTP/1.1\r\nHost: x\r\nContent-Length: ${LENGTH}\r\n\r\n${HIDDEN}`;
    expect(await statuses(sent)).toEqual([200]);
  });
});

test('[P-2.1] an upgrade that Connection does not name is none', async () => {
  const { connection: _, ...headers } = UPGRADE_HEADERS;
  expect(await statuses(requestText('GET', `/app/${KEY}`, headers))).toEqual([426]);
  expect(await statuses(requestText('GET', `/app/${KEY}`, { ...headers, connection: 'close' }))).toEqual([426]);
});

test('[P-2.1] an upgrade may be one of several words of Connection', async () => {
  const headers = { ...UPGRADE_HEADERS, connection: 'keep-alive, Upgrade' };
  expect(await statuses(requestText('GET', `/app/${KEY}`, headers))).toEqual([101]);
});
