// A fact as an event of a webhook body: a flat object of texts and numbers, as every server SDK can read it.
import type { Fact } from '../core/facts.ts';

/** In JSON. */
export function eventJson(fact: Fact): string {
  return JSON.stringify(eventOf(fact));
}

function eventOf(fact: Fact): Readonly<Record<string, string | number>> {
  const { name, channel } = fact;
  switch (fact.name) {
    case 'member_added':
    case 'member_removed':
      return { name, channel, user_id: fact.user };
    case 'client_event': {
      const { event, rawData, socketId, user } = fact;
      const sent = { name, channel, event, data: textOf(rawData), socket_id: socketId };
      return user === null ? sent : { ...sent, user_id: user };
    }
    case 'subscription_count':
      return { name, channel, subscription_count: fact.count };
    default:
      return { name, channel };
  }
}

// SDKs in typed languages take `data` for text, so an object travels as its JSON, digit for digit as it was sent.
function textOf(rawData: string): string {
  const data: unknown = rawData.startsWith('"') ? JSON.parse(rawData) : null;
  return typeof data === 'string' ? data : rawData;
}
