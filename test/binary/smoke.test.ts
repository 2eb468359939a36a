// The single-file program, built and run: what lies in it beside the code has to be found again, from a folder with nothing
// else in it. `npm run test:long` runs the tests of the command line and of whole processes against it as well.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import Backend from 'pusher';
import { emptyDirectory, vask } from '../cli/vask.ts';
import { APP_ID, KEY, SECRET } from '../support/credentials.ts';
import { ProgramVask } from '../support/program-vask.ts';
import { Receiver } from '../support/receiver.ts';
import { redisDirectory, startRedis } from '../support/redis.ts';
import { authorizationOptions, SdkClient, signaturesOf } from '../wire/sdk-support/client.ts';
import { addressOptions } from '../wire/sdk-support/stage.ts';
import { SDK_8 } from '../wire/sdk-support/versions.ts';

const BUILD = join(import.meta.dir, '../../scripts/build-binary.ts');
const START_MS = 60_000;

const folder = emptyDirectory();
const program = join(folder.path, 'vask');

beforeAll(async () => {
  const child = Bun.spawn([process.execPath, BUILD, '--outfile', program], { stdout: 'ignore', stderr: 'pipe' });
  if ((await child.exited) !== 0) throw new Error(await child.stderr.text());
}, START_MS);
afterAll(() => folder[Symbol.dispose]());

const backendOf = ({ url }: ProgramVask): Backend =>
  new Backend({ appId: APP_ID, key: KEY, secret: SECRET, host: '127.0.0.1', port: new URL(url).port, useTLS: false });

function clientOf(server: ProgramVask, id: string): SdkClient {
  const authorization = authorizationOptions(SDK_8, signaturesOf(backendOf(server), { id }));
  return new SdkClient(
    new SDK_8.Pusher(KEY, { ...addressOptions(Number(new URL(server.url).port)), ...authorization }),
  );
}

describe('the single-file program', () => {
  test('[CLI] tells its version and its commands', async () => {
    const version = await vask(['--version'], { program: [program] });
    expect(version).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect((await vask(['--help'], { program: [program] })).out).toContain('vask COMMAND');
  });

  test('[P-4.13] serves pusher-js and the Node SDK, and tells backends of it', async () => {
    await using receiver = new Receiver();
    const settings = { webhookAllowedHosts: [receiver.host], webhookGraceSeconds: 0 };
    const app = { webhooks: [{ url: receiver.url }] };
    await using server = await ProgramVask.start([program], { settings, app });
    const client = await clientOf(server, 'ann').connected();
    const room = await client.subscribe('presence-room');
    await backendOf(server).trigger('presence-room', 'news', { hello: 'world' });
    expect(await room.next()).toEqual({ event: 'news', data: { hello: 'world' } });
    client.pusher.disconnect();
    // The thread that posts is in the file, too.
    await receiver.until(() => receiver.names.includes('channel_vacated presence-room'));
    expect(receiver.posts.every(({ isValid }) => isValid)).toBe(true);
    expect(await server.stop()).toBe(0);
  });

  test('[CLI] starts itself again for its workers', async () => {
    await using server = await ProgramVask.start([program], { args: ['--workers', '2'] });
    const client = await clientOf(server, 'ann').connected();
    const room = await client.subscribe('presence-room');
    await backendOf(server).trigger('presence-room', 'news', '1');
    expect(await room.next()).toMatchObject({ event: 'news' });
    client.pusher.disconnect();
    expect(await server.stop()).toBe(0);
  });

  test('[CLI] makes its database where it runs, and accounts in it', async () => {
    using place = emptyDirectory();
    const options = { program: [program], directory: place.path };
    const made = await vask(['accounts', 'create-admin', 'ann@example.com', '--json'], options);
    expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: '' });
    const listed = await vask(['accounts', 'list', '--as', 'ann@example.com', '--json'], options);
    expect(JSON.parse(listed.out)).toMatchObject([{ email: 'ann@example.com' }]);
  });

  test('[CLI] has the dashboard in it when that was built', async () => {
    const isBuilt = await Bun.file(join(import.meta.dir, '../../dist/dashboard/built')).exists();
    await using server = await ProgramVask.start([program]);
    const answer = await fetch(`${server.url}/dashboard/`, { headers: { 'accept-encoding': 'identity' } });
    // Without a build beside it, the program looks on the disk of the machine that has built it, in vain.
    expect([answer.status, (await answer.text()).includes('<html')]).toEqual(isBuilt ? [200, true] : [404, false]);
  });

  test.skipIf(redisDirectory() === null)('[P-9.1] joins others on Redis, with the scripts that are in it', async () => {
    await using redis = await startRedis();
    const args = ['--redis-url', redis.url];
    await using one = await ProgramVask.start([program], { args });
    await using other = await ProgramVask.start([program], { args });
    const client = await clientOf(one, 'ann').connected();
    const room = await client.subscribe('presence-room');
    await backendOf(other).trigger('presence-room', 'news', '1');
    expect(await room.next()).toMatchObject({ event: 'news' });
    client.pusher.disconnect();
  });
});
