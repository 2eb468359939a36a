import { describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, SECRET } from '../support/credentials.ts';
import { emptyDirectory, vask } from './vask.ts';

const PAIR = ['--key', KEY, '--secret', SECRET];
const CHANNEL = ['sign', 'channel', '--socket-id', '1234.1234', '--channel', 'private-foobar'];
const SIGNATURE = '58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4';
const BODY = '{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}';

describe('known signatures', () => {
  test('[P-5.2] of a private channel, with the string that was signed', async () => {
    const { code, out } = await vask([...CHANNEL, ...PAIR]);
    expect(code).toBe(0);
    expect(out).toBe(
      `string to sign:\n1234.1234:private-foobar\nsignature:\n${SIGNATURE}\nauth:\n${KEY}:${SIGNATURE}\n`,
    );
  });

  test.each([
    ['Mr. Channels', '31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80'],
    ['Mr. Pusher', 'afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c'],
  ])('[P-5.2] of a presence channel as %s', async (name, signature) => {
    const data = `{"user_id":10,"user_info":{"name":"${name}"}}`;
    const args = ['--socket-id', '1234.1234', '--channel', 'presence-foobar', '--channel-data', data];
    const { out } = await vask(['sign', 'channel', ...args, ...PAIR, '--json']);
    expect(JSON.parse(out)).toEqual({
      stringToSign: `1234.1234:presence-foobar:${data}`,
      signature,
      auth: `${KEY}:${signature}`,
    });
  });

  test('[P-5.3] of a sign-in', async () => {
    const args = ['--socket-id', '1234.1234', '--user-data', '{"id":"12345"}'];
    const { out } = await vask(['sign', 'user', ...args, ...PAIR, '--json']);
    const signature = '4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba';
    const auth = `${KEY}:${signature}`;
    expect(JSON.parse(out)).toEqual({ stringToSign: '1234.1234::user::{"id":"12345"}', signature, auth });
  });

  test('[H-2.2] of a GET, whatever the order of its parameters', async () => {
    const query = 'info=user_count,subscription_count&filter_by_prefix=presence-';
    const args = ['--path', '/apps/3/channels', '--query', query, '--timestamp', '1353088179'];
    const { out } = await vask(['sign', 'request', ...args, ...PAIR, '--json']);
    const { stringToSign, signature, url } = JSON.parse(out) as Record<string, string>;
    expect(stringToSign).toBe(
      `GET\n/apps/3/channels\nauth_key=${KEY}&auth_timestamp=1353088179&auth_version=1.0&filter_by_prefix=presence-&info=user_count,subscription_count`,
    );
    expect(signature).toBe('ff97d40ab3fbbd15394386a29c12998c33635305357b2e2abd18dc67efe3f87d');
    expect(url).toEndWith(`&auth_signature=${signature}`);
  });

  test('[H-2.2] of a POST with a body, which may come from standard input', async () => {
    const args = ['sign', 'request', '--path', '/apps/3/events', '--timestamp', '1353088179', ...PAIR, '--json'];
    const [given, piped] = await Promise.all([
      vask([...args, '--body', BODY]),
      vask([...args, '--body', '-'], { input: BODY }),
    ]);
    expect(piped).toEqual(given);
    const { stringToSign, signature } = JSON.parse(given.out) as Record<string, string>;
    expect(stringToSign).toStartWith('POST\n/apps/3/events\n');
    expect(stringToSign).toContain('body_md5=ec365a775a4cd0599faeb73354201b6f');
    expect(signature).toBe('da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c');
  });
});

describe('where the secret comes from', () => {
  const APPS = {
    apps: [
      { id: '1001', key: KEY, secret: SECRET },
      { id: '1002', key: 'other-key', secret: 'other-secret-of-some-length' },
    ],
  };

  test.each([
    ['the id', '1001'],
    ['the key', KEY],
  ])('[CLI] --app by %s is looked up in the configuration file', async (_, app) => {
    using directory = emptyDirectory();
    writeFileSync(join(directory.path, 'vask.json'), JSON.stringify(APPS));
    const { out, err } = await vask([...CHANNEL, '--app', app, '--config', 'vask.json'], { directory: directory.path });
    expect(out + err).toContain(`${KEY}:${SIGNATURE}`);
  });

  test('[CLI] with several apps, one must be named', async () => {
    using directory = emptyDirectory();
    writeFileSync(join(directory.path, 'vask.json'), JSON.stringify(APPS));
    const { code, err } = await vask([...CHANNEL, '--config', 'vask.json'], { directory: directory.path });
    expect(code).toBe(2);
    expect(err).toContain('There are several apps');
  });

  test('[CLI] the environment is looked at', async () => {
    const env = { VASK_APP_ID: '1001', VASK_APP_KEY: KEY, VASK_APP_SECRET: SECRET };
    expect((await vask(CHANNEL, { env })).out).toContain(SIGNATURE);
  });

  test('[CLI] the ready-made app of the data directory is found', async () => {
    using directory = emptyDirectory();
    mkdirSync(join(directory.path, 'vask-data'));
    writeFileSync(join(directory.path, 'vask-data/app.json'), JSON.stringify({ id: '7', key: KEY, secret: SECRET }));
    expect((await vask(CHANNEL, { directory: directory.path })).out).toContain(SIGNATURE);
  });

  test('[CLI] what is found nowhere is a failure that names the places', async () => {
    const { code, out, err } = await vask([...CHANNEL, '--app', '999']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('No app with the id or key "999" was found.');
    for (const place of ['configuration file', 'VASK_APP_SECRET', 'vask-data/app.json']) expect(err).toContain(place);
  });

  test('[CLI] a configuration with faults is a failure that lists them', async () => {
    using directory = emptyDirectory();
    writeFileSync(join(directory.path, 'vask.json'), '{"port":"x","nonsense":1}');
    const { code, err } = await vask([...CHANNEL, '--config', 'vask.json'], { directory: directory.path });
    expect(code).toBe(1);
    expect(err).toContain('  port');
    expect(err).toContain('  nonsense');
  });
});
