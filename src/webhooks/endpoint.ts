// An app with its endpoints as the outbox sees them, and which events each is sent.
import type { Fact, WebhookEventName, WebhookSettings } from '../core/facts.ts';
import type { AppId } from '../protocol/ids.ts';

export interface WebhookApp {
  readonly app: AppId;
  /** The oldest active pair: a backend that has not learned the new one yet can still check. */
  readonly signingKey: { readonly key: string; readonly secret: string };
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint extends WebhookSettings {
  /** The same for as long as it is the same endpoint, also after a restart. */
  readonly id: string;
}

export function selects(endpoint: Endpoint, { name, channel }: Pick<Fact, 'name' | 'channel'>): boolean {
  if (!endpoint.enabled || !endpoint.events.includes(name)) return false;
  const { channelPrefixes } = endpoint;
  return channelPrefixes.length === 0 || channelPrefixes.some((prefix) => channel.startsWith(prefix));
}

/** Coming and going are told in pairs, so whoever wants one of a pair needs both to be known. */
const PAIRS: Readonly<Partial<Record<WebhookEventName, WebhookEventName>>> = {
  channel_occupied: 'channel_vacated',
  channel_vacated: 'channel_occupied',
  member_added: 'member_removed',
  member_removed: 'member_added',
};

/** The facts that the app's endpoints need. */
export function wantedFacts({ endpoints }: Pick<WebhookApp, 'endpoints'>): ReadonlySet<WebhookEventName> {
  const events = endpoints.flatMap((endpoint) => (endpoint.enabled ? endpoint.events : []));
  return new Set(events.flatMap((name) => [name, PAIRS[name] ?? name]));
}
