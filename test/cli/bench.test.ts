import { afterAll, beforeAll, expect, test } from 'bun:test';
import { APP_ID, KEY, SECRET } from '../support/credentials.ts';
import { startVask, type TestServer } from '../support/server.ts';
import { vask } from './vask.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startVask();
});
afterAll(() => server.stop());

const PAIR = ['--app', APP_ID, '--key', KEY, '--secret', SECRET];

test('[CLI] bench counts every delivery of what it has published, and the delay', async () => {
  const size = ['--connections', '10', '--seconds', '1', '--bytes', '500'];
  const { code, out, err } = await vask(['bench', server.url, ...PAIR, ...size, '--json']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const measured = JSON.parse(out);
  expect(measured).toMatchObject({ connections: 10, missing: 0 });
  expect(measured.delayMs.median).toBeGreaterThan(0);
  expect(measured.delayMs.longest).toBeGreaterThanOrEqual(measured.delayMs.p99);
  // Those that came after the last answer count in a slightly longer time.
  expect(measured.deliveriesPerSecond).toBeGreaterThan(measured.publishesPerSecond * 5);
});

test('[CLI] bench says that its figures are rough, and no secret', async () => {
  const { out } = await vask(['bench', server.url, ...PAIR, '--connections', '1', '--seconds', '1']);
  expect(out).toContain('Rough figures');
  expect(out).not.toContain(SECRET);
});

test('[CLI] bench is no weapon: what is asked has bounds', async () => {
  const { code, err } = await vask(['bench', server.url, ...PAIR, '--connections', '100000']);
  expect({ code, err: err.split('\n')[0] }).toEqual({
    code: 2,
    err: 'vask: --connections is a number from 1 to 2000.',
  });
});

test('[CLI] bench with a wrong secret ends with what the server has said', async () => {
  const wrong = ['--app', APP_ID, '--key', KEY, '--secret', 'wrong'];
  const { code, err } = await vask(['bench', server.url, ...wrong, '--connections', '1', '--seconds', '1']);
  expect(code).toBe(1);
  expect(err).toContain('Publishing answers 401');
});

test('[CLI] health tells by its exit code whether a server is alive and ready', async () => {
  const { code, out } = await vask(['health', server.url]);
  expect({ code, out }).toEqual({ code: 0, out: 'OK\n' });
  expect(await vask(['health', server.url, '--ready'])).toEqual({ code: 0, out: 'ready\n', err: '' });
  const gone = await vask(['health', 'http://127.0.0.1:1']);
  expect(gone.code).toBe(1);
  expect(gone.err).toContain('No answer from http://127.0.0.1:1');
});
