// Whatever is delivered comes out of its message and its topic as it went in.
import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { eventOf, packEvent } from '../../src/cluster/redis/answers.ts';
import { packTopic, subjectOf } from '../../src/cluster/redis/topic.ts';
import { decodeDelivery, encodeDelivery } from '../../src/cluster/redis/wire.ts';
import type { Delivery } from '../../src/engine/ports.ts';
import { topicOfDelivery } from '../../src/engine/topic-of.ts';
import type { AppId, ChannelName, SocketId, UserId } from '../../src/protocol/ids.ts';
import { packText, unpackText } from '../../src/redis/text.ts';
import { anyText, holds } from '../support/generators.ts';

const utf8 = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text));
const app = fc.constantFrom('app', 'other-app', '7') as fc.Arbitrary<AppId>;
const channel = fc.constantFrom('news', 'presence-a', 'cache-@,.;=', '@') as fc.Arbitrary<ChannelName>;
const user = fc.oneof(anyText, fc.constantFrom('\ud800', '\0', '\0"', ':', '1:a', '')) as fc.Arbitrary<UserId>;
const frame = fc.oneof(anyText.map(utf8), fc.constantFrom('', ',', '\n', '1,2\n3'));
const count = fc.nat();
const member = fc.record({ userId: user, info: frame });

const delivery: fc.Arbitrary<Delivery> = fc.oneof(
  fc.record({
    kind: fc.constant('event' as const),
    app,
    channel,
    frame,
    except: fc.constantFrom(null, '1.2', '123.456') as fc.Arbitrary<SocketId | null>,
    keptSeconds: fc.constantFrom(0, 1, 0.25, 1_800),
  }),
  fc.record({
    kind: fc.constant('member' as const),
    app,
    channel,
    change: fc.oneof(
      fc.record({ what: fc.constantFrom('added' as const, 'changed' as const), member }),
      fc.record({ what: fc.constant('removed' as const), user }),
    ),
  }),
  fc.record({ kind: fc.constant('count' as const), app, channel, subscribers: count }),
  fc.record({ kind: fc.constant('user' as const), app, user, isOnline: fc.boolean() }),
  fc.record({ kind: fc.constant('terminate' as const), app, user }),
  fc.record({ kind: fc.constant('connections' as const), app, total: count }),
  fc.constant<Delivery>({ kind: 'apps' }),
  fc.record({
    kind: fc.constant('asked' as const),
    app,
    asked: fc.record({ what: fc.constant('feed' as const), source: user, seconds: count }),
  }),
  fc.record({
    kind: fc.constant('told' as const),
    app,
    told: fc.record({ what: fc.constant('users' as const), question: user, users: fc.constant([]) }),
  }),
);

describe('messages between nodes', () => {
  test('carry every delivery through bytes', () => {
    holds(
      fc.property(delivery, (sent) => {
        const heard = decodeDelivery(subjectOf(topicOfDelivery(sent)), utf8(encodeDelivery(sent)));
        expect(heard).toEqual(sent);
      }),
      { numRuns: 2_000 },
    );
  });

  test('with a letter that is not known are passed over', () => {
    const subject = subjectOf('app/news');
    for (const message of ['', '?', 'Z{}', '1']) expect(decodeDelivery(subject, message)).toBeNull();
  });

  test('on different topics never meet', () => {
    holds(
      fc.property(delivery, delivery, (one, other) => {
        const [topic, another] = [topicOfDelivery(one), topicOfDelivery(other)];
        expect(utf8(packTopic(topic)) === utf8(packTopic(another))).toBe(topic === another);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('texts in Redis', () => {
  test('come back as they were, and two never look the same', () => {
    holds(
      fc.property(user, user, (one, other) => {
        const packed = utf8(packText(one));
        expect(unpackText(packed)).toBe(one);
        expect(packed === utf8(packText(other))).toBe(one === other);
      }),
      { numRuns: 2_000 },
    );
  });

  test('remembered events come back with their name and their data', () => {
    holds(
      fc.property(frame, frame, (name, data) => {
        expect(eventOf([utf8(packEvent({ name, data })), 7])).toEqual({ event: { name, data }, leftMs: 7 });
      }),
    );
  });
});
