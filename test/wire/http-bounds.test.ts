// HTTP as bytes on a socket: methods, health, bodies in every form, connections that are kept, and requests that break
// the rules. After each, the same server still answers.
import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import { APP_ID, KEY, SECRET, signedQuery } from '../support/credentials.ts';
import { openVask } from '../support/open-vask.ts';
import { startVask } from '../support/server.ts';
import { type HttpAnswer, requestText, TcpClient } from '../support/tcp.ts';

const vask = await startVask({ requestTimeoutSeconds: 1 });
const EVENTS = `/apps/${APP_ID}/events`;
const BODY = JSON.stringify({ name: 'a', channel: 'bounds', data: 'ä' });
const reader = await vask.client();
await reader.subscribe('bounds');

afterEach(async () => {
  expect((await vask.request('POST', EVENTS, { body: BODY.replace('"a"', '"still here"') })).status).toBe(200);
  for (;;) {
    const { event } = await reader.next();
    if (event === 'still here') break;
    heard.push(event);
  }
  expect(heard.splice(0)).toEqual(published.splice(0));
  expect(vask.logLines.filter((line) => JSON.parse(line).event === 'failed')).toEqual([]);
});
afterAll(() => vask.stop());

/** What each test expects the reader to have heard. */
const published: string[] = [];
const heard: string[] = [];

const target = (path: string, method = 'GET', body = ''): string => `${path}?${signedQuery(method, path, body)}`;
const publishing = (headers: Record<string, string>, body: string): string =>
  requestText('POST', target(EVENTS, 'POST', BODY), headers, body);
const bytes = (text: string): string => String(Buffer.byteLength(text));
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

async function ask(request: string | Uint8Array, isWithoutBody = false): Promise<HttpAnswer> {
  const client = new TcpClient(vask.port);
  client.write(request);
  const answer = await client.response(isWithoutBody);
  client.close();
  return answer;
}

describe('[H-9.1] methods', () => {
  test('HEAD is answered like GET, without the body, and signed as HEAD', async () => {
    const path = `/apps/${APP_ID}/channels`;
    for (const [plain, headed] of [
      [requestText('GET', '/up'), requestText('HEAD', '/up')],
      [requestText('GET', target(path)), requestText('HEAD', target(path, 'HEAD'))],
    ] as const) {
      const [get, head] = [await ask(plain), await ask(headed, true)];
      expect([get.status, head.status]).toEqual([200, 200]);
      for (const name of ['content-type', 'content-length']) expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
    expect((await ask(requestText('HEAD', target(path)), true)).status).toBe(401);
    // Nothing of a body follows on the connection.
    const client = new TcpClient(vask.port);
    client.write(requestText('HEAD', target(path, 'HEAD')) + requestText('GET', '/up'));
    await client.response(true);
    expect((await client.response()).body).toBe('OK\n');
    client.close();
  });

  test.each([
    [EVENTS, 'POST, OPTIONS'],
    [`/apps/${APP_ID}/batch_events`, 'POST, OPTIONS'],
    [`/apps/${APP_ID}/channels`, 'GET, HEAD, OPTIONS'],
    [`/apps/${APP_ID}/channels/a`, 'GET, HEAD, OPTIONS'],
    [`/apps/${APP_ID}/channels/a/users`, 'GET, HEAD, OPTIONS'],
    [`/apps/${APP_ID}/users/7/events`, 'POST, OPTIONS'],
    ['/users/7/terminate_connections', 'POST, OPTIONS'],
    ['/up', 'GET, HEAD, OPTIONS'],
  ])('OPTIONS and a wrong method tell what %s takes', async (path, allow) => {
    const options = await ask(requestText('OPTIONS', path), true);
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
    for (const method of ['PUT', 'PATCH', 'DELETE', allow.startsWith('POST') ? 'GET' : 'POST']) {
      const { status, headers, body } = await ask(requestText(method, path));
      expect([status, headers.get('allow'), body]).toEqual([405, allow, 'Method not allowed\n']);
    }
  });

  test('[H-9.5] a browser is told nothing that would let a page in', async () => {
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'POST' };
    const answers = [
      await ask(requestText('OPTIONS', EVENTS, headers), true),
      await ask(requestText('GET', target(`/apps/${APP_ID}/channels`), headers)),
    ];
    for (const { headers: told } of answers)
      expect([...told.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

test('[H-3.1, H-3.2] health needs no signature', async () => {
  expect((await ask(requestText('GET', '/'))).body).toBe('OK\n');
  expect((await ask(requestText('GET', '/up?from=balancer'))).body).toBe('OK\n');
  expect((await ask(requestText('GET', '/ready'))).body).toBe('ready\n');
});

test('[H-9.2] the path of WebSockets without an upgrade is answered 426', async () => {
  const { status, headers, body } = await ask(requestText('GET', `/app/${KEY}`));
  expect([status, headers.get('upgrade'), body]).toEqual([
    426,
    'websocket',
    'This path is for WebSocket connections\n',
  ]);
});

describe('[H-5.1] bodies', () => {
  test.each([
    ['of a known length', publishing({ 'content-length': bytes(BODY) }, BODY)],
    ['in one chunk', publishing({ 'transfer-encoding': 'chunked' }, `${chunk(BODY)}0\r\n\r\n`)],
    [
      'in a chunk for each character',
      publishing({ 'transfer-encoding': 'chunked' }, `${[...BODY].map(chunk).join('')}0\r\n\r\n`),
    ],
    ['without a content type', publishing({ 'content-length': bytes(BODY), 'content-type': '' }, BODY)],
    ['of another content type', publishing({ 'content-length': bytes(BODY), 'content-type': 'text/html' }, BODY)],
  ])('%s are read', async (_, request) => {
    expect(await ask(request)).toMatchObject({ status: 200, body: '{}' });
    published.push('a');
  });

  test('that come byte by byte are read', async () => {
    const client = new TcpClient(vask.port);
    client.socket.setNoDelay(true);
    for (const byte of Buffer.from(publishing({ 'content-length': bytes(BODY) }, BODY)))
      client.write(Uint8Array.of(byte));
    expect((await client.response()).status).toBe(200);
    client.close();
    published.push('a');
  });

  test('that wait for leave to come get it', async () => {
    const client = new TcpClient(vask.port);
    client.write(publishing({ 'content-length': bytes(BODY), expect: '100-continue' }, ''));
    expect((await client.response()).status).toBe(100);
    client.write(BODY);
    expect((await client.response()).status).toBe(200);
    client.close();
    published.push('a');
  });

  test('that are no UTF-8 publish nothing', async () => {
    const body = Buffer.from(BODY.replace('ä', '??').replace('??', '\u00ff\u00fe'), 'latin1');
    const hash = Bun.CryptoHasher.hash('md5', body, 'hex');
    const query = signedQuery('POST', EVENTS, '', { parameters: { body_md5: hash } });
    const head = requestText('POST', `${EVENTS}?${query}`, { 'content-length': String(body.length) });
    const { status } = await ask(Buffer.concat([Buffer.from(head), body]));
    expect(status).toBe(401);
  });
});

describe('[H-1.5] connections', () => {
  test('are kept for the next request, also after a refusal', async () => {
    const client = new TcpClient(vask.port);
    for (const [request, status] of [
      [publishing({ 'content-length': bytes(BODY) }, BODY), 200],
      [requestText('POST', EVENTS, { 'content-length': bytes(BODY) }, BODY), 401],
      [requestText('GET', '/hello'), 404],
      [publishing({ 'content-length': bytes(BODY) }, BODY), 200],
    ] as const) {
      client.write(request);
      expect((await client.response()).status).toBe(status);
    }
    client.close();
    published.push('a', 'a');
  });

  test('that bring many requests at once get the answers in order', async () => {
    const client = new TcpClient(vask.port);
    const requests = Array.from({ length: 30 }, (_, n) =>
      n % 3 === 0
        ? publishing({ 'content-length': bytes(BODY) }, BODY)
        : requestText('GET', n % 3 === 1 ? '/up' : '/hello'),
    );
    client.write(requests.join(''));
    for (let n = 0; n < 30; n++) expect((await client.response()).status).toBe([200, 200, 404][n % 3] ?? 0);
    client.close();
    published.push(...Array<string>(10).fill('a'));
  });

  test('are ended after the answer when the backend wants it so', async () => {
    const client = new TcpClient(vask.port);
    client.write(publishing({ 'content-length': bytes(BODY), connection: 'close' }, BODY));
    expect((await client.response()).status).toBe(200);
    await client.rest();
    published.push('a');
  });

  test('whose body does not come are ended', async () => {
    const client = new TcpClient(vask.port);
    client.write(publishing({ 'content-length': bytes(BODY) }, BODY.slice(0, 5)));
    await client.rest();
  }, 20_000);

  test('that hang up within a body do no harm', async () => {
    for (const headers of [{ 'content-length': bytes(BODY) }, { 'transfer-encoding': 'chunked' }]) {
      const client = new TcpClient(vask.port);
      client.socket.write(publishing(headers, 'content-length' in headers ? BODY.slice(0, 5) : '5\r\n{"nam'), () =>
        client.socket.resetAndDestroy(),
      );
      await client.ended;
    }
  });
});

describe('[H-9.3] a body that is too large', () => {
  test('is refused by its length, before it comes', async () => {
    const { status, body } = await ask(requestText('POST', target(EVENTS, 'POST'), { 'content-length': '900000' }));
    expect([status, body]).toEqual([413, 'The request body exceeds the allowed maximum (871360 bytes)\n']);
  });

  test('is refused by its length, however large', async () => {
    for (const length of ['2000000', '99999999999999']) {
      expect((await ask(requestText('POST', target(EVENTS, 'POST'), { 'content-length': length }))).status).toBe(413);
    }
  });

  test('is not taken for further requests when it comes nevertheless', async () => {
    const client = new TcpClient(vask.port);
    client.write(requestText('POST', target(EVENTS, 'POST'), { 'content-length': '900000' }));
    expect((await client.response()).status).toBe(413);
    const forged = requestText('GET', '/up');
    client.write(forged.repeat(Math.floor(900_000 / forged.length)) + ' '.repeat(900_000 % forged.length));
    client.write(requestText('GET', '/ready'));
    expect((await client.response()).body).toBe('ready\n');
    client.close();
  });

  test.each([900_000, 3_000_000])('is refused in chunks, at %d bytes', async (size) => {
    const request = requestText('POST', target(EVENTS, 'POST'), { 'transfer-encoding': 'chunked' });
    const part = chunk('x'.repeat(50_000));
    expect((await ask(`${request}${part.repeat(size / 50_000)}0\r\n\r\n`)).status).toBe(413);
  });
});

describe('[P-1.2] requests that break the rules', () => {
  const BAD: readonly (readonly [string, string, number])[] = [
    ['no HTTP', 'hello world\r\n\r\n', 400],
    ['no host', 'GET /up HTTP/1.1\r\n\r\n', 400],
    ['two lengths', publishing({ 'content-length': '5', 'Content-Length': '6' }, BODY), 400],
    ['a length and chunks', publishing({ 'content-length': '5', 'transfer-encoding': 'chunked' }, chunk(BODY)), 400],
    ['a negative length', publishing({ 'content-length': '-5' }, BODY), 400],
    ['a length in words', publishing({ 'content-length': 'five' }, BODY), 400],
    ['a chunk of no length', publishing({ 'transfer-encoding': 'chunked' }, 'zz\r\n'), 400],
    ['a header without colon', 'GET /up HTTP/1.1\r\nhost: a\r\nhello\r\n\r\n', 400],
    ['100,000 bytes of headers', requestText('GET', '/up', { x: 'y'.repeat(100_000) }), 431],
    ['a path that climbs out', requestText('GET', '/../../etc/passwd'), 404],
    ['a path of nothing but escapes', requestText('GET', '/%00%ff%zz'), 404],
    ['a path of slashes', requestText('GET', '//////'), 404],
  ];
  test.each(BAD)('%s', async (_, request, status) => {
    expect((await ask(request)).status).toBe(status);
  });
});

test('[H-2.7] neither secret nor signature gets into the log of what was let in', async () => {
  const query = signedQuery('POST', EVENTS, BODY);
  await fetch(`${vask.url}${EVENTS}?${query}`, { method: 'POST', body: BODY });
  published.push('a');
  expect(vask.logLines.join('')).not.toContain(query.slice(-64));
  expect(vask.logLines.join('')).not.toContain(SECRET);
});

test('[H-3.2] a stopping server is alive and not ready, and answers the request that is under way', async () => {
  const server = await startVask({ lingerMs: 1_000 });
  const [client, backend] = [await server.client(), new TcpClient(server.port)];
  backend.write(publishing({ 'content-length': bytes(BODY) }, BODY.slice(0, 5)));
  const stopped = server.stop();
  expect((await client.closed).code).toBe(4200);
  const [ready, up] = [await fetch(`${server.url}/ready`), await fetch(`${server.url}/up`)];
  expect([ready.status, up.status]).toEqual([503, 200]);
  backend.write(BODY.slice(5));
  expect((await backend.response()).status).toBe(200);
  await stopped;
});

test('[H-3.2] a request that is under way is answered also when no client keeps the stopping server', async () => {
  const server = await startVask();
  const backend = new TcpClient(server.port);
  backend.write(publishing({ 'content-length': bytes(BODY), expect: '100-continue' }, ''));
  // The server has read the head of the request, and waits for the rest.
  expect((await backend.response()).status).toBe(100);
  const stopped = server.stop();
  backend.write(BODY);
  expect((await backend.response()).status).toBe(200);
  await stopped;
});

test('[P-2.15] a server that has stopped takes no connection, and its port is free', async () => {
  const first = await startVask();
  const client = await first.client();
  await Promise.all([first.stop(), client.closed]);
  const knock = new TcpClient(first.port);
  await knock.ended;
  await using second = await openVask({ port: first.port });
  expect((await fetch(`${second.url}/ready`)).status).toBe(200);
});
