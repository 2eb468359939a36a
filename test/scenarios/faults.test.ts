// Provokes every refusal of the catalogue that a WebSocket client can get, so that none is there for nothing.
import { expect, test } from 'bun:test';
import { messageBytes } from '../../src/core/limits.ts';
import { strangerAt } from '../../src/core/network.ts';
import { drain } from '../../src/engine/drain.ts';
import type { Cluster } from '../../src/engine/ports.ts';
import { terminate } from '../../src/engine/terminate.ts';
import { closeFaults, type Fault, frameFaults } from '../../src/protocol/faults.ts';
import type { UserId } from '../../src/protocol/ids.ts';
import { KEY, type TestApp } from '../support/credentials.ts';
import { createWorld, type FakeClient } from '../support/world.ts';

type Row<F extends Record<string, Fault>> = readonly [fault: keyof F & string, client: () => FakeClient];

const alice = (app: TestApp = {}): FakeClient => createWorld({ app }).client();

/** A client that says one thing. */
function saying(message: unknown, app: TestApp = {}): () => FakeClient {
  return () => {
    const client = alice(app);
    client.say(message);
    return client;
  };
}

const subscribing = (data: unknown, app?: TestApp) => saying({ event: 'pusher:subscribe', data }, app);

/** A client that does what is written. */
function doing(acts: (client: FakeClient) => void, app: TestApp = {}): () => FakeClient {
  return () => {
    const client = alice(app);
    acts(client);
    return client;
  };
}

const clientEvent = (channel: string, data: unknown = {}, event = 'client-x') => ({ event, channel, data });

/** A cluster whose ledger takes nothing at the moment. */
const away = (cluster: Cluster): Cluster => ({
  ...cluster,
  ledger: { ...cluster.ledger, enter: () => Promise.reject(new Error('away')) },
});

const FRAME_ROWS: readonly Row<typeof frameFaults>[] = [
  ['badJson', saying('{')],
  ['binary', doing((client) => client.sayText(null))],
  ['noEvent', saying({})],
  ['badData', subscribing({})],
  ['unsupportedEvent', saying({ event: 'pusher:shout' })],
  ['badChannelName', subscribing({ channel: 'a b' })],
  [
    'existingSubscription',
    doing((client) => {
      client.subscribe('news');
      client.subscribe('news');
    }),
  ],
  ['noSubscription', saying(clientEvent('private-room'))],
  [
    'tooManyChannels',
    doing(
      (client) => {
        client.subscribe('one');
        client.subscribe('two');
      },
      { limits: { channelsPerConnection: 1 } },
    ),
  ],
  ['authMissing', subscribing({ channel: 'private-room' })],
  ['authMalformed', subscribing({ channel: 'private-room', auth: 'x' })],
  ['authWrongKey', subscribing({ channel: 'private-room', auth: 'x:y' })],
  ['authWrongSignature', subscribing({ channel: 'private-room', auth: `${KEY}:y` })],
  ['userOnly', subscribing({ channel: '#server-to-user-bob' })],
  ['memberMissing', doing((client) => client.subscribe('presence-room'))],
  ['memberInvalid', doing((client) => client.subscribe('presence-room', { user_id: '' }))],
  ['memberTooLarge', doing((client) => client.subscribe('presence-room', { user_id: 'x'.repeat(129) }))],
  [
    'presenceFull',
    () => {
      const world = createWorld({ app: { limits: { presenceMembers: 1 } } });
      world.client().subscribe('presence-room', { user_id: 'alice' });
      const bob = world.client();
      bob.subscribe('presence-room', { user_id: 'bob' });
      return bob;
    },
  ],
  ['signInData', saying({ event: 'pusher:signin', data: {} })],
  ['signInUser', doing((client) => client.signIn({ id: '' }))],
  [
    'signInOff',
    doing((client) => client.signIn({ id: 'alice' }), {
      userAuthentication: { enabled: false, required: false, timeoutSeconds: 20 },
    }),
  ],
  [
    'signedInAsOther',
    doing((client) => {
      client.signIn({ id: 'alice' });
      client.signIn({ id: 'bob' });
    }),
  ],
  [
    'watchlistTooLong',
    doing((client) => client.signIn({ id: 'alice', watchlist: ['b'] }), { limits: { watchlistLength: 0 } }),
  ],
  ['clientEventsOff', saying(clientEvent('private-room'), { clientEvents: false })],
  [
    'clientEventChannel',
    doing((client) => {
      client.subscribe('news');
      client.say(clientEvent('news'));
    }),
  ],
  ['clientEventMalformed', saying({ event: 'client-x' })],
  ['clientEventName', saying(clientEvent('private-room', {}, 'client-'.padEnd(201, 'x')))],
  [
    'clientEventTooLarge',
    doing((client) => {
      client.subscribe('private-room');
      client.say(clientEvent('private-room', 'x'.repeat(10_241)));
    }),
  ],
  [
    'clientEventRate',
    doing(
      (client) => {
        client.subscribe('private-room');
        client.say(clientEvent('private-room'));
        client.say(clientEvent('private-room'));
      },
      { limits: { clientEventsPerSecond: 1 } },
    ),
  ],
  [
    'clusterUnavailable',
    () => {
      const client = createWorld({ through: away }).client();
      client.subscribe('news');
      return client;
    },
  ],
];

function waiting(seconds: number, required = false): FakeClient {
  const world = createWorld({
    app: { userAuthentication: { enabled: true, required, timeoutSeconds: 20 } },
    settings: { inactiveTimeoutSeconds: 300 },
  });
  const client = world.client();
  if (!required && seconds < 200) client.subscribe('news');
  for (let passed = 0; passed < seconds; passed += 10) {
    if (seconds > 200 && client.connection !== null) client.connection.heardAtMs = world.clock.now();
    world.clock.advance(10_000);
  }
  return client;
}

const CLOSE_ROWS: readonly Row<typeof closeFaults>[] = [
  ['tlsOnly', () => createWorld({ app: { tlsOnly: true } }).knock()],
  ['unknownApp', () => createWorld().knock({ key: 'nobody' })],
  ['appDisabled', () => createWorld({ app: { enabled: false } }).knock()],
  [
    'overQuota',
    () => {
      const world = createWorld({ app: { limits: { connections: 1 } } });
      world.client();
      return world.knock();
    },
  ],
  ['pathNotFound', () => createWorld().knock({ key: null })],
  ['badVersion', () => createWorld().knock({ protocol: 'x' })],
  ['unsupportedProtocol', () => createWorld().knock({ protocol: '3' })],
  ['noProtocol', () => createWorld().knock({ protocol: '' })],
  ['notAuthorizedInTime', () => waiting(20, true)],
  ['originNotAllowed', () => createWorld({ app: { allowedOrigins: ['a.example'] } }).knock({ origin: 'https://b' })],
  ['overCapacity', () => createWorld({ settings: { maxConnections: 0 } }).knock()],
  [
    'overloaded',
    () => {
      const world = createWorld({ settings: { overloadLagMs: 1 } });
      for (const { engine } of world.nodes) engine.overload.reason = 'too much to do';
      return world.knock();
    },
  ],
  [
    'addressLimit',
    () => {
      const world = createWorld({ nodes: 1, settings: { connectRate: 1 } });
      const network = strangerAt('192.0.2.1');
      world.knock({ network });
      return world.knock({ network });
    },
  ],
  [
    'flooding',
    () => {
      const client = createWorld({ settings: { clientMessageRate: 1 } }).client();
      for (let at = 0; at < 2; at++) client.say({ event: 'pusher:ping' });
      return client;
    },
  ],
  [
    'tooManyBadAuths',
    () => {
      const client = createWorld({ settings: { badAuthRate: 1 } }).client();
      const data = { channel: 'private-a', auth: `${KEY}:0` };
      for (let at = 0; at < 2; at++) client.say({ event: 'pusher:subscribe', data });
      return client;
    },
  ],
  [
    'reconnect',
    () => {
      const world = createWorld();
      const client = world.client();
      void drain(world.nodes[0].engine, 1_000);
      return client;
    },
  ],
  [
    'starting',
    () => {
      const world = createWorld();
      world.nodes[0].engine.phase = 'starting';
      return world.knock();
    },
  ],
  [
    'stopping',
    () => {
      const world = createWorld();
      void drain(world.nodes[0].engine, 0);
      return world.knock();
    },
  ],
  [
    'terminated',
    () => {
      const world = createWorld();
      const client = world.client();
      client.signIn({ id: 'alice' });
      void terminate(world.nodes[0].engine, world.app, 'alice' as UserId);
      return client;
    },
  ],
  ['noPong', () => waiting(150)],
  [
    'messageTooLarge',
    () => {
      const world = createWorld();
      const client = world.client();
      client.sayText('x'.repeat(messageBytes(world.app.limits) + 1));
      return client;
    },
  ],
  ['inactive', () => waiting(300)],
];

/** The text of a fault as a pattern: what is filled in may be anything. */
const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split(/\{\w+\}/)
      .map((part) => RegExp.escape(part))
      .join('.*')}$`,
  );

/** The last error frame. */
async function lastError(client: FakeClient): Promise<{ code: number | null; message: string }> {
  // What the cluster refuses comes a few promises later.
  for (let step = 0; step < 10; step++) await Promise.resolve();
  const error = client.next().findLast(({ event }) => event === 'pusher:error');
  return error?.data as { code: number | null; message: string };
}

test.each(FRAME_ROWS)('[P-3.3] %s is told with its code and text, and the connection stays', async (name, provoke) => {
  const client = provoke();
  const { code, text } = frameFaults[name];
  expect(await lastError(client)).toEqual({ code, message: expect.stringMatching(pattern(text)) as string });
  expect(client.closed).toBeNull();
});

test.each(CLOSE_ROWS)('[P-2.5] %s is told with its code and text, then closed with the same', async (name, provoke) => {
  const client = provoke();
  const { code, text } = closeFaults[name];
  const { message } = await lastError(client);
  expect(message).toMatch(pattern(text));
  expect(client.closed).toEqual({ code, reason: message });
});

test('[P-3.3] every frame fault is provoked', () => {
  expect(FRAME_ROWS.map(([name]) => name).toSorted()).toEqual(Object.keys(frameFaults).toSorted() as never[]);
});

test('[P-2.5] every close fault is provoked', () => {
  expect(CLOSE_ROWS.map(([name]) => name).toSorted()).toEqual(Object.keys(closeFaults).toSorted() as never[]);
});
