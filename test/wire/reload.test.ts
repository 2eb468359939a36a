// SIGHUP: a server takes up what its configuration and its certificate have become, and nobody loses a connection by it.
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { copyFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { makeCertificate } from '../support/certificate.ts';
import { RawClient } from '../support/client.ts';
import { APP_ID, KEY, SECRET, signedQuery } from '../support/credentials.ts';
import { eventually } from '../support/eventually.ts';
import { WorkersVask } from '../support/workers-vask.ts';

// Up to three processes start in each test.
setDefaultTimeout(60_000);

const APP = { id: APP_ID, key: KEY, secret: SECRET };
const OTHER = { id: '1002', key: 'other-key', secret: 'other-secret' };
const TLS = { tls: { rejectUnauthorized: false } };

async function enter(vask: WorkersVask, key = KEY): Promise<RawClient> {
  const url = `${vask.url.replace(/^http/, 'ws')}/app/${key}?protocol=7`;
  return await (await new RawClient(url, TLS).opened()).greeted();
}

async function publish(vask: WorkersVask, name: string): Promise<void> {
  const [path, body] = [`/apps/${APP_ID}/events`, JSON.stringify({ name, channel: 'news', data: '1' })];
  const url = `${vask.url}${path}?${signedQuery('POST', path, body)}`;
  expect((await fetch(url, { method: 'POST', body, ...TLS })).status).toBe(200);
}

/** Waits until a line of that event has come from each process that tells it. */
async function loggedBy(vask: WorkersVask, event: string, processes: number): Promise<void> {
  for (let count = 0; count < processes; count++) await vask.logged((line) => line.event === event);
}

/** The serial number of the certificate that a newcomer is shown. */
function serialOf({ port }: WorkersVask): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe.each([1, 2])('with %d workers', (workers) => {
  const args = ['--workers', String(workers)];

  test('apps of the configuration come, change and go while their clients stay', async () => {
    await using vask = await WorkersVask.start({ args });
    const client = await enter(vask);
    await client.subscribe('news');
    vask.reconfigure({ apps: [{ ...APP, subscriptionCount: true }, OTHER] });
    await loggedBy(vask, 'reloaded', workers);
    const others = await enter(vask, OTHER.key);
    await client.subscribe('counted');
    expect(await client.next()).toMatchObject({ event: 'pusher_internal:subscription_count', channel: 'counted' });
    vask.reconfigure({ apps: [APP] });
    expect((await others.closed).code).toBe(4001);
    await loggedBy(vask, 'reloaded', workers);
    await publish(vask, 'still-here');
    expect(await client.next()).toMatchObject({ event: 'still-here' });
  });

  test('what only the next start takes up is named, without its value', async () => {
    await using vask = await WorkersVask.start({ args });
    vask.reconfigure({ apps: [APP], nodeName: 'not-to-be-logged', shutdownSeconds: 1 });
    const line = await vask.logged(({ event }) => event === 'needsRestart');
    expect(line['settings']).toEqual(['nodeName', 'shutdownSeconds']);
    expect(JSON.stringify(vask.logLines)).not.toContain('not-to-be-logged');
  });

  test('a configuration that is wrong changes nothing, and is told', async () => {
    await using vask = await WorkersVask.start({ args });
    const client = await enter(vask);
    vask.reconfigure({ apps: [{ ...APP, id: 'not an id!' }] });
    const { error } = await vask.logged(({ event }) => event === 'reloadFailed');
    expect(String(error)).toContain('apps[0].id');
    expect(await client.heardNothing()).toBe(true);
    await (await enter(vask)).hangUp();
  });

  test('newcomers get the new certificate, and whoever is connected stays and hears all', async () => {
    using before = makeCertificate();
    using after = makeCertificate();
    const tls = { cert: before.cert, key: before.key };
    await using vask = await WorkersVask.start({ args, settings: { tls } });
    const client = await enter(vask);
    await client.subscribe('news');
    const serial = await serialOf(vask);
    // Halfway through a renewal the two files do not belong together.
    copyFileSync(after.cert, before.cert);
    vask.hangUp();
    await loggedBy(vask, 'certificateFailed', workers);
    expect(await serialOf(vask)).toBe(serial);
    copyFileSync(after.key, before.key);
    vask.hangUp();
    await loggedBy(vask, 'certificateRenewed', workers);
    const renewed = await serialOf(vask);
    expect(renewed).not.toBe(serial);
    for (let tries = 0; tries < 8; tries++) expect(await serialOf(vask)).toBe(renewed);
    const newcomer = await enter(vask);
    await newcomer.subscribe('news');
    await publish(vask, 'to-both');
    for (const each of [client, newcomer]) expect(await each.next()).toMatchObject({ event: 'to-both' });
    expect(await client.heardNothing()).toBe(true);
  });
});

/** How many of those who ask one after another, each on a connection of its own, get no answer. */
async function failuresUntil(end: Promise<unknown>, url: string): Promise<number> {
  let isOver = false;
  void end.finally(() => {
    isOver = true;
  });
  let failures = 0;
  while (!isOver) {
    await fetch(`${url}/up`, { headers: { connection: 'close' } }).then(
      ({ ok }) => ok || failures++,
      () => failures++,
    );
  }
  return failures;
}

test('another process on the same port takes over, and nobody is turned away', async () => {
  const args = ['--workers', '1', '--reuse-port', 'on'];
  await using old = await WorkersVask.start({ args: [...args, '--shutdown-seconds', '1'] });
  const clients = await Promise.all(Array.from({ length: 20 }, () => enter(old)));
  await using next = await WorkersVask.start({ args: [...args, '--port', String(old.port)] });
  expect(next.port).toBe(old.port);
  const stopped = old.stop();
  const failures = failuresUntil(stopped, next.url);
  await old.logged(({ event }) => event === 'stopping');
  // Each client does what an SDK does: it comes back at once, to whoever listens by then.
  const back = await Promise.all(
    clients.map(async (client) => {
      expect((await client.closed).code).toBe(4200);
      return await enter(next);
    }),
  );
  expect(await stopped).toBe(0);
  // The kernel resets what has not been accepted when the old one closes its port; whoever it is asks again.
  expect(await failures).toBeLessThanOrEqual(1);
  const socketIds = new Set(next.logLines.filter(({ event }) => event === 'connected').map(({ socketId }) => socketId));
  await eventually('a line about each of them', () =>
    Promise.resolve(back.every(({ socketId }) => next.logLines.some((line) => line.socketId === socketId)) || null),
  );
  expect(socketIds.size).toBeGreaterThan(0);
  for (const client of back) await client.subscribe('news');
  await publish(next, 'from-the-new-one');
  for (const client of back) expect(await client.next()).toMatchObject({ event: 'from-the-new-one' });
});

test('without that setting the port stays for one process', async () => {
  await using vask = await WorkersVask.start({ args: ['--workers', '1'] });
  const second = WorkersVask.start({ args: ['--workers', '1', '--port', String(vask.port)] });
  expect(second).rejects.toThrow('It ended with 1');
  await second.catch(() => undefined);
});

test('workers are all asked for their metrics, whichever of them answers', async () => {
  await using vask = await WorkersVask.start();
  const clients = await Promise.all(Array.from({ length: 10 }, () => enter(vask)));
  const text = await (await fetch(`${vask.url}/metrics`)).text();
  const counts = [...text.matchAll(/^vask_connections\{worker="(\d)"\} (\d+)$/gm)];
  expect(counts.map(([, worker]) => worker)).toEqual(['1', '2']);
  expect(counts.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(clients.length);
  expect(text.match(/^vask_build_info/gm)).toHaveLength(1);
});
