// Chapter P-2 of docs/protocol.md, staying connected: pings, time-outs, and the end of a node.
import { describe, expect, test } from 'bun:test';
import { drain } from '../../src/engine/drain.ts';
import { heard } from '../../src/engine/receive.ts';
import { type CloseFault, closeFaults, refusal } from '../../src/protocol/faults.ts';
import { refused } from '../support/expected.ts';
import { createWorld, type FakeClient } from '../support/world.ts';

const SECOND = 1_000;
const PING = { event: 'pusher:ping', data: {} };

/** A pong frame arrives, which is no message. */
function pongFrame(client: FakeClient): void {
  if (client.connection !== null) heard(client.node.engine, client.connection);
}

function expectClosed(client: FakeClient, fault: CloseFault): void {
  expect(client.next()).toEqual([refused(fault)]);
  expect(client.closed).toEqual({ code: fault.code, reason: refusal(fault).text });
}

describe('pings', () => {
  test.each(['{"event":"pusher:ping","data":{}}', '{"event":"pusher:ping"}', '{"event":"pusher:ping","data":"x"}'])(
    '[P-2.11] %s is answered with a pong whose data is exactly "{}"',
    (ping) => {
      const alice = createWorld().client();
      alice.sayText(ping);
      expect(alice.texts.at(-1)).toBe('{"event":"pusher:pong","data":"{}"}');
      expect(alice.nextEvents()).toEqual(['pusher:pong']);
    },
  );

  test('[P-2.11] a pong of the client is silently accepted', () => {
    const alice = createWorld().client();
    alice.say({ event: 'pusher:pong', data: {} });
    expect(alice.next()).toEqual([]);
  });

  test('[P-2.12] a silent client gets a ping frame after the activity time-out, and no event', () => {
    const { client, clock } = createWorld();
    const alice = client();
    clock.advance(119 * SECOND);
    expect(alice.pings).toBe(0);
    clock.advance(1 * SECOND);
    expect(alice.pings).toBe(1);
    clock.advance(29 * SECOND);
    expect(alice.pings).toBe(1);
    expect(alice.next()).toEqual([]);
  });

  test('[P-2.12] a client that gives no sign of life after the ping is closed with 4201', () => {
    const { client, clock } = createWorld();
    const alice = client();
    clock.advance(149 * SECOND);
    expect(alice.closed).toBeNull();
    clock.advance(1 * SECOND);
    expectClosed(alice, closeFaults.noPong);
  });

  test('[P-2.12] a pong frame saves the connection, again and again', () => {
    const { client, clock } = createWorld();
    const alice = client();
    for (let round = 1; round <= 3; round++) {
      clock.advance(121 * SECOND);
      expect(alice.pings).toBe(round);
      pongFrame(alice);
    }
    clock.advance(100 * SECOND);
    expect(alice.closed).toBeNull();
  });

  test('[P-2.12] any message saves the connection, also one that is refused', () => {
    const { client, clock } = createWorld();
    const alice = client();
    clock.advance(130 * SECOND);
    alice.sayText('nonsense');
    clock.advance(119 * SECOND);
    expect([alice.closed, alice.pings]).toEqual([null, 1]);
    clock.advance(1 * SECOND);
    expect(alice.pings).toBe(2);
  });

  test('[P-2.12] a client that speaks is not pinged', () => {
    const { client, clock } = createWorld();
    const alice = client();
    for (let minute = 0; minute < 10; minute++) {
      clock.advance(60 * SECOND);
      alice.say(PING);
    }
    expect(alice.pings).toBe(0);
  });

  test('[P-2.12] who is closed leaves its channels', () => {
    const { client, clock } = createWorld();
    const [alice, bob] = [client(), client()];
    alice.subscribe('presence-room', { user_id: 'alice' });
    bob.subscribe('presence-room', { user_id: 'bob' });
    bob.next();
    clock.advance(125 * SECOND);
    pongFrame(bob);
    clock.advance(25 * SECOND);
    expect(alice.closed?.code).toBe(4201);
    expect(bob.nextEvents()).toEqual(['pusher_internal:member_removed']);
  });
});

describe('doing nothing', () => {
  const idleWorld = () => createWorld({ settings: { inactiveTimeoutSeconds: 100 } });

  test('[P-2.13] a connection without subscription and message is closed with 4202', () => {
    const { client, clock } = idleWorld();
    const alice = client();
    clock.advance(99 * SECOND);
    expect(alice.closed).toBeNull();
    clock.advance(1 * SECOND);
    expectClosed(alice, closeFaults.inactive);
  });

  test('[P-2.13] pong frames do not count, messages do', () => {
    const { client, clock } = idleWorld();
    const [alice, bob] = [client(), client()];
    clock.advance(50 * SECOND);
    pongFrame(alice);
    bob.say(PING);
    clock.advance(50 * SECOND);
    expect([alice.closed?.code, bob.closed]).toEqual([4202, null]);
  });

  test('[P-2.13] a subscription keeps the connection, and without it the time runs on', () => {
    const { client, clock } = idleWorld();
    const alice = client();
    alice.subscribe('news');
    clock.advance(119 * SECOND);
    expect(alice.closed).toBeNull();
    alice.unsubscribe('news');
    clock.advance(100 * SECOND);
    expect(alice.closed?.code).toBe(4202);
  });
});

describe('authorising in time', () => {
  const strictWorld = () =>
    createWorld({ app: { userAuthentication: { enabled: true, required: true, timeoutSeconds: 20 } } });

  test('[P-2.14] who neither signs in nor subscribes with a signature is closed with 4009', () => {
    const { client, clock } = strictWorld();
    const alice = client();
    alice.subscribe('news');
    alice.next();
    clock.advance(19 * SECOND);
    expect(alice.closed).toBeNull();
    clock.advance(1 * SECOND);
    expectClosed(alice, closeFaults.notAuthorizedInTime);
  });

  test('[P-2.14] who signs in stays', () => {
    const { client, clock } = strictWorld();
    const alice = client();
    alice.signIn({ id: 'alice' });
    clock.advance(100 * SECOND);
    expect(alice.closed).toBeNull();
  });

  test('[P-2.14] who subscribes to a private channel stays', () => {
    const { client, clock } = strictWorld();
    const alice = client();
    alice.subscribe('private-room');
    clock.advance(100 * SECOND);
    expect(alice.closed).toBeNull();
  });

  test('[P-2.14] a refused sign-in and a refused subscription count for nothing', () => {
    const { client, clock } = strictWorld();
    const alice = client();
    alice.say({ event: 'pusher:signin', data: { auth: 'k:s', user_data: '{"id":"alice"}' } });
    alice.say({ event: 'pusher:subscribe', data: { channel: 'private-room', auth: 'k:s' } });
    clock.advance(20 * SECOND);
    expect(alice.closed?.code).toBe(4009);
  });

  test('[P-2.14] without the switch nobody has to', () => {
    const { client, clock } = createWorld();
    const alice = client();
    clock.advance(100 * SECOND);
    expect(alice.closed).toBeNull();
  });
});

describe('the end of a node', () => {
  /** Lets what waits for a promise go on. */
  const turn = async (): Promise<void> => {
    for (let step = 0; step < 5; step++) await Promise.resolve();
  };

  test('[P-2.15] the closes with 4200 are spread over time', async () => {
    const { client, clock, nodes } = createWorld({ nodes: 1 });
    const clients = Array.from({ length: 100 }, () => client());
    const drained = drain(nodes[0].engine, 1_000);
    const closed = (): number => clients.filter((each) => each.closed !== null).length;
    const steps = [closed()];
    for (let step = 0; step < 19; step++) {
      clock.advance(50);
      await turn();
      steps.push(closed());
    }
    await drained;
    expect(steps).toEqual(Array.from({ length: 20 }, (_, step) => (step + 1) * 5));
    for (const each of clients) expectClosed(each, closeFaults.reconnect);
    expect(nodes[0].engine.connections).toBe(0);
  });

  test('[P-2.15] a node without connections is done at once, and is not ready any more', async () => {
    const { engine } = createWorld().nodes[0];
    await drain(engine, 1_000);
    expect(engine.phase).toBe('stopping');
  });

  test('[P-2.15] who still waits for the close is not told of the others', async () => {
    const { client, clock, nodes } = createWorld({ nodes: 1, app: { subscriptionCount: true } });
    const [first, last] = [client(), client()];
    for (const [at, each] of [first, last].entries()) {
      each.subscribe('presence-room', { user_id: `user-${at}` });
      each.subscribe('room');
    }
    last.next();
    const drained = drain(nodes[0].engine, 100);
    expect(first.closed).not.toBeNull();
    expect(last.next()).toEqual([]);
    clock.advance(50);
    await drained;
    expect(last.nextEvents()).toEqual(['pusher:error']);
  });

  test('[P-2.15] who leaves by itself meanwhile is not closed a second time', async () => {
    const { client, clock, nodes, happenings } = createWorld({ nodes: 1 });
    const clients = Array.from({ length: 40 }, () => client());
    const drained = drain(nodes[0].engine, 1_000);
    for (const each of clients) each.hangUp();
    for (let step = 0; step < 20; step++) {
      clock.advance(50);
      await turn();
    }
    await drained;
    expect(happenings.filter(({ kind }) => kind === 'closed')).toHaveLength(2);
    expect(happenings.filter(({ kind }) => kind === 'disconnected')).toHaveLength(40);
  });
});
