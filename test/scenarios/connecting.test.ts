// Chapter P-2 of docs/protocol.md, connecting: who is let in, and who is told why not.
import { describe, expect, test } from 'bun:test';
import { type CloseFault, closeFaults, refusal } from '../../src/protocol/faults.ts';
import { refused } from '../support/expected.ts';
import { createWorld, type FakeClient, type WorldOptions } from '../support/world.ts';

/** Refused means: an error frame with the code, a close with the same code, and nothing else. */
function expectRefused(client: FakeClient, fault: CloseFault, details?: Record<string, string | number>): void {
  expect(client.next()).toEqual([refused(fault, details)]);
  expect(client.closed).toEqual({ code: fault.code, reason: refusal(fault, details).text });
  expect(client.connection).toBeNull();
}

function expectGreeted(client: FakeClient): void {
  expect(client.closed).toBeNull();
  expect(client.nextEvents()).toEqual(['pusher:connection_established']);
}

describe('greeting', () => {
  test('[P-2.3] the first frame names socket id and activity time-out', () => {
    const client = createWorld().knock();
    expect(client.texts).toEqual([
      `{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"${client.socketId}\\",\\"activity_timeout\\":120}"}`,
    ]);
  });

  test('[P-2.3] the activity time-out is that of the settings', () => {
    const client = createWorld({ settings: { activityTimeoutSeconds: 30 } }).knock();
    expect(client.next()).toMatchObject([{ data: { activity_timeout: 30 } }]);
  });

  test('[P-2.4] no two connections have the same socket id', () => {
    const world = createWorld({ nodes: 2 });
    const clients = world.nodes.flatMap((node) => [node.client(), node.client()]);
    expect(new Set(clients.map(({ socketId }) => socketId)).size).toBe(4);
    for (const { socketId } of clients) expect(socketId).toMatch(/^\d+\.\d+$/);
  });
});

describe('protocol versions', () => {
  test.each([null, '4', '5', '6', '7', '07'])('[P-2.2] the version %p is let in', (protocol) => {
    expectGreeted(createWorld().knock({ protocol }));
  });

  test('[P-2.2] an empty version is closed with 4008', () => {
    expectRefused(createWorld().knock({ protocol: '' }), closeFaults.noProtocol);
  });

  test.each(['x', '7.0', '-7', ' 7', '7x', '1e1', '٧'])('[P-2.2] the version %p is closed with 4006', (protocol) => {
    expectRefused(createWorld().knock({ protocol }), closeFaults.badVersion);
  });

  test.each(['0', '3', '8', '70'])('[P-2.2] the version %p is closed with 4007', (version) => {
    expectRefused(createWorld().knock({ protocol: version }), closeFaults.unsupportedProtocol, {
      version: Number(version),
    });
  });
});

describe('apps', () => {
  test.each([null, ''])('[P-2.6] a path with the key %p is closed with 4005', (key) => {
    expectRefused(createWorld().knock({ key }), closeFaults.pathNotFound);
  });

  test.each(['nobody', '__proto__', 'constructor', '1001'])('[P-2.6] the key %s is closed with 4001', (key) => {
    expectRefused(createWorld().knock({ key }), closeFaults.unknownApp, { key });
  });

  test('[P-2.6] a disabled app is closed with 4003', () => {
    expectRefused(createWorld({ app: { enabled: false } }).knock(), closeFaults.appDisabled);
  });

  test('[P-2.7] an app with tlsOnly closes a connection without TLS with 4000', () => {
    const world = createWorld({ app: { tlsOnly: true } });
    expectRefused(world.knock({ isSecure: false }), closeFaults.tlsOnly);
    expectGreeted(world.knock({ isSecure: true }));
  });

  test('[P-2.5] a refused client costs no place', () => {
    const world = createWorld({ app: { limits: { connections: 1 } } });
    world.knock({ protocol: '' });
    world.knock({ key: 'nobody' });
    expectGreeted(world.knock());
  });

  test('[P-2.5] a refused client is observed once, and never as a connection', () => {
    const world = createWorld();
    world.knock({ key: 'nobody' });
    expect(world.happenings).toMatchObject([{ kind: 'connectionRefused', code: 4001 }]);
  });
});

describe('origins', () => {
  const allowing = (...allowedOrigins: string[]): WorldOptions => ({ app: { allowedOrigins } });

  test('[P-2.8] without allowedOrigins every page is let in', () => {
    expectGreeted(createWorld().knock({ origin: 'https://anywhere.example' }));
  });

  test('[P-2.8] a client without an origin is let in', () => {
    expectGreeted(createWorld(allowing('shop.example')).knock({ origin: null }));
  });

  test.each([
    ['shop.example', 'https://shop.example'],
    ['shop.example', 'http://shop.example:8080'],
    ['https://shop.example', 'https://shop.example'],
    ['*.shop.example', 'https://eu.shop.example'],
    ['*.shop.example', 'https://a.b.shop.example'],
    ['*.shop.example', 'wss://eu.shop.example:8443'],
    ['localhost', 'capacitor-http://localhost'],
    ['https://[::1]:8080', 'https://[::1]:8080'],
    ['chrome-extension://abc', 'chrome-extension://abc'],
  ])('[P-2.8] %s lets in %s', (allowed, origin) => {
    expectGreeted(createWorld(allowing('else.example', allowed)).knock({ origin }));
  });

  test.each([
    ['shop.example', 'https://evil.example'],
    ['shop.example', 'https://shop.example.evil.example'],
    ['shop.example', 'https://evilshop.example'],
    ['shop.example', 'null'],
    ['shop.example', ''],
    ['https://shop.example', 'http://shop.example'],
    ['*.shop.example', 'https://shop.example'],
    ['*.shop.example', 'https://evilshop.example'],
    ['*.shop.example', 'https://eu.shop.example.evil.example'],
    ['*.shop.example', 'https://evil.example/.shop.example'],
    ['*.shop.example', 'https://evil.example, https://eu.shop.example'],
    ['*.shop.example', 'https://evil.example#.shop.example'],
    ['*.shop.example', 'https://evil.example:80.shop.example'],
    ['*.shop.example', 'https://user@eu.shop.example'],
    ['*.shop.example', 'https://.shop.example\\@evil.example'],
    ['*.shop.example', 'null'],
    ['shop.example', 'https://shop.example.'],
    ['shop.example', 'shop.example:443:443'],
    ['https://shop.example:8443', 'https://shop.example'],
  ])('[P-2.8] %s keeps out %s with 4009', (allowed, origin) => {
    expectRefused(createWorld(allowing(allowed)).knock({ origin }), closeFaults.originNotAllowed);
  });
});

describe('quotas', () => {
  test('[P-2.9] the connection beyond the limit of the app is closed with 4004', () => {
    const world = createWorld({ app: { limits: { connections: 2 } } });
    const alice = world.client();
    world.client();
    expectRefused(world.knock(), closeFaults.overQuota);
    alice.hangUp();
    expectGreeted(world.knock());
  });

  test('[P-2.9] the connection beyond that of the node is closed with 4100', () => {
    const world = createWorld({ nodes: 1, settings: { maxConnections: 2 } });
    const alice = world.client();
    world.client();
    expectRefused(world.knock(), closeFaults.overCapacity);
    alice.hangUp();
    expectGreeted(world.knock());
  });
});
