// The webhooks of soketi and Sockudo, which write them alike, as endpoints of ours.
import { isPlain, ownMember } from '../../config/check.ts';
import { WEBHOOK_EVENTS, type WebhookEventName } from '../../core/facts.ts';
import type { Take, Tale } from './draft.ts';

/** Names that only others use. */
const OTHER_NAMES: ReadonlyMap<string, WebhookEventName> = new Map([['cache_missed', 'cache_miss']]);
const PREFIX_FILTERS: readonly string[] = ['channel_name_starts_with', 'channel_prefix'];
const KNOWN: readonly string[] = ['url', 'event_types', 'headers', 'filter'];

/** A list of webhooks, or the JSON text of one. */
export const webhooks: Take = (value, path, tale) => {
  if (value === null || value === '') return null;
  const list = typeof value === 'string' ? parsed(value) : value;
  if (!Array.isArray(list)) return { left: 'is no list of webhooks' };
  const endpoints = list.flatMap((item: unknown, index) => endpointOf(item, `${path}[${index}]`, tale) ?? []);
  if (endpoints.length === 0) return null;
  return {
    member: 'webhooks',
    value: endpoints,
    note: endpoints.length === 1 ? 'an endpoint' : `${endpoints.length} endpoints`,
  };
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function endpointOf(item: unknown, path: string, tale: Tale): Record<string, unknown> | null {
  const url = isPlain(item) ? ownMember(item, 'url') : undefined;
  if (!isPlain(item) || typeof url !== 'string' || url === '') {
    tale.leave(path, 'has no url; functions of AWS Lambda are not called from here');
    return null;
  }
  const events = eventsOf(ownMember(item, 'event_types'), `${path}.event_types`, tale);
  if (events?.length === 0) {
    tale.leave(path, 'has no event type that is sent here');
    return null;
  }
  const headers = headersOf(ownMember(item, 'headers'), `${path}.headers`, tale);
  const prefixes = prefixesOf(ownMember(item, 'filter'), `${path}.filter`, tale);
  for (const name of Object.keys(item))
    if (!KNOWN.includes(name)) tale.leave(`${path}.${name}`, 'has no counterpart here');
  if (!url.startsWith('https:')) tale.leave(path, 'posts to no https address; see webhookAllowedHosts');
  return {
    url,
    ...(events === null ? {} : { events }),
    ...(headers === null ? {} : { headers }),
    ...(prefixes.length === 0 ? {} : { channelPrefixes: prefixes }),
  };
}

/** @returns null when none are named, so that the default holds. */
function eventsOf(types: unknown, path: string, tale: Tale): WebhookEventName[] | null {
  if (!Array.isArray(types)) return null;
  const events = new Set<WebhookEventName>();
  for (const type of types) {
    const event = WEBHOOK_EVENTS.find((name) => name === type) ?? OTHER_NAMES.get(String(type));
    if (event === undefined) tale.leave(path, `${JSON.stringify(type)} is not sent here`);
    else events.add(event);
  }
  return [...events];
}

function headersOf(headers: unknown, path: string, tale: Tale): Record<string, string> | null {
  if (!isPlain(headers)) return null;
  const right = Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === 'string');
  if (right.length < Object.keys(headers).length) tale.leave(path, 'only headers with a text are taken');
  return right.length === 0 ? null : Object.fromEntries(right);
}

function prefixesOf(filter: unknown, path: string, tale: Tale): string[] {
  if (!isPlain(filter)) return [];
  const prefixes: string[] = [];
  for (const [name, value] of Object.entries(filter)) {
    if (value === null || value === '') continue;
    if (PREFIX_FILTERS.includes(name) && typeof value === 'string') prefixes.push(value);
    else tale.leave(`${path}.${name}`, 'channels are chosen by prefix only, so more of them are sent than before');
  }
  return prefixes;
}
