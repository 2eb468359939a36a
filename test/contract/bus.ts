// The contract of the bus: what is published reaches all nodes that listen, in one order, and may be remembered.
import { describe, expect, test } from 'bun:test';
import type { CachedEvent, Delivery, EventDelivery, Remember } from '../../src/engine/ports.ts';
import { topicOfDelivery } from '../../src/engine/topic-of.ts';
import type { AppId, ChannelName, SocketId } from '../../src/protocol/ids.ts';
import { topicOf } from '../../src/protocol/topics.ts';
import { APP, NEWS, OTHER_APP, ROOM, type Stage, user } from './stage.ts';

const eventOf = (frame: string, channel: ChannelName = NEWS, app: AppId = APP): EventDelivery => ({
  kind: 'event',
  app,
  channel,
  frame,
  except: null,
  keptSeconds: 0,
});

const remembering = (data: string, changes: Partial<Remember> = {}): Remember => ({
  event: { name: 'hello', data },
  ttlSeconds: 60,
  maxChannels: 100,
  maxSize: 10_000,
  ...changes,
});

/** The event of a remembered one; how long it has left has to be right within a second. */
function eventOfCached(cached: CachedEvent | null, ttlSeconds: number) {
  expect(cached?.leftMs).toBeLessThanOrEqual(ttlSeconds * 1000);
  expect(cached?.leftMs).toBeGreaterThan((ttlSeconds - 1) * 1000);
  return cached?.event;
}

export function busContract(stage: () => Stage): void {
  describe('bus', () => {
    test('every node that listens hears, the publisher included', async () => {
      const { nodes } = stage();
      await stage().listen([NEWS]);
      const deliveries: Delivery[] = [
        eventOf('{"event":"ü 😀"}'),
        { ...eventOf('{}'), except: '1.2' as SocketId },
        { ...eventOf('a\n,b'), except: '1.2' as SocketId, keptSeconds: 1_800 },
        { ...eventOf('1:'), keptSeconds: 60 },
        { kind: 'member', app: APP, channel: NEWS, change: { what: 'removed', user: user('alice') } },
        { kind: 'count', app: APP, channel: NEWS, subscribers: 12 },
      ];
      for (const delivery of deliveries) await nodes[0].bus.publish(delivery);
      expect(await stage().heard()).toEqual([deliveries, deliveries, deliveries]);
    });

    test('each kind of delivery has a topic of its own', async () => {
      const odd = user('ü 😀 "\n@/');
      const deliveries: Delivery[] = [
        { kind: 'user', app: APP, user: odd, isOnline: true },
        { kind: 'user', app: APP, user: odd, isOnline: false },
        { kind: 'terminate', app: APP, user: odd },
        { kind: 'connections', app: APP, total: 3 },
        { kind: 'apps' },
        { kind: 'asked', app: APP, asked: { what: 'feed', source: 'ü "\n', seconds: 30 } },
        { kind: 'told', app: APP, told: { what: 'users', question: 'ü "\n', users: [] } },
      ];
      for (const delivery of deliveries) await stage().listenTo(topicOfDelivery(delivery));
      for (const delivery of deliveries) await stage().nodes[2].bus.publish(delivery);
      const order = (told: readonly Delivery[]) => told.map((each) => JSON.stringify(each)).toSorted();
      // Of different topics there is no order.
      for (const heard of await stage().heard()) expect(order(heard)).toEqual(order(deliveries));
    });

    test('what one node publishes arrives in the order in which it was published', async () => {
      const { nodes } = stage();
      await stage().listen([NEWS, ROOM]);
      const sent = Array.from({ length: 50 }, (_, at) => eventOf(String(at), at % 2 === 0 ? NEWS : ROOM));
      await Promise.all(sent.map((delivery) => nodes[1].bus.publish(delivery)));
      for (const heard of await stage().heard()) {
        for (const channel of [NEWS, ROOM]) {
          const isHere = (delivery: Delivery) => delivery.kind === 'event' && delivery.channel === channel;
          expect(heard.filter(isHere)).toEqual(sent.filter(isHere));
        }
      }
    });

    test('all nodes hear what several publish on one topic in the same order', async () => {
      const { nodes } = stage();
      await stage().listen([NEWS]);
      await Promise.all(
        Array.from({ length: 30 }, (_, at) => nodes[at % 2 === 0 ? 0 : 1].bus.publish(eventOf(String(at)))),
      );
      const [first, second, third] = await stage().heard();
      expect(first).toHaveLength(30);
      expect(second).toEqual(first ?? []);
      expect(third).toEqual(first ?? []);
    });

    test('a node hears from the answer to listen on, also when it had stopped before', async () => {
      const { bus } = stage().nodes[2];
      await bus.listen(topicOf(APP, NEWS));
      await bus.unlisten(topicOf(APP, NEWS));
      await bus.listen(topicOf(APP, NEWS));
      await stage().nodes[0].bus.publish(eventOf('{}'));
      expect((await stage().heard())[2]).toEqual([eventOf('{}')]);
    });

    test('a delivery names its app, and is no other app’s', async () => {
      await stage().listen([NEWS]);
      await stage().nodes[0].bus.publish(eventOf('{}', NEWS, OTHER_APP));
      expect((await stage().heard())[1]).toEqual([eventOf('{}', NEWS, OTHER_APP)]);
    });
  });

  describe('remembered events', () => {
    const publish = async (data: string, changes?: Partial<Remember>, channel = NEWS) =>
      await stage().nodes[0].bus.publish(eventOf('{}', channel), remembering(data, changes));
    const recall = async (channel = NEWS, app = APP) => await stage().nodes[1].ledger.recall(app, channel);

    test('[P-4.18] the last one is recalled, on every node, by who asks and by who enters', async () => {
      await publish('1');
      await publish('ü 😀 "2"');
      const event = { name: 'hello', data: 'ü 😀 "2"' };
      expect(eventOfCached(await recall(), 60)).toEqual(event);
      expect(eventOfCached((await stage().enter(2, { channel: NEWS })).cached, 60)).toEqual(event);
    });

    test('[P-2.18] what was remembered of an app that is no more is forgotten on every node', async () => {
      await publish('1');
      await stage().nodes[0].ledger.forget(APP);
      expect(await recall()).toBeNull();
    });

    test('[P-4.18] nothing was remembered, nothing is recalled', async () => {
      await stage().nodes[0].bus.publish(eventOf('{}'));
      expect(await recall()).toBeNull();
      expect((await stage().enter(2, { channel: NEWS })).cached).toBeNull();
      await publish('1');
      expect(await recall('cache-other' as ChannelName)).toBeNull();
      expect(await recall(NEWS, OTHER_APP)).toBeNull();
    });

    test('[P-4.18] an event that is not to be remembered leaves the remembered one', async () => {
      await publish('1');
      await stage().nodes[0].bus.publish(eventOf('{}'));
      expect((await recall())?.event.data).toBe('1');
    });

    test('[P-4.18] it is forgotten when its time is up, counted from the last publication', async () => {
      await publish('1', { ttlSeconds: 2 });
      await stage().pass(1_500);
      const leftMs = (await recall())?.leftMs ?? 0;
      expect(leftMs).toBeLessThanOrEqual(500);
      expect(leftMs).toBeGreaterThan(0);
      await publish('2', { ttlSeconds: 2 });
      await stage().pass(1_500);
      expect((await recall())?.event.data).toBe('2');
      await stage().pass(600);
      expect(await recall()).toBeNull();
    });

    test('[P-4.18] one that is published with others is remembered as well', async () => {
      await publish('1');
      const publications = [
        { delivery: eventOf('{}', NEWS), remember: remembering('2', { ttlSeconds: 30 }) },
        { delivery: eventOf('{}', ROOM), remember: null },
      ];
      await stage().nodes[0].bus.publishAll(publications, null);
      expect(eventOfCached(await recall(), 30)).toEqual({ name: 'hello', data: '2' });
      expect(await recall(ROOM)).toBeNull();
    });

    test('[P-4.18] beyond the bound the event that was published longest ago is forgotten', async () => {
      const channels = stage().together(['cache-a', 'cache-b', 'cache-c', 'cache-d'] as ChannelName[]);
      const [a, b, c, d] = channels as [ChannelName, ChannelName, ChannelName, ChannelName];
      const dataOf = async () =>
        (await Promise.all(channels.map((each) => recall(each)))).map((each) => each?.event.data);
      for (const channel of [a, b, a, c]) await publish(channel, { maxChannels: 2 * stage().shares }, channel);
      expect(await dataOf()).toEqual([a, undefined, c, undefined]);
      await publish('x'.repeat(500), { maxSize: 520 * stage().shares }, d);
      expect(await dataOf()).toEqual([undefined, undefined, c, 'x'.repeat(500)]);
    });
  });
}
