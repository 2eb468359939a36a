// Chapter P-10 of docs/protocol.md: strangers who ask for too much, and a node that has too much to do.
import { describe, expect, test } from 'bun:test';
import { strangerAt } from '../../src/core/network.ts';
import { heedLoad } from '../../src/engine/heed-load.ts';
import { heard, pinged } from '../../src/engine/receive.ts';
import { readiness } from '../../src/http/health.ts';
import { closeFaults, refusal } from '../../src/protocol/faults.ts';
import { KEY } from '../support/credentials.ts';
import { refused } from '../support/expected.ts';
import { createWorld, type FakeClient, type World } from '../support/world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const PING = { event: 'pusher:ping', data: {} };
const WRONG = { event: 'pusher:subscribe', data: { channel: 'private-a', auth: `${KEY}:${'0'.repeat(64)}` } };

const from = (world: World, address: string): FakeClient => world.knock({ network: strangerAt(address) });
const closeCode = (client: FakeClient): number | null => client.closed?.code ?? null;
const times = (count: number, act: () => void): void => {
  for (let at = 0; at < count; at++) act();
};

/** What was told to whoever runs the server. */
const floods = ({ happenings }: World): unknown[] => happenings.filter(({ kind }) => kind === 'flooded');

describe('addresses', () => {
  test('[P-10.1] connections beyond the rate are closed with 4100, those of another address are not', () => {
    const world = createWorld({ nodes: 1, settings: { connectRate: 3 } });
    const knock = (address: string): number | null => closeCode(from(world, address));
    expect([1, 2, 3, 4, 5].map(() => knock('192.0.2.1'))).toEqual([null, null, null, 4100, 4100]);
    expect(knock('192.0.2.2')).toBeNull();
    world.clock.advance(400);
    expect([knock('192.0.2.1'), knock('192.0.2.1')]).toEqual([null, 4100]);
    expect(world.nodes[0].engine.floods.counts.get('connectRate')).toBe(3);
    expect(floods(world)).toEqual([{ kind: 'flooded', limit: 'connectRate', network: '192.0.2.1', count: 1 }]);
    world.clock.advance(10 * SECOND);
    times(4, () => void knock('192.0.2.1'));
    expect(floods(world)).toHaveLength(2);
  });

  test('[P-10.1] a /64 of IPv6 is one address, and the machine itself is not bounded', () => {
    const world = createWorld({ nodes: 1, settings: { connectRate: 1 } });
    expect(['2001:db8::1', '2001:db8::2'].map((address) => closeCode(from(world, address)))).toEqual([null, 4100]);
    expect(closeCode(from(world, '2001:db8:0:1::1'))).toBeNull();
    times(10, () => expect(closeCode(from(world, '127.0.0.1'))).toBeNull());
  });

  test('[P-10.2] connections beyond the number are closed with 4100, until one ends', () => {
    const world = createWorld({ nodes: 1, settings: { connectionsPerAddress: 2 } });
    const [first, second, third] = [1, 2, 3].map(() => from(world, '192.0.2.1'));
    expect([first, second, third].map((client) => client?.closed?.code ?? null)).toEqual([null, null, 4100]);
    first?.hangUp();
    expect(closeCode(from(world, '192.0.2.1'))).toBeNull();
    expect(closeCode(from(world, '192.0.2.1'))).toBe(4100);
  });
});

describe('one connection', () => {
  test('[P-10.3] more messages than a second allows end it, the same over time do not', () => {
    const world = createWorld({ nodes: 1, settings: { clientMessageRate: 10 } });
    const [steady, hasty] = [world.client(), world.client()];
    for (let round = 0; round < 20; round++) {
      times(10, () => steady.say(PING));
      world.clock.advance(SECOND);
    }
    expect(closeCode(steady)).toBeNull();
    times(10, () => hasty.say(PING));
    expect(closeCode(hasty)).toBeNull();
    hasty.next();
    hasty.say(PING);
    const details = { what: 'messages', limit: 10 };
    expect(hasty.next()).toEqual([refused(closeFaults.flooding, details)]);
    expect(hasty.closed).toEqual({ code: 4101, reason: refusal(closeFaults.flooding, details).text });
  });

  test('[P-10.3] WebSocket pings count, and keep nobody active', () => {
    const world = createWorld({ nodes: 1, settings: { clientMessageRate: 10 } });
    const client = world.client();
    const { connection, node } = client;
    const sinceMs = connection?.messageAtMs;
    world.clock.advance(SECOND);
    times(10, () => connection !== null && pinged(node.engine, connection));
    expect([closeCode(client), connection?.messageAtMs]).toEqual([null, sinceMs as never]);
    times(5, () => connection?.isOpen && pinged(node.engine, connection));
    expect(closeCode(client)).toBe(4101);
  });

  test('[P-10.3] more bytes than a second allows end it, one long message does not', () => {
    const world = createWorld({ nodes: 1, settings: { clientByteRate: 1_000 } });
    const [long, many] = [world.client(), world.client()];
    long.say({ ...PING, data: 'x'.repeat(5_000) });
    expect(closeCode(long)).toBeNull();
    times(11, () => many.isOpenStill() && many.say({ ...PING, data: 'x'.repeat(100) }));
    expect(closeCode(many)).toBe(4101);
    expect(floods(world)).toEqual([{ kind: 'flooded', limit: 'clientByteRate', network: null, count: 1 }]);
  });

  test('[P-10.4] more subscriptions than a first burst and the rate end it', () => {
    const app = { limits: { channelsPerConnection: 20 } };
    const world = createWorld({ nodes: 1, app, settings: { subscriptionRate: 5 } });
    const client = world.client();
    const toggle = (): void => {
      client.subscribe('news');
      client.unsubscribe('news');
    };
    times(25, toggle);
    expect(closeCode(client)).toBeNull();
    for (let round = 0; round < 10; round++) {
      world.clock.advance(SECOND);
      times(5, toggle);
    }
    expect(closeCode(client)).toBeNull();
    toggle();
    expect(closeCode(client)).toBe(4101);
  });

  test('[P-10.5] one wrong signature too many ends it, after each was told', () => {
    const world = createWorld({ nodes: 1, settings: { badAuthRate: 3 } });
    const client = world.client();
    times(3, () => client.say(WRONG));
    expect(client.next()).toHaveLength(3);
    expect(closeCode(client)).toBeNull();
    client.say(WRONG);
    expect(client.next()).toEqual([expect.anything() as never, refused(closeFaults.tooManyBadAuths)]);
    expect(closeCode(client)).toBe(4101);
  });

  test('[P-10.5] an address that shows ten times as many loses whoever shows one more', () => {
    const world = createWorld({ nodes: 1, settings: { badAuthRate: 3 } });
    const clients = Array.from({ length: 11 }, () => from(world, '192.0.2.1'));
    for (const client of clients) times(3, () => client.isOpenStill() && client.say(WRONG));
    expect(clients.map(closeCode)).toEqual([...Array.from({ length: 10 }, () => null), 4101]);
  });
});

describe('overload', () => {
  const CALM = { lagMs: 0, memoryBytes: 0 };
  const LATE = { lagMs: 600, memoryBytes: 0 };

  test('[P-10.6] a node that is late again and again lets nobody else in, and is not ready', () => {
    const world = createWorld({ nodes: 1, settings: { overloadLagMs: 500 } });
    const [node] = world.nodes;
    const witness = world.client();
    witness.subscribe('news');
    times(2, () => heedLoad(node.engine, LATE));
    heedLoad(node.engine, CALM);
    times(2, () => heedLoad(node.engine, LATE));
    expect([closeCode(world.knock()), readiness(node.engine).status]).toEqual([null, 200]);
    heedLoad(node.engine, LATE);
    const late = world.knock();
    expect(late.next()).toEqual([refused(closeFaults.overloaded)]);
    expect(closeCode(late)).toBe(4100);
    expect(readiness(node.engine).body).toBe(
      'not ready: overloaded: the event loop is 600 ms late (overloadLagMs is 500)\n',
    );
    witness.next();
    world.publish('news', 'still', '{}');
    expect(witness.nextEvents()).toEqual(['still']);
  });

  test('[P-10.6] it lets clients in again when it has been calm for a while', () => {
    const world = createWorld({ nodes: 1, settings: { overloadLagMs: 500 } });
    const { engine } = world.nodes[0];
    times(3, () => heedLoad(engine, LATE));
    times(9, () => heedLoad(engine, CALM));
    heedLoad(engine, { lagMs: 300, memoryBytes: 0 });
    times(9, () => heedLoad(engine, CALM));
    expect(closeCode(world.knock())).toBe(4100);
    heedLoad(engine, CALM);
    expect([closeCode(world.knock()), readiness(engine).status]).toEqual([null, 200]);
    expect(world.happenings.filter(({ kind }) => kind === 'overload')).toEqual([
      { kind: 'overload', reason: expect.stringContaining('late') as never },
      { kind: 'overload', reason: null },
    ]);
  });

  test('[P-10.6] memory counts as well', () => {
    const world = createWorld({ nodes: 1, settings: { overloadMemoryBytes: 100 * 1_048_576 } });
    const { engine } = world.nodes[0];
    times(3, () => heedLoad(engine, { lagMs: 10_000, memoryBytes: 101 * 1_048_576 }));
    expect(engine.overload.reason).toBe('the process holds 101 MiB (overloadMemoryBytes is 100 MiB)');
    times(10, () => heedLoad(engine, { lagMs: 0, memoryBytes: 96 * 1_048_576 }));
    expect(engine.overload.reason).not.toBeNull();
    times(10, () => heedLoad(engine, { lagMs: 0, memoryBytes: 94 * 1_048_576 }));
    expect(engine.overload.reason).toBeNull();
  });
});

test('[P-10.6] a process that can open no file any more lets nobody else in', () => {
  const world = createWorld({ nodes: 1 });
  const { engine } = world.nodes[0];
  times(3, () => heedLoad(engine, { lagMs: 0, memoryBytes: null }));
  expect(engine.overload.reason).toBe('the process has no file descriptor left (ulimit -n)');
  expect(closeCode(world.knock())).toBe(4100);
});

describe('slow readers together', () => {
  test('[P-8.3] those for whom most is waiting are cut until the rest fits, and nobody else', () => {
    const world = createWorld({ nodes: 1, settings: { backlogTotalBytes: 1_000 } });
    const sizes = [100, 500, 300, 0, 400];
    const clients = sizes.map((size) => {
      const client = world.client();
      client.backlogBytes = size;
      return client;
    });
    world.clock.advance(SECOND);
    expect(clients.map(closeCode)).toEqual([null, 1006, null, null, null]);
    const told = { kind: 'slowReaderClosed', app: world.app.id, backlogBytes: 500, bound: 'backlogTotalBytes' };
    const closed = world.happenings.filter(({ kind }) => kind === 'slowReaderClosed');
    expect(closed).toEqual([{ ...told, socketId: clients[1]?.socketId } as never]);
    expect(world.nodes[0].engine.backlogBytes).toBe(800);
  });
});

describe('the clock', () => {
  test.each([HOUR, -HOUR])(
    '[P-10.7] set by %p ms, it ends no connection, and a silent one is found as ever',
    (byMs) => {
      const userAuthentication = { enabled: true, required: true, timeoutSeconds: 300 };
      const world = createWorld({ nodes: 1, app: { userAuthentication } });
      const [quiet, asked] = [world.client(), world.client()];
      world.clock.advance(125 * SECOND);
      if (quiet.connection !== null) heard(quiet.node.engine, quiet.connection);
      world.clock.set(byMs);
      world.clock.advance(10 * SECOND);
      expect([closeCode(quiet), closeCode(asked)]).toEqual([null, null]);
      world.clock.advance(20 * SECOND);
      expect([closeCode(quiet), closeCode(asked)]).toEqual([null, 4201]);
      world.clock.advance(150 * SECOND);
      expect(closeCode(quiet)).toBe(4201);
      const told = world.happenings.filter(({ kind }) => kind === 'clockSet');
      expect(told).toEqual([{ kind: 'clockSet', byMs }]);
    },
  );
});
