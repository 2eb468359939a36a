// The contract of the bus: what is published reaches all nodes that listen, in one order, and may be remembered.
import { describe, expect, test } from 'bun:test';
import type { Delivery, Remember } from '../../src/engine/ports.ts';
import type { AppId, ChannelName, SocketId } from '../../src/protocol/ids.ts';
import { topicOf } from '../../src/protocol/topics.ts';
import { APP, NEWS, OTHER_APP, ROOM, type Stage, user } from './stage.ts';

const eventOf = (frame: string, channel: ChannelName = NEWS, app: AppId = APP): Delivery => ({
  kind: 'event',
  app,
  channel,
  frame,
  except: null,
});

const remembering = (data: string, changes: Partial<Remember> = {}): Remember => ({
  event: { name: 'hello', data },
  ttlSeconds: 60,
  maxChannels: 100,
  maxSize: 10_000,
  ...changes,
});

export function busContract(stage: () => Stage): void {
  describe('bus', () => {
    test('every node that listens hears, the publisher included', async () => {
      const { nodes } = stage();
      await stage().listen([NEWS]);
      const deliveries: Delivery[] = [
        eventOf('{"event":"ü 😀"}'),
        { kind: 'event', app: APP, channel: NEWS, frame: '{}', except: '1.2' as SocketId },
        { kind: 'member', app: APP, channel: NEWS, change: { what: 'removed', user: user('alice') } },
      ];
      for (const delivery of deliveries) await nodes[0].bus.publish(delivery);
      expect(await stage().heard()).toEqual([deliveries, deliveries, deliveries]);
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
      const cached = { event: { name: 'hello', data: 'ü 😀 "2"' }, ttlSeconds: 60 };
      expect(await recall()).toEqual(cached);
      expect((await stage().enter(2, { channel: NEWS })).cached).toEqual(cached);
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
      expect((await recall())?.ttlSeconds).toBe(1);
      await publish('2', { ttlSeconds: 2 });
      await stage().pass(1_500);
      expect((await recall())?.event.data).toBe('2');
      await stage().pass(600);
      expect(await recall()).toBeNull();
    });

    test('[P-4.18] beyond the bound the event that was published longest ago is forgotten', async () => {
      const channels = ['cache-a', 'cache-b', 'cache-c'] as ChannelName[];
      const [a, b, c] = channels as [ChannelName, ChannelName, ChannelName];
      for (const channel of [a, b, a, c]) await publish(channel, { maxChannels: 2 }, channel);
      expect(await Promise.all([a, b, c].map((channel) => recall(channel)))).toEqual([
        { event: { name: 'hello', data: 'cache-a' }, ttlSeconds: 60 },
        null,
        { event: { name: 'hello', data: 'cache-c' }, ttlSeconds: 60 },
      ]);
    });
  });
}
