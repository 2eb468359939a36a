// Workers on their lines to a broker: who hears what, in which order, and what becomes of those who are gone.
import { describe, expect, test } from 'bun:test';
import { statSync } from 'node:fs';
import type { Delivery, EventDelivery } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, SocketId, UserId } from '../../src/protocol/ids.ts';
import { EVERY_NODE, topicOf, watchTopicOf } from '../../src/protocol/topics.ts';
import { openBrokerLines, SIDE, type TestWorker } from '../support/broker-lines.ts';

const APP = 'app' as AppId;
const NEWS = 'news' as ChannelName;
const ROOM = 'presence-room' as ChannelName;
const ALICE = 'alice' as UserId;

const eventOf = (frame: string, channel = NEWS): EventDelivery => ({
  kind: 'event',
  app: APP,
  channel,
  frame,
  except: null,
  keptSeconds: 0,
});

const enter = async ({ cluster }: TestWorker, userId: UserId, subscribers = 1) =>
  await cluster.ledger.enter({
    app: APP,
    channel: ROOM,
    subscribers,
    member: { userId, info: '{}' },
    maxMembers: 100_000,
  });

describe('deliveries', () => {
  test('go to the workers that listen to the topic, and to no other', async () => {
    await using lines = openBrokerLines();
    const [reader, other] = [await lines.worker(), await lines.worker()];
    await reader.cluster.bus.listen(topicOf(APP, NEWS));
    await other.cluster.bus.listen(topicOf(APP, ROOM));
    await other.cluster.bus.publish(eventOf('1'));
    await reader.cluster.bus.unlisten(topicOf(APP, NEWS));
    await other.cluster.bus.publish(eventOf('2'));
    await reader.ask(null);
    expect(reader.heard).toEqual([eventOf('1')]);
    expect(other.heard).toEqual([]);
  });

  test('of every kind arrive as they were published', async () => {
    await using lines = openBrokerLines();
    const worker = await lines.worker();
    for (const topic of [topicOf(APP, NEWS), watchTopicOf(APP, ALICE), EVERY_NODE]) {
      await worker.cluster.bus.listen(topic);
    }
    const deliveries: Delivery[] = [
      { ...eventOf('{"a":\n"\\u001e ü😀"}'), except: '1.2' as SocketId, keptSeconds: 30 },
      eventOf(''),
      { kind: 'count', app: APP, channel: NEWS, subscribers: 3 },
      { kind: 'user', app: APP, user: ALICE, isOnline: true },
      { kind: 'apps' },
    ];
    for (const delivery of deliveries) await worker.cluster.bus.publish(delivery);
    expect(worker.heard).toEqual(deliveries);
  });

  test('are there before an answer to what was asked after them', async () => {
    await using lines = openBrokerLines();
    const [reader, writer] = [await lines.worker(), await lines.worker()];
    await reader.cluster.bus.listen(topicOf(APP, NEWS));
    for (let round = 1; round <= 50; round++) {
      for (let sent = 0; sent < 20; sent++) void writer.cluster.bus.publish(eventOf('{}'));
      await writer.ask(null);
      await reader.cluster.ledger.count(APP, NEWS);
      expect(reader.heard).toHaveLength(round * 20);
    }
  });

  test('and answers of many megabytes arrive whole and in order', async () => {
    await using lines = openBrokerLines();
    const [first, second] = [await lines.worker(), await lines.worker()];
    await second.cluster.bus.listen(topicOf(APP, NEWS));
    const frames = ['1', 'ü😀'.repeat(4_000_000), '2'];
    await Promise.all(frames.map((frame) => first.cluster.bus.publish(eventOf(frame))));
    const members = Array.from({ length: 20_000 }, (_, at) => `${at}-${'x'.repeat(500)}` as UserId);
    await Promise.all(members.map((member, at) => enter(first, member, at + 1)));
    const roster = await second.cluster.ledger.roster(APP, ROOM);
    expect(roster.map(({ userId }) => userId)).toEqual(members);
    expect(second.heard.map((delivery) => (delivery.kind === 'event' ? delivery.frame : null))).toEqual(frames);
  });
});

describe('a worker that is gone', () => {
  test('has left everything at once, and the others are told', async () => {
    await using lines = openBrokerLines();
    const [mortal, other] = [await lines.worker('mortal'), await lines.worker('other')];
    for (const { cluster } of [mortal, other]) await cluster.liveness.join(SIDE);
    await enter(mortal, ALICE);
    await enter(other, 'bob' as UserId);
    await mortal.cluster.ledger.signIn(APP, ALICE);
    await mortal.cluster.bus.listen(topicOf(APP, NEWS));
    for (const topic of [topicOf(APP, ROOM), watchTopicOf(APP, ALICE)]) await other.cluster.bus.listen(topic);
    expect(await other.cluster.liveness.nodes()).toHaveLength(2);
    mortal.stop();
    await lines.untilEnded(1);
    await other.ask(null);
    expect(other.heard.filter(({ kind }) => kind !== 'count')).toEqual([
      { kind: 'member', app: APP, channel: ROOM, change: { what: 'removed', user: ALICE } },
      { kind: 'user', app: APP, user: ALICE, isOnline: false },
    ]);
    expect((await other.cluster.liveness.nodes()).map(({ name }) => name)).toEqual(['other']);
    expect(await other.cluster.ledger.count(APP, ROOM)).toEqual({ subscribers: 1, users: 1 });
  });

  test('is a new one when it comes again', async () => {
    await using lines = openBrokerLines();
    const before = await lines.worker();
    await before.cluster.liveness.join(SIDE);
    const [node] = await before.cluster.liveness.nodes();
    before.stop();
    await lines.untilEnded(1);
    const after = await lines.worker();
    await after.cluster.liveness.join(SIDE);
    const nodes = await after.cluster.liveness.nodes();
    expect(nodes).toMatchObject([{ ...SIDE.report(), isSelf: true }]);
    expect(nodes[0]?.id).not.toBe(node?.id);
  });

  test('is one that does not read, when more waits for it than may', async () => {
    await using lines = openBrokerLines(1_000_000);
    const writer = await lines.worker();
    const deaf = await lines.raw([
      ['R[1,"name",{"name":"deaf","version":"1"}]'],
      [`R[2,"listen","${topicOf(APP, NEWS)}"]`],
    ]);
    await deaf.heard('+2');
    deaf.pause();
    const frame = 'x'.repeat(10_000);
    for (let sent = 0; sent < 500 && lines.ends.length === 0; sent++) await writer.cluster.bus.publish(eventOf(frame));
    expect(lines.ends).toEqual(['the other end does not read: more than 1000000 bytes wait for it']);
    // The others go on.
    expect(await writer.cluster.bus.publish(eventOf('{}'))).toBeUndefined();
  });

  test('is one that says nothing for ten seconds', async () => {
    await using lines = openBrokerLines();
    const silent = await lines.raw([['R[1,"name",{"name":"silent","version":"1"}]']]);
    await silent.heard('+1');
    lines.clock.advance(10_000);
    expect(lines.ends).toEqual([]);
    lines.clock.advance(500);
    expect(lines.ends).toEqual(['the worker has said nothing for too long']);
  });

  test('is one that says what nobody understands', async () => {
    await using lines = openBrokerLines();
    await lines.raw([['?']]);
    await lines.raw([['Eapp']]);
    await lines.raw([['R{']]);
    await lines.untilEnded(3);
    expect(lines.ends).toContain('The line carries a message of no kind.');
    expect(lines.ends).toContain('The line carries an event without its fields.');
  });
});

describe('the line', () => {
  test('carries questions, news and orders besides', async () => {
    await using lines = openBrokerLines();
    const worker = await lines.worker();
    worker.tell({ kind: 'started' });
    expect(await worker.ask({ what: 'ü' })).toEqual({ question: { what: 'ü' } });
    await expect(worker.ask('bad')).rejects.toThrow('no');
    expect(lines.told).toEqual([{ kind: 'started' }]);
    lines.lines[0]?.order('stop');
    await worker.ask(null);
    expect(worker.orders).toEqual(['stop']);
  });

  test('goes on when whoever hears a delivery fails', async () => {
    await using lines = openBrokerLines();
    const worker = await lines.worker();
    worker.cluster.bus.hear(() => {
      throw new Error('a bug');
    });
    await worker.cluster.bus.listen(topicOf(APP, NEWS));
    for (let times = 0; times < 2; times++) await worker.cluster.bus.publish(eventOf('{}'));
    expect(worker.failures).toEqual([new Error('a bug'), new Error('a bug')]);
    expect(worker.cluster.liveness.absence).toBeNull();
  });

  test('is answered in the order in which it asks, and a call that fails is answered too', async () => {
    await using lines = openBrokerLines();
    const raw = await lines.raw([
      ['R[1,"count","app","news"]', 'R[2,"name",{"name":"raw","version":"1"}]', 'R[3,"toString"]'],
      ['R[4,"recall","app","news"]', 'R[5,"listen","a/b"]'],
    ]);
    await raw.heard('+5');
    expect(raw.messages).toEqual([
      '!1 The worker has not told its name.',
      '+2',
      '!3 The broker knows no call "toString".',
      '=4 null',
      '+5',
    ]);
  });

  test('is open to the user that runs the server, and to no other', async () => {
    await using lines = openBrokerLines();
    expect(statSync(lines.path).mode & 0o777).toBe(0o600);
  });

  test('cannot be had where no broker is', async () => {
    await using lines = openBrokerLines();
    lines.stop();
    await expect(lines.worker()).rejects.toThrow();
  });
});
