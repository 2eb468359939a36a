// GET /metrics: who may read it, and that its numbers are those of what has just happened.
import { expect, test } from 'bun:test';
import { WEBHOOK_EVENTS } from '../../src/core/facts.ts';
import { METRIC_NAMES, METRICS } from '../../src/telemetry/metric-table.ts';
import { makeCertificate } from '../support/certificate.ts';
import { KEY } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { Receiver } from '../support/receiver.ts';
import { startVaskCluster, type TestServer, type TestServerOptions } from '../support/server.ts';

const TOKEN = 'a-token-of-some-length';

/** Several nodes behind one address would each tell their own numbers. */
async function openOne(options: TestServerOptions = {}): Promise<TestServer & AsyncDisposable> {
  const server = await startVaskCluster({ nodes: 1, ...options });
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}

/** The value of that series, its labels as they are written; null when it is not there. */
function numberOf(text: string, series: string): number | null {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

async function read(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return await response.text();
}

test('the numbers are those of connections, subscriptions, events and requests', async () => {
  await using vask = await openOne();
  const [one, two] = [await vask.client(), await vask.client()];
  await one.subscribe('a');
  await two.subscribe('a');
  await two.subscribe('b');
  const body = { name: 'e', channels: ['a', 'b'], data: '1' };
  expect((await vask.request('POST', `/apps/${vask.app.id}/events`, { body })).status).toBe(200);
  expect((await vask.request('GET', `/apps/${vask.app.id}/nothing`)).status).toBe(404);
  one.say({ event: 'nonsense' });
  await one.next();
  await one.next();
  const app = `{app="${vask.app.id}"}`;
  const text = await read(vask.url);
  expect(numberOf(text, 'vask_connections')).toBe(2);
  expect(numberOf(text, 'vask_connections_opened_total')).toBe(2);
  expect(numberOf(text, `vask_app_connections${app}`)).toBe(2);
  expect(numberOf(text, `vask_app_channels${app}`)).toBe(2);
  expect(numberOf(text, `vask_app_subscriptions${app}`)).toBe(3);
  expect(numberOf(text, `vask_app_publishes_total${app}`)).toBe(2);
  expect(numberOf(text, `vask_app_messages_sent_total${app}`)).toBe(3);
  expect(numberOf(text, 'vask_http_requests_total{status="2xx"}')).toBe(1);
  expect(numberOf(text, 'vask_http_requests_total{status="4xx"}')).toBe(1);
  expect(numberOf(text, 'vask_http_request_duration_seconds_count')).toBe(2);
  expect(numberOf(text, 'vask_commands_refused_total{code="none"}')).toBe(1);
  expect(numberOf(text, 'vask_ready')).toBe(1);
  await two.hangUp();
  await eventually('one connection less', async () => {
    const later = await read(vask.url);
    return numberOf(later, 'vask_connections') === 1 ? true : null;
  });
  expect(await read(vask.url)).toMatch(/^vask_connections_closed_total\{code="\d+"\} 1$/m);
});

test('a metric that is told is in the table, with the labels that the table names', async () => {
  await using vask = await openOne();
  await (await vask.client()).hangUp();
  const text = await read(vask.url);
  const told = new Set<string>();
  for (const line of text.split('\n')) {
    const [, series = '', labels = ''] = /^([a-z_]+)(?:\{(.*)\})? [-+.\dInfeNa]+$/.exec(line) ?? [];
    if (line === '' || line.startsWith('#')) continue;
    const name = METRIC_NAMES.find((each) => each === series) ?? series.replace(/_(bucket|sum|count)$/, '');
    expect([line, Object.hasOwn(METRICS, name)]).toEqual([line, true]);
    told.add(name);
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
    const known: readonly string[] = METRICS[name as keyof typeof METRICS].labels;
    expect(names.filter((label) => !known.includes(label))).toEqual([]);
  }
  // What needs webhooks, TLS or other nodes is not told where there are none.
  const absent = METRIC_NAMES.filter((name) => !told.has(name) && !/webhook|certificate|refused|closed/.test(name));
  expect(absent).toEqual([]);
});

test('without a setting only this machine may read them, and no stranger behind a proxy', async () => {
  await using vask = await openOne();
  await read(vask.url);
  const proxied = await fetch(`${vask.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(proxied.status).toBe(403);
  await using behind = await openOne({ trustedProxies: ['127.0.0.1'] });
  const stranger = await fetch(`${behind.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(stranger.status).toBe(403);
  await read(behind.url, { 'x-forwarded-for': '127.0.0.1' });
  await using other = await openOne({ trustedProxies: ['192.0.2.1'] });
  expect((await fetch(`${other.url}/metrics`, { headers: { via: '1.1 proxy' } })).status).toBe(403);
});

test('with a token only whoever has it may read them', async () => {
  await using vask = await openOne({ metrics: TOKEN });
  for (const authorization of ['', 'Bearer x', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
    const response = await fetch(`${vask.url}/metrics`, { headers: { authorization } });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  }
  const text = await read(vask.url, { authorization: `Bearer ${TOKEN}` });
  for (const secret of [vask.app.secret, KEY, TOKEN]) expect(text).not.toContain(secret);
});

test('they can be open to all, or not be there', async () => {
  await using open = await openOne({ metrics: 'open' });
  await read(open.url, { 'x-forwarded-for': '203.0.113.9' });
  expect((await fetch(`${open.url}/metrics`, { method: 'POST' })).status).toBe(405);
  await using off = await openOne({ metrics: 'off' });
  expect((await fetch(`${off.url}/metrics`)).status).toBe(404);
});

test('webhooks are told of when an app has endpoints', async () => {
  await using receiver = new Receiver();
  const webhooks = [{ url: receiver.url, enabled: true, events: WEBHOOK_EVENTS, channelPrefixes: [], headers: {} }];
  const settings = { webhookGraceSeconds: 0, webhookAllowedHosts: [receiver.host] };
  await using vask = await openOne({ ...settings, app: { webhooks } });
  await (await vask.client()).subscribe('room');
  await receiver.until(() => receiver.names.includes('channel_occupied room'));
  const text = await eventually('a post that was counted', async () => {
    const now = await read(vask.url);
    return numberOf(now, 'vask_webhook_attempts_total') === 1 && numberOf(now, 'vask_webhook_events_waiting') === 0
      ? now
      : null;
  });
  expect(numberOf(text, 'vask_webhook_failures_total')).toBe(0);
  expect(numberOf(text, 'vask_webhook_dead_letters')).toBe(0);
});

test('with TLS they say when the certificate ends', async () => {
  using certificate = makeCertificate();
  const { cert, key } = certificate;
  await using vask = await openOne({ tls: { cert, key, port: 0 } });
  const endsMs = (numberOf(await read(vask.url), 'vask_certificate_expiry_time_seconds') ?? 0) * 1000;
  expect(endsMs).toBeGreaterThan(Date.now());
  expect(endsMs).toBeLessThan(Date.now() + 2 * 86_400_000);
});
