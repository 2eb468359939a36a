import { expect, test } from 'bun:test';
import type { WebhookEventName } from '../core/facts.ts';
import type { ChannelName } from '../protocol/ids.ts';
import { type Endpoint, selects, wantedFacts } from './endpoint.ts';

const endpoint = (changes: Partial<Endpoint> = {}): Endpoint => ({
  id: 'e',
  url: 'https://shop.example/',
  enabled: true,
  events: ['channel_vacated', 'client_event'],
  channelPrefixes: [],
  headers: {},
  ...changes,
});
const at = (name: WebhookEventName, channel: string) => ({ name, channel: channel as ChannelName });

test('[W-1.4] an endpoint is sent the events that it has asked for, of the channels that it has asked for', () => {
  expect(selects(endpoint(), at('client_event', 'a'))).toBe(true);
  expect(selects(endpoint(), at('cache_miss', 'a'))).toBe(false);
  expect(selects(endpoint({ enabled: false }), at('client_event', 'a'))).toBe(false);
  const some = endpoint({ channelPrefixes: ['private-', 'a'] });
  expect(['private-x', 'ab', 'ba', 'Private-'].map((channel) => selects(some, at('client_event', channel)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('[W-2.4] whoever wants one of a pair makes both be known', () => {
  expect([...wantedFacts({ endpoints: [endpoint()] })].toSorted()).toEqual([
    'channel_occupied',
    'channel_vacated',
    'client_event',
  ]);
  expect(wantedFacts({ endpoints: [endpoint({ enabled: false })] }).size).toBe(0);
});
