// The HTTP door over an engine whose cluster fails, and whose clock the test moves.
import { describe, expect, test } from 'bun:test';
import { Unavailable } from '../../src/engine/failure.ts';
import type { Cluster } from '../../src/engine/ports.ts';
import { httpDoor } from '../../src/http/door.ts';
import { httpFaults } from '../../src/protocol/faults.ts';
import { parseRequestTarget } from '../../src/protocol/request-target.ts';
import { APP_ID, signedQuery } from '../support/credentials.ts';
import { createWorld, type World } from '../support/world.ts';

const ORIGIN = 'http://localhost';
const EVENT = JSON.stringify({ name: 'a', channel: 'b', data: 'c' });

function ask(
  world: World,
  method: string,
  path: string,
  body = '',
  nowMs = world.clock.now(),
): Promise<Response> | Response {
  const url = `${ORIGIN}${path}?${signedQuery(method, path, body, { nowMs })}`;
  const request = new Request(url, { method, ...(body === '' ? {} : { body }) });
  return httpDoor(world.nodes[0].engine)(request, parseRequestTarget(url, ''));
}

/** A world in which every call of the cluster ends as `fail` does. */
function brokenWorld(fail: () => never | Promise<never>): World {
  const through = ({ bus, ledger, liveness }: Cluster): Cluster => ({
    bus: { ...bus, hear: (listener) => bus.hear(listener), publish: fail, publishAll: fail },
    ledger: { ...ledger, count: fail, channels: fail, members: fail },
    liveness,
  });
  return createWorld({ through });
}

const requests: readonly (readonly [string, string, string])[] = [
  ['POST', `/apps/${APP_ID}/events`, EVENT],
  ['POST', `/apps/${APP_ID}/batch_events`, `{"batch":[${EVENT},${EVENT}]}`],
  ['POST', `/apps/${APP_ID}/users/7/events`, EVENT],
  ['POST', `/apps/${APP_ID}/users/7/terminate_connections`, '{}'],
  ['GET', `/apps/${APP_ID}/channels`, ''],
  ['GET', `/apps/${APP_ID}/channels/b`, ''],
  ['GET', `/apps/${APP_ID}/channels/presence-b/users`, ''],
  ['GET', `/apps/${APP_ID}/channels/b/stats`, ''],
];

const failures: readonly (readonly [string, 'internal' | 'unavailable', () => never | Promise<never>])[] = [
  ['the nodes cannot agree', 'unavailable', () => Promise.reject(new Unavailable('no quorum'))],
  [
    'the nodes cannot agree, known at once',
    'unavailable',
    () => {
      throw new Unavailable('no quorum');
    },
  ],
  ['something breaks', 'internal', () => Promise.reject(new Error('a bug'))],
  [
    'something throws',
    'internal',
    () => {
      throw new Error('a bug');
    },
  ],
];

describe.each(failures)('[H-9.6] when %s, %s is the answer', (_, name, fail) => {
  test.each(requests)('of %s %s', async (method, path, body) => {
    const world = brokenWorld(fail);
    const answer = await ask(world, method, path, body);
    const { status, text } = httpFaults[name];
    expect([answer.status, await answer.text()]).toEqual([status, `${text}\n`]);
    const failed = world.happenings.filter(({ kind }) => kind === 'failed');
    expect(failed).toEqual([expect.objectContaining({ doing: `${method} ${path}` })]);
  });
});

test('[H-9.6] nobody gets an event whose publisher is told that it is unavailable', async () => {
  const world = brokenWorld(() => Promise.reject(new Unavailable('no quorum')));
  const client = world.client();
  client.subscribe('b');
  client.next();
  expect((await ask(world, 'POST', `/apps/${APP_ID}/events`, EVENT)).status).toBe(503);
  expect(client.next()).toEqual([]);
});

describe('[H-2.5] a timestamp', () => {
  test.each([
    [-600_000, 401],
    [-599_000, 200],
    [0, 200],
    [599_000, 200],
    [600_000, 401],
  ])('that differs by %d ms → %d', async (differenceMs, status) => {
    const world = createWorld();
    const nowMs = world.clock.now();
    expect(nowMs % 1000).toBe(0);
    const answer = await ask(world, 'POST', `/apps/${APP_ID}/events`, EVENT, nowMs + differenceMs);
    expect(answer.status).toBe(status);
  });

  test('may differ by signatureWindowSeconds at most', async () => {
    const world = createWorld({ settings: { signatureWindowSeconds: 10 } });
    const path = `/apps/${APP_ID}/events`;
    const statuses = [9_000, 10_000].map(
      async (ms) => (await ask(world, 'POST', path, EVENT, world.clock.now() + ms)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 401]);
  });
});

test('[H-3.2] a node that starts or stops is alive and not ready', async () => {
  const world = createWorld();
  const { engine } = world.nodes[0];
  const states = [
    ['starting', 503],
    ['serving', 200],
    ['stopping', 503],
  ] as const;
  for (const [phase, status] of states) {
    engine.phase = phase;
    expect((await ask(world, 'GET', '/ready')).status).toBe(status);
    expect((await ask(world, 'GET', '/up')).status).toBe(200);
    expect((await ask(world, 'GET', '/')).status).toBe(200);
  }
});
