// Vask behind the proxies of Debian, each with the configuration that deploy/proxies/ hands out: official clients connect
// through it with TLS, backends publish through it, and it lets a quiet connection be.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { vask } from '../cli/vask.ts';
import { makeCertificate } from '../support/certificate.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID, KEY, SECRET, signedQuery } from '../support/credentials.ts';
import { isInstalled, PROXIES, type RunningProxy, startProxy } from '../support/proxy.ts';
import { startVask, type TestServer } from '../support/server.ts';

/** nginx and Caddy give up a quiet connection after 60 s unless they are told not to. */
const QUIET_SECONDS = 70;
const START_MS = 60_000;
const CLIENT = 'test/wire/sdk-support/trusting-client.ts';

const certificate = makeCertificate();
const trust = { rejectUnauthorized: false };
afterAll(() => certificate[Symbol.dispose]());

for (const kind of PROXIES.filter((kind) => !isInstalled(kind))) {
  console.warn(`There is no ${kind.name}, so what deploy/proxies/${kind.file} says is not tested.`);
}

describe.each(PROXIES.filter(isInstalled).map((kind) => [kind.name, kind] as const))('behind %s', (_name, kind) => {
  let server: TestServer;
  let proxy: RunningProxy;

  beforeAll(async () => {
    // Only what came by TLS is let in, so the proxy has to say that it did, and to be believed.
    server = await startVask({
      trustedProxies: ['127.0.0.1'],
      inactiveTimeoutSeconds: QUIET_SECONDS,
      app: { tlsOnly: true },
    });
    proxy = await startProxy(kind, server.port, certificate);
  }, START_MS);

  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await server.stop();
  });

  const connected = async (): Promise<RawClient> => {
    const url = `${proxy.url.replace(/^http/, 'ws')}/app/${KEY}?protocol=7&client=test&version=1.0`;
    return await (await new RawClient(url, { tls: trust }).opened()).greeted();
  };

  const publish = async (body: object, headers: Record<string, string> = {}): Promise<Response> => {
    const [path, text] = [`/apps/${APP_ID}/events`, JSON.stringify(body)];
    const query = signedQuery('POST', path, text);
    return await fetch(`${proxy.url}${path}?${query}`, { method: 'POST', body: text, tls: trust, headers });
  };

  test('[P-2.7] pusher-js connects with TLS and subscribes', async () => {
    const { url } = server;
    const args = ['pusher-js 8.6', KEY, new URL(url).port, String(proxy.port)];
    const child = Bun.spawn([process.execPath, CLIENT, ...args], {
      cwd: `${import.meta.dir}/../..`,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate.cert },
      stdout: 'pipe',
      stderr: 'inherit',
    });
    // It says first why the plain port refuses it, and goes on with TLS by itself.
    expect(await child.stdout.text()).toContain('{"subscribed":"orders"}');
    expect(await child.exited).toBe(0);
  });

  test('[H-5.1] a publish reaches clients whole, the largest batch as well', async () => {
    const client = await connected();
    await client.subscribe('presence-room', { user_id: 'ann' });
    const data = 'ü'.repeat(5_000);
    expect((await publish({ name: 'news', channel: 'presence-room', data })).status).toBe(200);
    expect(await client.next()).toMatchObject({ event: 'news', data });
    const batch = Array.from({ length: 10 }, (_, at) => ({ name: `b${at}`, channel: 'presence-room', data }));
    const [path, text] = [`/apps/${APP_ID}/batch_events`, JSON.stringify({ batch })];
    const answer = await fetch(`${proxy.url}${path}?${signedQuery('POST', path, text)}`, {
      method: 'POST',
      body: text,
      tls: trust,
    });
    expect(answer.status).toBe(200);
    for (const { name } of batch) expect(await client.next()).toMatchObject({ event: name });
    await client.hangUp();
  });

  test('[H-4.1] what Vask refuses comes through with its own status and text', async () => {
    const answer = await publish({ name: 'a', channel: 'not a channel', data: '1' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('channel');
  });

  test('[CLI] the doctor finds nothing to say', async () => {
    const args = ['doctor', proxy.url, '--app', APP_ID, '--key', KEY, '--secret', SECRET];
    const { code, out } = await vask(args, { env: { NODE_EXTRA_CA_CERTS: certificate.cert } });
    expect({ code, failed: out.split('\n').filter((line) => line.startsWith('failed')) }).toEqual({
      code: 0,
      failed: [],
    });
  });

  test(
    '[P-2.13] a quiet connection lives until Vask itself ends it',
    async () => {
      const client = await connected();
      expect((await client.closed).code).toBe(4202);
    },
    (QUIET_SECONDS + 40) * 1000,
  );
});
