// What a signature is good for, and for how many keys.
import { afterAll, describe, expect, test } from 'bun:test';
import { Signer } from '../../src/protocol/signatures.ts';
import { APP_ID, KEY, SECRET } from '../support/credentials.ts';
import { openVask } from '../support/open-vask.ts';
import { startVask } from '../support/server.ts';

const vask = await startVask();
afterAll(() => vask.stop());

const APP = `/apps/${APP_ID}`;
const BODY = '{"name":"a","channels":["b"],"data":"c"}';
const auth = (): string => `auth_key=${KEY}&auth_timestamp=${Math.floor(Date.now() / 1000)}&auth_version=1.0`;
const sign = (method: string, path: string, canonical: string): string =>
  new Signer(SECRET).sign(`${method}\n${path}\n${canonical}`);

describe('[H-2.2] a signature is worth nothing for', () => {
  const canonical = (): string => `${auth()}&body_md5=${Bun.CryptoHasher.hash('md5', BODY, 'hex')}`;
  const right = { method: 'POST', path: `${APP}/events`, body: BODY };
  test.each([
    ['another method', { ...right, method: 'PUT' }, 405],
    ['another path', { ...right, path: `${APP}/batch_events` }, 401],
    ['the path of the key', { ...right, path: `/apps/${KEY}/events` }, 401],
    ['a path in capitals', { ...right, path: `${APP}/EVENTS` }, 401],
  ])('%s', async (_, { method, path, body }, status) => {
    const query = canonical();
    const answer = await fetch(`${vask.url}${APP}/events?${query}&auth_signature=${sign('POST', path, query)}`, {
      method,
      body,
    });
    expect(answer.status).toBe(status);
  });

  test('another time', async () => {
    const query = canonical();
    const later = query.replace(
      /(auth_timestamp=\d+)/,
      (whole) => whole.slice(0, -1) + ((Number(whole.at(-1)) + 1) % 10),
    );
    const answer = await fetch(
      `${vask.url}${APP}/events?${later}&auth_signature=${sign('POST', `${APP}/events`, query)}`,
      {
        method: 'POST',
        body: BODY,
      },
    );
    expect(answer.status).toBe(401);
  });
});

test('[H-2.6] each of the keys of an app signs for it', async () => {
  const keys = [
    { key: 'old', secret: 'old secret' },
    { key: 'new', secret: 'new secret' },
  ];
  await using server = await openVask({ app: { keys } });
  for (const { key, secret } of keys) {
    for (const app of [APP_ID, ...keys.map((each) => each.key)]) {
      expect((await server.request('GET', `/apps/${app}/channels`, { key, secret })).status).toBe(200);
    }
  }
  expect((await server.request('GET', `${APP}/channels`, { key: 'old', secret: 'new secret' })).status).toBe(401);
});
