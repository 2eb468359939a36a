import { describe, expect, test } from 'bun:test';
import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { holds, hostileText } from '../../test/support/generators.ts';
import { httpFaults, isRefusal } from './faults.ts';
import { Signer } from './signatures.ts';
import { decode, parseSignedQuery, verifyBody, verifySignedRequest } from './signed-request.ts';

const KEY = '278d425bdf160c739803';
const SECRET = '7ad3773142a6692b25b8';
const SECONDS = 1353088179;
const VERIFIER = {
  signers: new Map([
    [KEY, new Signer(SECRET)],
    ['second', new Signer('other')],
  ]),
  nowMs: SECONDS * 1000,
  windowSeconds: 600,
};
const AUTH = `auth_key=${KEY}&auth_timestamp=${SECONDS}&auth_version=1.0`;

const hmac = (text: string, secret = SECRET) => createHmac('sha256', secret).update(text).digest('hex');
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** What the check says of a request that signs `signed` and sends `query`, `{sig}` standing for the signature. */
function check(
  signed: string,
  query: string,
  paths: readonly string[] = [signed.split('\n')[1] ?? ''],
  verifier = VERIFIER,
) {
  const [method = ''] = signed.split('\n');
  const sent = query.replace('{sig}', hmac(signed));
  return verifySignedRequest({ method, paths, query: parseSignedQuery(sent) }, verifier);
}

describe('known requests', () => {
  test('[H-2.2] the worked example of the documentation is signed rightly', () => {
    const body = '{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}';
    const query = parseSignedQuery(
      `${AUTH}&body_md5=ec365a775a4cd0599faeb73354201b6f` +
        '&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c',
    );
    expect(verifySignedRequest({ method: 'POST', paths: ['/apps/3/events'], query }, VERIFIER)).toBeNull();
    expect(verifyBody(body, query)).toBeNull();
  });

  test('[H-2.2] a list of channels is signed over decoded parameters', () => {
    const query = parseSignedQuery(
      `info=user_count%2Csubscription_count&filter_by_prefix=presence-&${AUTH}` +
        '&auth_signature=ff97d40ab3fbbd15394386a29c12998c33635305357b2e2abd18dc67efe3f87d',
    );
    expect(verifySignedRequest({ method: 'GET', paths: ['/apps/3/channels'], query }, VERIFIER)).toBeNull();
  });
});

describe('habits of the SDKs', () => {
  const GET = `GET\n/apps/3/channels\n${AUTH}&filter_by_prefix=presence-&info=user_count,subscription_count`;

  test.each([
    ['Ruby', `info=user_count%2Csubscription_count&filter_by_prefix=presence-&auth_signature={sig}&${AUTH}`],
    ['Node', `${AUTH}&filter_by_prefix=presence-&info=user_count,subscription_count&auth_signature={sig}`],
    [
      'Go',
      `auth_key=${KEY}&auth_signature={sig}&auth_timestamp=${SECONDS}&auth_version=1.0` +
        '&filter_by_prefix=presence-&info=user_count%2Csubscription_count',
    ],
    ['.NET', `auth_signature={sig}&${AUTH}&filter_by_prefix=presence-&info=user_count,subscription_count`],
    [
      'capital letters',
      `AUTH_KEY=${KEY}&Auth_Timestamp=${SECONDS}&auth_version=1%2E0&filter%5Fby_prefix=presence-&info=user_count,subscription_count&AUTH_SIGNATURE={sig}`,
    ],
  ])('[H-2.2] %s writes the query in its own way', (_, query) => {
    expect(check(GET, query)).toBeNull();
  });

  test('[H-2.4] Python sends the MD5 of nothing with a GET', () => {
    const query = `${AUTH}&body_md5=${md5('')}`;
    expect(check(`GET\n/apps/3/channels\n${query}`, `${query}&auth_signature={sig}`)).toBeNull();
    expect(verifyBody('', parseSignedQuery(query))).toBeNull();
  });

  test('[H-2.3] Node signs the path decoded and sends it encoded', () => {
    const signed = `POST\n/apps/3/users/a b/terminate_connections\n${AUTH}`;
    const paths = ['/apps/3/users/a%20b/terminate_connections', '/apps/3/users/a b/terminate_connections'];
    expect(check(signed, `${AUTH}&auth_signature={sig}`, paths)).toBeNull();
  });

  test('[H-2.2] repeated array parameters keep their brackets and their order', () => {
    const signed = `GET\n/apps/3/channels\n${AUTH}&channels[]=b&channels[]=a&info=x`;
    const query = `info=x&channels%5B%5D=b&${AUTH}&channels[]=a&auth_signature={sig}`;
    expect(check(signed, query)).toBeNull();
  });

  test('[H-2.2] a value may be empty, missing, or hold an equals sign', () => {
    const query = parseSignedQuery('b=&a=1=2&c&=d&&');
    expect(query.canonical).toBe('=d&a=1=2&b=&c=');
  });
});

describe('refusals', () => {
  const PATH = '/apps/3/events';
  const SIGNED = `POST\n${PATH}\n${AUTH}`;

  test.each([
    ['without a key', 'auth_timestamp=1&auth_version=1.0&auth_signature={sig}', httpFaults.missingAuth],
    ['with an empty key', `auth_key=&auth_signature={sig}`, httpFaults.missingAuth],
    ['with an unknown key', `${AUTH.replace(KEY, 'x')}&auth_signature={sig}`, httpFaults.unknownKey],
    ['with the key of every object', `${AUTH.replace(KEY, '__proto__')}&auth_signature={sig}`, httpFaults.unknownKey],
    ['with another key of the app', `${AUTH.replace(KEY, 'second')}&auth_signature={sig}`, httpFaults.wrongSignature],
    ['without a signature', AUTH, httpFaults.missingAuth],
    ['with an empty signature', `${AUTH}&auth_signature=`, httpFaults.missingAuth],
    ['without a version', `auth_key=${KEY}&auth_timestamp=${SECONDS}&auth_signature={sig}`, httpFaults.missingAuth],
    ['with another version', `${AUTH.replace('1.0', '2.0')}&auth_signature={sig}`, httpFaults.badVersion],
    ['without a time', `auth_key=${KEY}&auth_version=1.0&auth_signature={sig}`, httpFaults.missingAuth],
    ['with a time in words', `${AUTH.replace(`${SECONDS}`, 'now')}&auth_signature={sig}`, httpFaults.badTimestamp],
    ['with a negative time', `${AUTH.replace(`${SECONDS}`, '-1')}&auth_signature={sig}`, httpFaults.badTimestamp],
    [
      'with a time in milliseconds',
      `${AUTH.replace(`${SECONDS}`, `${SECONDS}000`)}&auth_signature={sig}`,
      httpFaults.badTimestamp,
    ],
    [
      'with a time of twelve digits',
      `${AUTH.replace(`${SECONDS}`, '999999999999')}&auth_signature={sig}`,
      httpFaults.expired,
    ],
    ['with one parameter more', `${AUTH}&x=1&auth_signature={sig}`, httpFaults.wrongSignature],
    ['with a wrong signature', `${AUTH}&auth_signature=${'0'.repeat(64)}`, httpFaults.wrongSignature],
    ['with a signature in capitals', `${AUTH}&auth_signature=${hmac(SIGNED).toUpperCase()}`, httpFaults.wrongSignature],
  ])('[H-2.7] a request %s is refused', (_, query, fault) => {
    expect(check(SIGNED, query)?.fault).toBe(fault);
  });

  test('[H-2.7] another method or path than the signed one is refused', () => {
    const query = parseSignedQuery(`${AUTH}&auth_signature=${hmac(SIGNED)}`);
    const faultFor = (method: string, path: string) =>
      verifySignedRequest({ method, paths: [path], query }, VERIFIER)?.fault;
    expect(faultFor('POST', PATH)).toBeUndefined();
    expect(faultFor('GET', PATH)).toBe(httpFaults.wrongSignature);
    expect(faultFor('POST', '/apps/4/events')).toBe(httpFaults.wrongSignature);
  });

  test('[H-2.7] the text has the string to sign and not the right signature', () => {
    const refused = check(SIGNED, `${AUTH}&x="\n&auth_signature=wrong`);
    const right = hmac(`POST\n${PATH}\n${AUTH}&x="\n`);
    expect(refused?.text).toBe(
      `Invalid signature: you should have sent HmacSHA256Hex("POST\\n${PATH}\\n${AUTH}&x=\\"\\n", your_secret_key), but you sent "wrong"`,
    );
    expect(refused?.text).not.toContain(right);
  });

  test('[H-4.1] the text stays short and one line, whatever was sent', () => {
    const refused = check(SIGNED, `${AUTH}&x=${'%0A'.repeat(100_000)}&auth_signature=$%26${'x'.repeat(100_000)}`);
    expect(refused?.text.length).toBeLessThan(3_000);
    expect(refused?.text).not.toMatch(/\n/);
    expect(refused?.text).toContain('$&xxx');
  });

  test.each([599, -599])('[H-2.5] a clock that is off by %d seconds is good enough', (offSeconds) => {
    const verifier = { ...VERIFIER, nowMs: (SECONDS + offSeconds) * 1000 };
    expect(check(SIGNED, `${AUTH}&auth_signature={sig}`, [PATH], verifier)).toBeNull();
  });

  test.each([600, -600, 3_600])('[H-2.5] a clock that is off by %d seconds is refused', (offSeconds) => {
    const verifier = { ...VERIFIER, nowMs: (SECONDS + offSeconds) * 1000 };
    const refused = check(SIGNED, `${AUTH}&auth_signature={sig}`, [PATH], verifier);
    expect(refused?.fault).toBe(httpFaults.expired);
    expect(refused?.text).toStartWith(
      'Timestamp expired: Given timestamp (2012-11-16T17:49:39.000Z) not within 600s of server time (2012-11-16T',
    );
  });
});

describe('bodies', () => {
  const withMd5 = (value: string) => parseSignedQuery(`body_md5=${value}`);

  test('[H-2.4] an empty body needs no MD5, another one does', () => {
    expect(verifyBody('', parseSignedQuery(''))).toBeNull();
    expect(verifyBody('{}', parseSignedQuery(''))?.fault).toBe(httpFaults.missingAuth);
  });

  test('[H-2.4] the MD5 is over the bytes in UTF-8', () => {
    expect(verifyBody('{"ü":"😀"}', withMd5(md5('{"ü":"😀"}')))).toBeNull();
    expect(verifyBody('{ }', withMd5(md5('{}')))?.fault).toBe(httpFaults.wrongBodyMd5);
    expect(verifyBody('', withMd5(md5('{}')))?.fault).toBe(httpFaults.wrongBodyMd5);
  });
});

describe('decoding', () => {
  test.each([
    ['a%20b', 'a b'],
    ['a+b', 'a b'],
    ['a%2Bb', 'a+b'],
    ['%C3%BC', 'ü'],
    ['%', '%'],
    ['%zz', '%zz'],
    ['%C3', '%C3'],
    ['', ''],
  ])('[H-2.2] %j becomes %j', (text, decoded) => {
    expect(decode(text)).toBe(decoded);
  });
});

test('[H-2.2] any parameters in any order, escaped in full, are understood as they were meant', () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((text) => text !== 'auth_signature');
  const parameters = fc.uniqueArray(fc.tuple(key, fc.string({ unit: 'grapheme' })), { selector: ([name]) => name });
  holds(
    fc.property(parameters, (pairs) => {
      const sent = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
      const { canonical, parameters: parsed, signature } = parseSignedQuery(`${sent}&auth_signature=s`);
      const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(canonical).toBe(sorted.map(([name, value]) => `${name}=${value}`).join('&'));
      expect([...parsed]).toEqual(pairs);
      expect(signature).toBe('s');
    }),
  );
});

test('[P-1.2] any query is checked without harm and never accepted by chance', () => {
  holds(
    fc.property(hostileText(['auth_key']), (text) => {
      const query = parseSignedQuery(`${AUTH}&${text}&auth_signature=${'0'.repeat(64)}&${text}`);
      const refused = verifySignedRequest({ method: 'GET', paths: [text], query }, VERIFIER);
      expect(refused !== null && isRefusal(refused)).toBe(true);
    }),
  );
});

test('[H-2.2] a query of thousands of parameters is read up to a bound', () => {
  const query = parseSignedQuery(`${'x%zz&'.repeat(3_000)}auth_signature=late`);
  expect(query.parameters.size).toBe(1);
  expect(query.signature).toBeNull();
});
