// One post on the wire: TLS to the address that was checked, time-outs, answers without end.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { headerFault, type Letter, type PostOptions, poster } from '../../src/webhooks/post.ts';
import { makeCertificate } from '../support/certificate.ts';

const certificate = makeCertificate();
const authorities = readFileSync(certificate.cert, 'utf8');
const asked: { host: string | null; path: string }[] = [];
let headersOfLast = new Headers();
let server: Bun.Server<undefined>;

beforeAll(() => {
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: { cert: Bun.file(certificate.cert), key: Bun.file(certificate.key) },
    fetch(request) {
      headersOfLast = request.headers;
      const { pathname, search } = new URL(request.url);
      asked.push({ host: request.headers.get('host'), path: pathname + search });
      if (pathname === '/hangs') return new Promise<Response>(() => undefined);
      if (pathname === '/moved') return Response.redirect('/elsewhere', 307);
      if (pathname === '/stalls') {
        return new Response(new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('begun')) }));
      }
      return new Response('x'.repeat(5_000));
    },
  });
});

afterAll(async () => {
  await server.stop(true);
  certificate[Symbol.dispose]();
});

function post(url: string, changes: Partial<PostOptions> = {}, headers: Letter['headers'] = {}) {
  const options = {
    allowedHosts: ['*.example', 'localhost'],
    timeoutMs: 400,
    resolve: () => Promise.resolve(['127.0.0.1']),
    authorities,
    ...changes,
  };
  const letter = { id: 'one', url, headers, body: '{}', signingKey: { key: 'key', secret: 'secret' } };
  return poster(options)(letter);
}

describe('a post', () => {
  test('[W-5.2] goes to the address that was checked, with the name for TLS and Host', async () => {
    const { status, answer, error } = await post(`https://localhost:${server.port}/a%20b?c=d#e`);
    expect([status, answer?.length, error]).toEqual([200, 1_024, null]);
    expect(asked.at(-1)).toEqual({ host: `localhost:${server.port}`, path: '/a%20b?c=d' });
  });

  test('[W-5.2] is not made when the certificate is of another name, or of nobody that is trusted', async () => {
    const before = asked.length;
    const wrongName = await post(`https://other.example:${server.port}/`);
    const untrusted = await post(`https://localhost:${server.port}/`, { authorities: null });
    expect([wrongName.status, untrusted.status]).toEqual([null, null]);
    expect(wrongName.error).toContain('CERT');
    expect(asked).toHaveLength(before);
  });

  test('[W-5.2] is not made to a name whose address is not public', async () => {
    const before = asked.length;
    const { status, error } = await post(`https://shop.example:${server.port}/`, { allowedHosts: [] });
    expect([status, error]).toEqual([null, 'shop.example has the address 127.0.0.1, which is not public.']);
    expect(asked).toHaveLength(before);
  });

  test('[W-1.2] carries headers of the endpoint, which replace those of the server but for what makes it a post', async () => {
    const own = {
      'user-agent': 'Mine',
      authorization: 'Bearer x',
      'x-vask-delivery': 'mine',
      'CONTENT-type': 'text/x',
    };
    await post(`https://localhost:${server.port}/`, {}, own);
    const sent = ['user-agent', 'authorization', 'x-vask-delivery', 'content-type', 'accept-encoding'];
    expect(sent.map((name) => headersOfLast.get(name))).toEqual([
      ...['Mine', 'Bearer x', 'one', 'application/json', 'identity'],
    ]);
    for (const name of ['Accept-Encoding', 'CONTENT-LENGTH', 'host', 'X-Pusher-Key', 'Connection', 'a b', '']) {
      expect([name, headerFault(name, 'x')]).not.toEqual([name, null]);
    }
  });

  test('[W-3.2] without an answer in time has failed; one that begins and stalls is an answer', async () => {
    const hung = await post(`https://localhost:${server.port}/hangs`);
    expect([hung.status, hung.error]).toEqual([null, 'no answer within 400 ms']);
    expect((await post(`https://localhost:${server.port}/stalls`)).status).toBe(200);
    const noName = await post('https://localhost/', { resolve: () => new Promise(() => undefined) });
    expect(noName.error).toBe('no answer within 400 ms');
  });

  test('[W-3.2] follows no redirect', async () => {
    const before = asked.length;
    expect((await post(`https://localhost:${server.port}/moved`)).status).toBe(307);
    expect(asked).toHaveLength(before + 1);
  });
});
