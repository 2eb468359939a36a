import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, SECRET } from '../support/credentials.ts';
import { startVask, type TestServer } from '../support/server.ts';
import { emptyDirectory, RunningVask, vask } from './vask.ts';

const PAIR = ['--key', KEY, '--secret', SECRET];
const SUBSCRIBED = 'pusher_internal:subscription_succeeded';
let server: TestServer;
let target: readonly string[];

beforeAll(async () => {
  server = await startVask();
  target = ['--url', server.url, ...PAIR];
});
afterAll(() => server.stop());

describe('trigger and listen', () => {
  test('[CLI] what trigger publishes is what listen prints, and --count ends it', async () => {
    const listening = new RunningVask(['listen', '1001', 'news', '--count', '1', ...target]);
    await listening.lineWith(SUBSCRIBED);
    const published = await vask(['trigger', '1001', 'news', 'my-event', '{"hello":"world"}', ...target]);
    expect(published).toEqual({ code: 0, out: '{}\n', err: '' });
    expect(await listening.lineWith('my-event')).toMatch(/^\d\d:\d\d:\d\d {2}news {2}my-event {2}\{"hello":"world"\}$/);
    expect(await listening.ended()).toEqual({ code: 0, out: '', err: '' });
  });

  test('[CLI] listen --json prints each frame as it came', async () => {
    const listening = new RunningVask(['listen', KEY, 'raw', '--json', '--count', '1', ...target]);
    await listening.lineWith(SUBSCRIBED);
    await vask(['trigger', KEY, 'raw', 'e', '-', ...target], { input: '[1,\n2]' });
    expect(await listening.lineWith('"raw"')).toBe('{"event":"e","channel":"raw","data":"[1,\\n2]"}');
    expect((await listening.ended()).code).toBe(0);
  });

  test('[CLI] listen signs for private and presence channels, and trigger --info counts it', async () => {
    const listening = new RunningVask(['listen', '1001', 'private-a', 'presence-b', '--user', '7', ...target]);
    await listening.lineWith('private-a');
    expect(await listening.lineWith('presence-b')).toContain('"ids":["7"]');
    const args = ['trigger', '1001', 'presence-b', 'e', '{}', '--info', 'user_count', ...target];
    expect(JSON.parse((await vask(args)).out)).toEqual({ channels: { 'presence-b': { user_count: 1 } } });
    listening.interrupt();
    expect((await listening.ended()).code).toBe(0);
  });

  test('[CLI] trigger --socket-id leaves that connection out', async () => {
    const listening = new RunningVask(['listen', '1001', 'others', '--count', '1', ...target]);
    const greeting = await listening.lineWith('socket_id');
    const socketId = /"socket_id":"([\d.]+)"/.exec(greeting)?.[1] ?? '';
    await listening.lineWith(SUBSCRIBED);
    await vask(['trigger', '1001', 'others', 'hidden', '{}', '--socket-id', socketId, ...target]);
    await vask(['trigger', '1001', 'others', 'seen', '{}', ...target]);
    expect(await listening.lineWith('others')).toContain('seen');
    expect((await listening.ended()).code).toBe(0);
  });

  test('[CLI] listen --user signs in and hears what is sent to the user; after a close with 4200 it is back at once', async () => {
    const listening = new RunningVask(['listen', '1001', '--user', '42', '--count', '1', ...target]);
    await listening.lineWith(SUBSCRIBED);
    const ended = await server.request('POST', '/apps/1001/users/42/terminate_connections', { body: {} });
    expect(ended.status).toBe(200);
    await listening.lineWith(SUBSCRIBED);
    expect((await vask(['trigger', '1001', '--user', '42', 'note', '"for you"', ...target])).code).toBe(0);
    expect(await listening.lineWith('note')).toContain('"for you"');
    const { code, err } = await listening.ended();
    expect(code).toBe(0);
    expect(err).toContain('Reconnecting at once.');
  });

  test('[CLI] what a stranger sends cannot steer the terminal', async () => {
    const listening = new RunningVask(['listen', '1001', 'wild', '--count', '1', ...target]);
    await listening.lineWith(SUBSCRIBED);
    await vask(['trigger', '1001', 'wild', 'e', 'a\x1b[2Jb\nc\u202e', ...target]);
    expect(await listening.lineWith('wild')).toEndWith('a\\u001b[2Jb\\nc\\u202e');
    await listening.ended();
  });
});

describe('the end of listen', () => {
  test('[CLI] Ctrl-C ends it with 0', async () => {
    const listening = new RunningVask(['listen', '1001', 'quiet', ...target]);
    await listening.lineWith(SUBSCRIBED);
    listening.interrupt();
    expect(await listening.ended()).toEqual({ code: 0, out: '', err: '' });
  });

  test('[CLI] --timeout ends it with 0, or with 1 when --count was not reached', async () => {
    const [patient, counting] = await Promise.all([
      vask(['listen', '1001', 'quiet', '--timeout', '1', ...target]),
      vask(['listen', '1001', 'quiet', '--timeout', '1', '--count', '2', ...target]),
    ]);
    expect(patient.code).toBe(0);
    expect(counting.code).toBe(1);
    expect(counting.err).toContain('Only 0 of 2 events came within 1 s.');
  });

  test('[CLI] an unknown key ends it with 1 and an explanation', async () => {
    const { code, err } = await vask(['listen', 'x', 'c', '--url', server.url, '--key', 'x', '--secret', SECRET]);
    expect(code).toBe(1);
    expect(err).toContain('4001');
    expect(err).toContain('Check the app key');
  });

  test('[CLI] a wrong secret ends it with 1 and an explanation', async () => {
    const { code, err } = await vask([
      'listen',
      '1001',
      'private-c',
      '--url',
      server.url,
      '--key',
      KEY,
      '--secret',
      'wrong',
    ]);
    expect(code).toBe(1);
    expect(err).toContain('Invalid signature');
    expect(err).toContain('The secret of the backend is wrong');
  });

  test('[CLI] a server that is not there ends it with 1', async () => {
    const { code, err } = await vask(['listen', '1001', 'c', '--url', 'http://127.0.0.1:1', ...PAIR]);
    expect(code).toBe(1);
    expect(err).toContain('Cannot connect to http://127.0.0.1:1');
  });

  test('[CLI] a ping of the server is answered', async () => {
    const heard = Promise.withResolvers<string>();
    using stub = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, self) => (self.upgrade(request) ? undefined : new Response(null, { status: 404 })),
      websocket: {
        open: (socket) => void socket.send('{"event":"pusher:ping","data":"{}"}'),
        message: (_socket, text) => heard.resolve(String(text)),
      },
    });
    const listening = new RunningVask(['listen', '1001', 'c', '--url', stub.url.origin, ...PAIR]);
    expect(JSON.parse(await heard.promise)).toEqual({ event: 'pusher:pong', data: {} });
    listening.interrupt();
    await listening.ended();
  });
});

describe('where the server is', () => {
  test('[CLI] VASK_URL names it', async () => {
    const { code, out } = await vask(['trigger', '1001', 'c', 'e', '{}', ...PAIR], { env: { VASK_URL: server.url } });
    expect({ code, out }).toEqual({ code: 0, out: '{}\n' });
  });

  test('[CLI] the configuration file names it, with the app', async () => {
    using directory = emptyDirectory();
    const apps = [{ id: '1001', key: KEY, secret: SECRET }];
    writeFileSync(join(directory.path, 'vask.json'), JSON.stringify({ port: server.port, apps }));
    const args = ['trigger', '1001', 'c', 'e', '{}', '--config', 'vask.json'];
    expect(await vask(args, { directory: directory.path })).toEqual({ code: 0, out: '{}\n', err: '' });
  });
});

describe('the failure of trigger', () => {
  test('[CLI] a refusal is printed with its status, its text and what to do', async () => {
    const { code, out, err } = await vask(['trigger', '1001', 'not a name', 'e', '{}', ...target]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain("400 Invalid channel name: 'not a name'");
    expect(err).toContain('Use at most 200 of the characters');
  });

  test('[CLI] a wrong secret is told, and none is printed', async () => {
    const wrong = 'a-wrong-secret';
    const { code, err } = await vask([
      'trigger',
      '1001',
      'c',
      'e',
      '{}',
      '--url',
      server.url,
      '--key',
      KEY,
      '--secret',
      wrong,
    ]);
    expect(code).toBe(1);
    expect(err).toContain('401 Invalid signature');
    expect(err).toContain('Check the secret');
    expect(err).not.toContain(wrong);
  });

  test('[CLI] a server that does not answer is told with the way to look closer', async () => {
    const { code, err } = await vask(['trigger', '1001', 'c', 'e', '{}', '--url', '127.0.0.1:1', ...PAIR]);
    expect(code).toBe(1);
    expect(err).toContain('No answer from http://127.0.0.1:1');
    expect(err).toContain('vask doctor');
  });
});
