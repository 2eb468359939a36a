// Chapter P-7 of docs/protocol.md: what clients send each other.
import { describe, expect, test } from 'bun:test';
import { frameFaults } from '../../src/protocol/faults.ts';
import type { TestApp } from '../support/credentials.ts';
import { refused } from '../support/expected.ts';
import { createWorld, type FakeClient, type World } from '../support/world.ts';

const ROOM = 'private-room';

interface Talk {
  readonly world: World;
  readonly alice: FakeClient;
  readonly bob: FakeClient;
}

/** Two clients who have subscribed and read the answers. */
function talk(app: TestApp = {}, channel = ROOM, nodes = 1): Talk {
  const world = createWorld({ app, nodes });
  const alice = world.client();
  const bob = (world.nodes.at(-1) ?? world).client();
  const isPresence = channel.startsWith('presence-');
  alice.subscribe(channel, isPresence ? { user_id: 7 } : undefined);
  bob.subscribe(channel, isPresence ? { user_id: 'bob' } : undefined);
  alice.next();
  bob.next();
  return { world, alice, bob };
}

function typing(client: FakeClient, channel = ROOM, data: unknown = {}): void {
  client.say({ event: 'client-typing', channel, data });
}

describe('who may send where', () => {
  test.each(['private-x', 'presence-x', 'private-cache-x', 'presence-cache-x'])('[P-7.1] %s takes them', (channel) => {
    const { alice, bob } = talk({}, channel);
    typing(alice, channel);
    expect(bob.nextEvents()).toEqual(['client-typing']);
    expect(alice.next()).toEqual([]);
  });

  test.each(['x', 'cache-x', 'private-encrypted-x', 'private-encrypted-cache-x'])(
    '[P-7.1] %s refuses them',
    (channel) => {
      const { alice, bob } = talk({}, channel);
      typing(alice, channel);
      expect(alice.next()).toEqual([refused(frameFaults.clientEventChannel, { channel })]);
      expect(bob.next()).toEqual([]);
    },
  );

  test('[P-7.1] with clientEvents off they are refused', () => {
    const { alice, bob } = talk({ clientEvents: false });
    typing(alice);
    expect(alice.next()).toEqual([refused(frameFaults.clientEventsOff)]);
    expect(bob.next()).toEqual([]);
  });

  test('[P-7.1] to the channel of a user nobody sends, not even the user', () => {
    const { alice } = talk();
    alice.signIn({ id: 'alice' });
    alice.next();
    typing(alice, '#server-to-user-alice');
    expect(alice.nextEvents()).toEqual(['pusher:error']);
  });

  test('[P-7.2] who is not subscribed, or not any more, is refused', () => {
    const { world, alice, bob } = talk();
    const eve = world.client();
    typing(eve);
    alice.unsubscribe(ROOM);
    typing(alice);
    const no = refused(frameFaults.noSubscription, { channel: ROOM });
    expect(eve.next()).toEqual([no]);
    expect(alice.next()).toEqual([no]);
    expect(bob.next()).toEqual([]);
  });
});

describe('who hears it', () => {
  test('[P-7.3] all others do, the other tab of the user too, and never the sender', () => {
    const room = 'presence-room';
    const { world, alice, bob } = talk({}, room, 2);
    const tab = world.client();
    tab.subscribe(room, { user_id: 7 });
    tab.next();
    typing(alice, room);
    for (const other of [bob, tab]) expect(other.nextEvents()).toEqual(['client-typing']);
    expect(alice.next()).toEqual([]);
  });

  test.each(['{ "a" : 1.0 }', '"text"', '12345678901234567890', 'null', '[]', '"\\ud83d\\u00fc"', '{"a":1,"a":2}'])(
    '[P-7.4] the data %s goes through byte for byte',
    (data) => {
      const { alice, bob } = talk();
      alice.sayText(`{"data": ${data}, "channel":"${ROOM}","event":"client-x"}`);
      expect(bob.texts.at(-1)).toBe(`{"event":"client-x","channel":"${ROOM}","data":${data}}`);
    },
  );

  test('[P-7.5] on a presence channel the frame has the user id of the sender, as a string', () => {
    const { alice, bob } = talk({}, 'presence-room');
    typing(alice, 'presence-room');
    expect(bob.texts.at(-1)).toBe('{"event":"client-typing","channel":"presence-room","data":{},"user_id":"7"}');
  });

  test('[P-7.5] on other channels it has none, whoever is signed in, and none that the sender makes up', () => {
    const { alice, bob } = talk();
    alice.signIn({ id: 'alice' });
    alice.say({ event: 'client-typing', channel: ROOM, data: {}, user_id: 'bob' });
    expect(bob.texts.at(-1)).toBe(`{"event":"client-typing","channel":"${ROOM}","data":{}}`);
  });
});

describe('bounds', () => {
  test('[P-7.6] a name may have so many characters and no more', () => {
    const { alice, bob } = talk();
    const name = 'client-'.padEnd(200, 'x');
    for (const event of [name, `${name}x`]) alice.say({ event, channel: ROOM, data: {} });
    expect(bob.nextEvents()).toEqual([name]);
    expect(alice.next()).toEqual([refused(frameFaults.clientEventName, { limit: 200 })]);
  });

  test('[P-7.6] data may have so many bytes and no more, a string counting without its escapes', () => {
    const { alice, bob } = talk({ limits: { eventBytes: 100 } });
    const fitting = ['x'.repeat(100), 'ü'.repeat(50), '"'.repeat(100), '\u0001'.repeat(100), { a: 'x'.repeat(92) }];
    for (const data of fitting) typing(alice, ROOM, data);
    expect(alice.next()).toEqual([]);
    expect(bob.next()).toHaveLength(fitting.length);
    const tooLong = ['x'.repeat(101), 'ü'.repeat(51), { a: 'x'.repeat(93) }];
    for (const data of tooLong) typing(alice, ROOM, data);
    expect(alice.next()).toEqual(tooLong.map(() => refused(frameFaults.clientEventTooLarge, { limit: 100 })));
    expect(bob.next()).toEqual([]);
  });

  test.each([
    { event: 'client-x' },
    { event: 'client-x', channel: ROOM },
    { event: 'client-x', data: {} },
    { event: 'client-x', channel: 7, data: {} },
  ])('[P-7.6] %j is refused', (message) => {
    const { alice } = talk();
    alice.say(message);
    expect(alice.next()).toEqual([refused(frameFaults.clientEventMalformed)]);
  });

  test('[P-7.7] without a limit a thousand events in one moment are let through', () => {
    const { alice, bob } = talk();
    for (let event = 0; event < 1_000; event++) typing(alice);
    expect(bob.next()).toHaveLength(1_000);
  });

  test('[P-7.7] what exceeds the limit is refused with 4301, and the connection stays', () => {
    const { world, alice, bob } = talk({ limits: { clientEventsPerSecond: 3 } });
    for (let event = 0; event < 5; event++) typing(alice);
    expect(bob.next()).toHaveLength(3);
    const tooMany = refused(frameFaults.clientEventRate, { limit: 3 });
    expect(alice.next()).toEqual([tooMany, tooMany]);
    expect(alice.closed).toBeNull();
    world.clock.advance(1_000);
    for (let event = 0; event < 4; event++) typing(alice);
    expect(bob.next()).toHaveLength(3);
  });

  test('[P-7.7] the limit is that of one connection', () => {
    const { alice, bob } = talk({ limits: { clientEventsPerSecond: 1 } });
    typing(alice);
    typing(bob);
    expect(alice.nextEvents()).toEqual(['client-typing']);
    expect(bob.nextEvents()).toEqual(['client-typing']);
  });
});
