import { afterAll, beforeAll, expect, test } from 'bun:test';
import { adminDoors } from '../../src/admin/doors.ts';
import { parseRequestTarget } from '../../src/protocol/request-target.ts';
import { type ApiStage, apiStage, PASSWORD } from './api-stage.ts';

let stage: ApiStage;
let server: Bun.Server<undefined>;

beforeAll(async () => {
  stage = await apiStage('http://vask.example/realtime');
  await stage.account('root@example.com', 'admin');
  const doors = adminDoors(stage.site);
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const target = parseRequestTarget(request.url, '/realtime');
      return (await doors(request, target, () => '127.0.0.1')) ?? new Response('somebody else', { status: 418 });
    },
  });
});
afterAll(async () => {
  await server.stop(true);
  await stage[Symbol.asyncDispose]();
});

test.each([
  ['/realtime/api/v1/openapi.json', 200],
  ['/api/v1/apps', 401],
  ['/api/v1/', 404],
  ['/api/v2/apps', 418],
  ['/device', 200],
  ['/realtime/setup', 200],
  ['/join', 200],
  ['/', 418],
  ['/app/key', 418],
  ['/apps/1/events', 418],
])('[A-1.3] %s is answered %d', async (path, status) => {
  expect((await fetch(`${server.url.origin}${path}`)).status).toBe(status);
});

test('[A-1.2, A-2.4] over the network, a session works and a huge body is refused', async () => {
  const api = `${server.url.origin}/realtime/api/v1`;
  const send = (path: string, body: string | ReadableStream, headers: Record<string, string> = {}) =>
    fetch(`${api}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const login = await send('/session', JSON.stringify({ email: 'root@example.com', password: PASSWORD }));
  const { csrf } = (await login.json()) as { csrf: string };
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const session = { cookie, 'x-csrf-token': csrf };
  expect((await send('/apps', '{"name":"Shop"}', session)).status).toBe(201);
  expect((await send('/apps', '{"name":"Shop"}', { cookie })).status).toBe(403);
  const huge = JSON.stringify({ name: 'x'.repeat(500_000) });
  expect((await send('/apps', huge, session)).status).toBe(413);
  const chunked = new ReadableStream({
    start(controller) {
      for (let at = 0; at < 50; at++) controller.enqueue(new TextEncoder().encode(' '.repeat(10_000)));
      controller.close();
    },
  });
  expect((await send('/apps', chunked, session)).status).toBe(413);
  expect((await send('/apps', '{"name":"Shop"}', session)).status).toBe(201);
});
