// The habits of the official server SDKs, byte by byte: how each of them orders, escapes and signs its requests.
import { afterAll, describe, expect, test } from 'bun:test';
import { Signer } from '../../src/protocol/signatures.ts';
import { APP_ID, KEY, SECRET } from '../support/credentials.ts';
import { startVask } from '../support/server.ts';

const vask = await startVask({ pathPrefix: '/realtime' });
afterAll(() => vask.stop());

const APP = `/apps/${APP_ID}`;
const BODY = '{"name":"a","channels":["b"],"data":"c"}';
const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const md5 = (text: string): string => Bun.CryptoHasher.hash('md5', text, 'hex');
const now = (): number => Math.floor(Date.now() / 1000);
const auth = (): string => `auth_key=${KEY}&auth_timestamp=${now()}&auth_version=1.0`;
const sign = (method: string, path: string, canonical: string): string =>
  new Signer(SECRET).sign(`${method}\n${path}\n${canonical}`);

interface Sent {
  readonly method: string;
  /** As signed. */
  readonly path: string;
  readonly canonical: string;
  /** As sent; SIG stands for the signature. */
  readonly target: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

function send({ method, path, canonical, target, body, headers }: Sent): Promise<Response> {
  const url = `${vask.url}${target.replace('SIG', sign(method, path, canonical))}`;
  return fetch(url, { method, headers: headers ?? {}, ...(body === undefined ? {} : { body }) });
}

const habits: readonly (readonly [string, () => Sent])[] = [
  [
    'Node: commas as they are, the signature last',
    () => {
      const canonical = `${auth()}&filter_by_prefix=presence-&info=user_count,subscription_count`;
      return {
        method: 'GET',
        path: `${APP}/channels`,
        canonical,
        target: `${APP}/channels?${canonical}&auth_signature=SIG`,
      };
    },
  ],
  [
    'Ruby: parameters out of order, commas escaped',
    () => {
      const time = now();
      const canonical = `auth_key=${KEY}&auth_timestamp=${time}&auth_version=1.0&filter_by_prefix=presence-&info=user_count,subscription_count`;
      const sent = `info=user_count%2Csubscription_count&filter_by_prefix=presence-&auth_version=1.0&auth_key=${KEY}&auth_timestamp=${time}`;
      return {
        method: 'GET',
        path: `${APP}/channels`,
        canonical,
        target: `${APP}/channels?${sent}&auth_signature=SIG`,
      };
    },
  ],
  [
    'Go: the signature in the middle, a content type on GET',
    () => {
      const time = now();
      const canonical = `auth_key=${KEY}&auth_timestamp=${time}&auth_version=1.0&filter_by_prefix=presence-&info=user_count`;
      const sent = `auth_key=${KEY}&auth_signature=SIG&auth_timestamp=${time}&auth_version=1.0&filter_by_prefix=presence-&info=user_count`;
      const headers = { 'content-type': 'application/json' };
      return { method: 'GET', path: `${APP}/channels`, canonical, target: `${APP}/channels?${sent}`, headers };
    },
  ],
  [
    '.NET: the signature first, a charset in the content type',
    () => {
      const canonical = `${auth()}&body_md5=${md5(BODY)}`;
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'pusher-library-name': 'pusher-http-dotnet',
      };
      return {
        method: 'POST',
        path: `${APP}/events`,
        canonical,
        target: `${APP}/events?auth_signature=SIG&${canonical}`,
        body: BODY,
        headers,
      };
    },
  ],
  [
    'PHP: one channel by its own name',
    () => {
      const body = '{"name":"a","data":"c","channel":"b"}';
      const canonical = `${auth()}&body_md5=${md5(body)}`;
      return {
        method: 'POST',
        path: `${APP}/events`,
        canonical,
        target: `${APP}/events?${canonical}&auth_signature=SIG`,
        body,
      };
    },
  ],
  [
    'Python: the MD5 of nothing on GET',
    () => {
      const canonical = `${auth()}&body_md5=${EMPTY_MD5}`;
      return {
        method: 'GET',
        path: `${APP}/channels`,
        canonical,
        target: `${APP}/channels?${canonical}&auth_signature=SIG`,
      };
    },
  ],
  [
    '[H-1.3] Python: the end of a user without the app in the path',
    () => {
      const canonical = `${auth()}&body_md5=${md5('{}')}`;
      const path = '/users/7/terminate_connections';
      return { method: 'POST', path, canonical, target: `${path}?${canonical}&auth_signature=SIG`, body: '{}' };
    },
  ],
  [
    '[H-2.3] Node: a user id signed as it is and sent escaped',
    () => {
      const canonical = `${auth()}&body_md5=${md5('{}')}`;
      const path = (id: string): string => `${APP}/users/${id}/terminate_connections`;
      const sent = path(encodeURIComponent('a b/ä%'));
      return {
        method: 'POST',
        path: path('a b/ä%'),
        canonical,
        target: `${sent}?${canonical}&auth_signature=SIG`,
        body: '{}',
      };
    },
  ],
  [
    '[H-2.3] others: a user id signed escaped',
    () => {
      const canonical = `${auth()}&body_md5=${md5('{}')}`;
      const path = `${APP}/users/${encodeURIComponent('a b/ä%')}/terminate_connections`;
      return { method: 'POST', path, canonical, target: `${path}?${canonical}&auth_signature=SIG`, body: '{}' };
    },
  ],
  [
    '[H-2.4] a POST with neither body nor MD5',
    () => {
      const path = `${APP}/users/7/terminate_connections`;
      const canonical = auth();
      return { method: 'POST', path, canonical, target: `${path}?${canonical}&auth_signature=SIG` };
    },
  ],
  [
    '[H-2.4] a POST without body and with the MD5 of nothing',
    () => {
      const path = `${APP}/users/7/terminate_connections`;
      const canonical = `${auth()}&body_md5=${EMPTY_MD5}`;
      return { method: 'POST', path, canonical, target: `${path}?${canonical}&auth_signature=SIG` };
    },
  ],
  [
    'names in capitals',
    () => {
      const canonical = auth();
      const sent = canonical.replaceAll('auth_', 'AUTH_');
      return {
        method: 'GET',
        path: `${APP}/channels`,
        canonical,
        target: `${APP}/channels?${sent}&Auth_Signature=SIG`,
      };
    },
  ],
  [
    'a space as plus and as %20, and what every query may have',
    () => {
      const canonical = `${auth()}&x=a b&y=c d&z=/?:@!$'()*;`;
      const sent = canonical.replace('a b', 'a+b').replace('c d', 'c%20d');
      return {
        method: 'GET',
        path: `${APP}/channels`,
        canonical,
        target: `${APP}/channels?${sent}&auth_signature=SIG`,
      };
    },
  ],
  [
    'parameters that repeat, as arrays',
    () => {
      const canonical = `${auth()}&x[]=2&x[]=1`;
      const sent = canonical.replaceAll('[]', '%5B%5D');
      return {
        method: 'GET',
        path: `${APP}/channels`,
        canonical,
        target: `${APP}/channels?auth_signature=SIG&${sent}`,
      };
    },
  ],
  [
    '[H-1.1] the key in place of the id',
    () => {
      const canonical = `${auth()}&body_md5=${md5(BODY)}`;
      const path = `/apps/${KEY}/events`;
      return { method: 'POST', path, canonical, target: `${path}?${canonical}&auth_signature=SIG`, body: BODY };
    },
  ],
  [
    '[H-1.2] the prefix signed and sent',
    () => {
      const canonical = auth();
      const path = `/realtime${APP}/channels`;
      return { method: 'GET', path, canonical, target: `${path}?${canonical}&auth_signature=SIG` };
    },
  ],
  [
    '[H-2.3] the prefix added after signing, by a proxy',
    () => {
      const canonical = auth();
      return {
        method: 'GET',
        path: `${APP}/channels`,
        canonical,
        target: `/realtime${APP}/channels?${canonical}&auth_signature=SIG`,
      };
    },
  ],
  [
    '[H-2.3] the prefix added after signing, an escaped user',
    () => {
      const canonical = `${auth()}&body_md5=${md5('{}')}`;
      const path = (id: string): string => `${APP}/users/${id}/terminate_connections`;
      const target = `/realtime${path('a%20b')}?${canonical}&auth_signature=SIG`;
      return { method: 'POST', path: path('a b'), canonical, target, body: '{}' };
    },
  ],
  [
    'a slash at the end',
    () => {
      const canonical = auth();
      return {
        method: 'GET',
        path: `${APP}/channels/`,
        canonical,
        target: `${APP}/channels/?${canonical}&auth_signature=SIG`,
      };
    },
  ],
];

describe('[H-2.1, H-2.2, H-4.2] a request that is signed in the manner of', () => {
  test.each(habits)('%s is let in', async (_, sent) => {
    const answer = await send(sent());
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await answer.json()).toBeObject();
  });
});
