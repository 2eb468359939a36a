// What whoever runs the server may see: each change is told once, by who causes it, and no secret is part of it.
import { expect, test } from 'bun:test';
import { disconnect } from '../../src/engine/disconnect.ts';
import { SECRET } from '../support/credentials.ts';
import { lateWorld } from '../support/late-world.ts';
import { createWorld, type World } from '../support/world.ts';

const kinds = ({ happenings }: World): string[] => happenings.map(({ kind }) => kind);

test('a conversation is told as it happens, each change once', () => {
  const world = createWorld();
  const alice = world.client();
  alice.subscribe('cache-news');
  alice.subscribe('cache-news');
  alice.signIn({ id: 'alice' });
  alice.unsubscribe('cache-news');
  alice.unsubscribe('cache-news');
  alice.subscribe('presence-room', { user_id: 'alice' });
  alice.hangUp();
  expect(kinds(world)).toEqual([
    'connected',
    'cacheMissed',
    'subscribed',
    'refused',
    'signedIn',
    'unsubscribed',
    'subscribed',
    'unsubscribed',
    'disconnected',
  ]);
  expect(JSON.stringify(world.happenings)).not.toContain(SECRET);
});

test('what flows is told apart from what changes', () => {
  const world = createWorld();
  const alice = world.client();
  alice.subscribe('private-room');
  world.publish('private-room', 'hello', '{}');
  alice.say({ event: 'client-x', channel: 'private-room', data: {} });
  alice.say({ event: 'client-x', channel: 'private-other', data: {} });
  const app = world.app.id;
  expect(world.traffic as unknown[]).toEqual([
    { kind: 'occupied', app, channel: 'private-room' },
    { kind: 'published', app, channel: 'private-room', event: 'hello', data: '{}' },
    { kind: 'clientEvent', app, channel: 'private-room', event: 'client-x', socketId: alice.socketId, data: '{}' },
  ]);
});

test('[P-4.20] a connection ends once, however often it is said', () => {
  const world = createWorld({ nodes: 1 });
  const [alice] = [world.client(), world.client()];
  const { engine } = world.nodes[0];
  for (let time = 0; time < 3; time++) if (alice?.connection) disconnect(engine, alice.connection, 1006);
  expect(engine.connections).toBe(1);
  expect(kinds(world).filter((kind) => kind === 'disconnected')).toHaveLength(1);
});

test('[P-8.1] a connection that was cut with much waiting for its reader is told as too slow', () => {
  const world = createWorld();
  const [slow, idle, polite] = [world.client(), world.client(), world.client()];
  for (const client of [slow, polite]) client.backlogBytes = 1_000_000;
  world.clock.advance(1_000);
  slow.close(1006, '');
  idle.close(1006, '');
  polite.close(1000, '');
  expect(world.happenings.filter(({ kind }) => kind === 'slowReaderClosed') as unknown[]).toEqual([
    {
      kind: 'slowReaderClosed',
      app: world.app.id,
      socketId: slow.socketId,
      backlogBytes: 1_000_000,
      bound: 'backlogBytes',
    },
  ]);
});

test('[P-3.3] what the cluster cannot take is told with its cause', async () => {
  const { world, late } = lateWorld();
  const alice = world.client();
  alice.subscribe('private-room');
  await late.settle();
  late.isBroken = true;
  alice.say({ event: 'client-x', channel: 'private-room', data: {} });
  alice.subscribe('news');
  alice.signIn({ id: 'alice' });
  alice.unsubscribe('private-room');
  await late.settle();
  const failures = world.happenings.flatMap((happening) => (happening.kind === 'failed' ? [happening] : []));
  const doing = failures.map((failure) => failure.doing);
  expect(doing).toEqual(expect.arrayContaining(['client event', 'subscribe', 'sign-in', 'unsubscribe']));
  for (const { error } of failures) expect(error).toContain('The cluster is away.');
});
