import { describe, expect, test } from 'bun:test';
import type { Fact } from '../core/facts.ts';
import type { AppId, ChannelName } from '../protocol/ids.ts';
import { answerWith, remoteWebhooks } from './remote.ts';

const APP = 'app' as AppId;
const endpoint = {
  id: 'one',
  url: 'https://example.com/',
  enabled: true,
  events: ['channel_occupied'],
  channelPrefixes: [],
  headers: {},
} as const;

/** The parent's webhooks, which note what they are asked, on a line that carries JSON. */
function stage() {
  const asked: unknown[] = [];
  const facts: Fact[] = [];
  const noting =
    <Value>(what: string, value: Value) =>
    (...given: unknown[]): Promise<Value> => {
      asked.push([what, ...given]);
      return Promise.resolve(value);
    };
  const parent = {
    outbox: { wants: () => false, add: () => undefined },
    configure: () => undefined,
    sendTest: noting('sendTest', null),
    deliveries: noting('deliveries', []),
    deadLetters: noting('deadLetters', []),
    replay: noting('replay', 3),
    state: () => Promise.resolve(null),
    stop: () => Promise.resolve(),
  };
  const webhooks = remoteWebhooks({
    add: (fact) => void facts.push(fact),
    ask: async (question) =>
      JSON.parse(JSON.stringify(await answerWith(parent, JSON.parse(JSON.stringify(question))))) as unknown,
  });
  return { asked, facts, webhooks };
}

describe('webhooks whose work the parent does', () => {
  test('put every question to it', async () => {
    const { webhooks, asked } = stage();
    expect(await webhooks.sendTest(APP, 'one')).toBeNull();
    expect(await webhooks.deliveries({ app: APP, limit: 5, before: undefined })).toEqual([]);
    expect(await webhooks.deadLetters({ app: APP, limit: 6 })).toEqual([]);
    expect(await webhooks.replay({ app: APP, ids: ['a'] })).toBe(3);
    await webhooks.stop();
    expect(asked).toEqual([
      ['sendTest', APP, 'one'],
      ['deliveries', { app: APP, limit: 5 }],
      ['deadLetters', { app: APP, limit: 6 }],
      ['replay', { app: APP, ids: ['a'] }],
    ]);
  });

  test('[W-1.4] know themselves which facts anybody wants', () => {
    const { webhooks, facts } = stage();
    const { outbox } = webhooks;
    expect(outbox.wants(APP, 'channel_occupied')).toBe(false);
    webhooks.configure([{ app: APP, signingKey: { key: 'k', secret: 's' }, endpoints: [endpoint] }]);
    expect(outbox.wants(APP, 'channel_occupied')).toBe(true);
    expect(outbox.wants(APP, 'client_event')).toBe(false);
    expect(outbox.wants('other' as AppId, 'channel_occupied')).toBe(false);
    webhooks.configure([{ app: APP, signingKey: { key: 'k', secret: 's' }, endpoints: [] }]);
    expect(outbox.wants(APP, 'channel_occupied')).toBe(false);
    const fact: Fact = { name: 'cache_miss', app: APP, channel: 'cache-news' as ChannelName };
    outbox.add(fact);
    expect(facts).toEqual([fact]);
  });
});
