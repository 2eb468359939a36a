import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { makeCertificate } from '../support/certificate.ts';
import { KEY, SECRET } from '../support/credentials.ts';
import { startVask, type TestServer } from '../support/server.ts';
import { vask } from './vask.ts';

interface Report {
  readonly url: string;
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly status: string;
    readonly detail: string;
    readonly advice?: string;
  }[];
}

const PAIR = ['--key', KEY, '--secret', SECRET];
let server: TestServer;

beforeAll(async () => {
  server = await startVask({ pathPrefix: '/realtime' });
});
afterAll(() => server.stop());

async function examine(url: string, ...args: readonly string[]): Promise<Report & { readonly code: number }> {
  const { code, out } = await vask(['doctor', url, '--json', ...args]);
  return { code, ...(JSON.parse(out) as Report) };
}

/** The names of the checks with a status. */
function named({ checks }: Report, status: string): string[] {
  return checks.flatMap((check) => (check.status === status ? [check.name] : []));
}

function found({ checks }: Report, name: string) {
  return checks.find((check) => check.name === name);
}

/** A proxy that passes on everything but the wish for an upgrade, as many do unless they are told to. */
function forgetfulProxy(upstream: string): Bun.Server<undefined> {
  return Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = new Headers(request.headers);
      headers.delete('upgrade');
      headers.delete('connection');
      const body = request.method === 'GET' ? null : await request.text();
      return await fetch(`${upstream}${pathname}${search}`, { method: request.method, headers, body });
    },
  });
}

describe('a server that is well', () => {
  test('[CLI] passes every check, with the latency of a round trip', async () => {
    const { code, out, err } = await vask(['doctor', server.url, ...PAIR]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const statuses = out
      .trim()
      .split('\n')
      .map((line) => line.slice(0, 7).trim());
    expect(statuses).toEqual(['ok', 'ok', 'skipped', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
    expect(out).toMatch(/round trip +5 events published and received; median [\d.]+ ms/);
    expect(out).not.toContain(SECRET);
  });

  test('[CLI] passes behind a path prefix as well', async () => {
    const report = await examine(`${server.url}/realtime/`, ...PAIR);
    expect(report).toMatchObject({ code: 0, ok: true, url: `${server.url}/realtime` });
    expect(named(report, 'failed')).toEqual([]);
  });

  test('[CLI] is examined without a key, too; what needs one is skipped', async () => {
    const report = await examine(server.url);
    expect(report).toMatchObject({ code: 0, ok: true });
    expect(named(report, 'skipped')).toEqual(['certificate', 'key', 'signature', 'round trip']);
  });
});

describe('what is wrong is found, with what to do', () => {
  test('[CLI] a wrong secret', async () => {
    const report = await examine(server.url, '--key', KEY, '--secret', 'wrong');
    expect(report).toMatchObject({ code: 1, ok: false });
    expect(named(report, 'failed')).toEqual(['signature']);
    expect(found(report, 'signature')).toMatchObject({
      detail: expect.stringContaining('401 Invalid signature'),
      advice: expect.stringContaining('secret'),
    });
  });

  test('[CLI] a wrong key', async () => {
    const report = await examine(server.url, '--key', 'wrong', '--secret', SECRET);
    expect(report.code).toBe(1);
    expect(named(report, 'failed')).toEqual(['key']);
    expect(found(report, 'key')).toMatchObject({
      detail: expect.stringContaining('4001'),
      advice: expect.stringContaining('Check the app key'),
    });
    expect(named(report, 'skipped')).toEqual(['certificate', 'signature', 'round trip']);
  });

  test('[CLI] a closed port', async () => {
    const closing = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
    const url = closing.url.origin;
    await closing.stop(true);
    const report = await examine(url, ...PAIR);
    expect(report.code).toBe(1);
    expect(named(report, 'failed')).toEqual(['port']);
    expect(found(report, 'port')?.advice).toContain('Start the server');
  });

  test('[CLI] a name that does not exist', async () => {
    // Longer than a label of a name may be, so nobody has to be asked.
    const report = await examine(`http://${'a'.repeat(64)}.invalid`, ...PAIR);
    expect(named(report, 'failed')).toEqual(['name']);
  });

  test('[CLI] TLS where there is none', async () => {
    const report = await examine(server.url.replace('http:', 'https:'), ...PAIR);
    expect(named(report, 'failed')).toEqual(['certificate']);
    expect(found(report, 'certificate')?.advice).toContain('use http://');
  });

  test('[CLI] a certificate that nobody has signed, and none of it once it is trusted', async () => {
    using certificate = makeCertificate();
    const { cert, key } = certificate;
    const secured = await startVask({ tls: { cert, key, port: null } });
    try {
      const url = `https://localhost:${secured.port}`;
      const report = await examine(url, ...PAIR);
      expect(named(report, 'failed')).toEqual(['certificate']);
      expect(found(report, 'certificate')?.detail).toContain('is not trusted');
      const trusting = await vask(['doctor', url, ...PAIR], { env: { NODE_EXTRA_CA_CERTS: cert } });
      expect(trusting).toMatchObject({ code: 0, err: '' });
      expect(trusting.out).toMatch(/ok +certificate +valid for localhost, expires in \d+ days/);
    } finally {
      await secured.stop();
    }
  });

  test('[CLI] a web server that is not Vask', async () => {
    using other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('<h1>Welcome</h1>') });
    const report = await examine(other.url.origin, ...PAIR);
    expect(report.code).toBe(1);
    expect(named(report, 'failed')).toEqual(['vask']);
    expect(found(report, 'vask')?.advice).toContain('Check host and port');
  });

  test('[CLI] a proxy with nothing behind it', async () => {
    using proxy = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () => new Response('bad gateway', { status: 502 }),
    });
    const report = await examine(proxy.url.origin, ...PAIR);
    expect(named(report, 'failed')).toEqual(['http']);
    expect(found(report, 'http')).toMatchObject({
      detail: 'GET /up answers 502',
      advice: expect.stringContaining('upstream'),
    });
  });

  test('[CLI] a proxy that drops the upgrade, with the lines that nginx needs', async () => {
    using proxy = forgetfulProxy(server.url);
    const report = await examine(proxy.url.origin, ...PAIR);
    expect(report.code).toBe(1);
    expect(named(report, 'failed')).toEqual(['websocket']);
    expect(found(report, 'websocket')?.detail).toContain('426');
    expect(found(report, 'websocket')?.advice).toContain('proxy_set_header Upgrade $http_upgrade;');
    expect(named(report, 'ok')).toEqual(['name', 'port', 'http', 'vask', 'clock', 'signature']);
  });

  test('[CLI] a clock that is an hour off', async () => {
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    using late = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: () => new Response('This path is for WebSocket connections\n', { status: 426, headers: { date } }),
    });
    const report = await examine(late.url.origin);
    expect(named(report, 'failed')).toContain('clock');
    expect(found(report, 'clock')?.detail).toMatch(/the clock of the server is 3(599|600|601) s behind this one/);
    expect(found(report, 'clock')?.advice).toContain('NTP');
  });

  test('[CLI] a port that takes connections and never says a word', async () => {
    using silent = Bun.listen({ port: 0, hostname: '127.0.0.1', socket: { data() {} } });
    const report = await examine(`http://127.0.0.1:${silent.port}`, '--timeout', '1');
    expect(report.code).toBe(1);
    expect(named(report, 'failed')).toEqual(['http']);
  });
});
