// The routes of webhook endpoints, and of what became of their deliveries.
import { WEBHOOK_EVENTS } from '../core/facts.ts';
import { headerFault, LONGEST_HEADER_NAME, LONGEST_HEADER_VALUE } from '../webhooks/post.ts';
import { appId, id, PAGE_MEMBERS, pageOf, timeMs } from './fields.ts';
import { route } from './route.ts';
import { listOf, mapped, nullable, object, oneOf, optional, recordOf, text, whole, yesOrNo } from './schema.ts';

const url = text({
  max: 2_000,
  pattern: /^https?:\/\/[!-~]+$/,
  must: 'be the address of a web server',
  format: 'uri',
});
const events = mapped(listOf(oneOf(WEBHOOK_EVENTS), WEBHOOK_EVENTS.length), (names) => [...new Set(names)]);
const channelPrefixes = listOf(text({ max: 200 }), 50);

const headerName = text({ max: LONGEST_HEADER_NAME });
const anyHeaders = recordOf(headerName, text({ min: 0, max: LONGEST_HEADER_VALUE }), 20);
/** What the server sends itself, and what steers the connection, is not for the endpoint's owner to set. */
const headers: typeof anyHeaders = {
  json: anyHeaders.json,
  decode(value, path, report) {
    const decoded = anyHeaders.decode(value, path, report);
    if (decoded === undefined) return undefined;
    const faults = Object.entries(decoded).flatMap(([name, content]) => headerFault(name, content) ?? []);
    for (const fault of faults) report(`${path}/*`, fault);
    return faults.length === 0 ? decoded : undefined;
  },
};

const endpoint = object({
  id,
  app: appId,
  url: text({ max: 2_000 }),
  enabled: yesOrNo,
  events: listOf(oneOf(WEBHOOK_EVENTS), WEBHOOK_EVENTS.length),
  channelPrefixes,
  /** Their values may be secrets and are not shown. */
  headerNames: listOf(headerName, 20),
  version: whole(1, Number.MAX_SAFE_INTEGER),
  createdAtMs: timeMs,
  disabledReason: nullable(text({ min: 0, max: 1_000 })),
});

const count = whole(0, Number.MAX_SAFE_INTEGER);
const BODY = text({ min: 0, max: 20_000_000 });

const ATTEMPT = {
  atMs: timeMs,
  /** Of the answer; null when there was none. */
  status: nullable(whole(0, 999)),
  durationMs: count,
  error: nullable(text({ min: 0, max: 10_000 })),
  /** The beginning of the answer. */
  answer: nullable(text({ min: 0, max: 100_000 })),
} as const;

/** One attempt to post a delivery. */
const attempt = object({
  id: count,
  delivery: id,
  endpoint: id,
  attempt: count,
  isTest: yesOrNo,
  ...ATTEMPT,
  body: BODY,
});

/** A batch of events for one endpoint that was given up. */
const deadLetter = object({
  id,
  endpoint: id,
  events: count,
  sinceMs: timeMs,
  deadAtMs: nullable(timeMs),
  body: BODY,
});

const deliveryQuery = object({ ...PAGE_MEMBERS, webhook: optional(id) });

export const webhookRoutes = {
  listWebhooks: route({
    method: 'GET',
    path: '/apps/{app}/webhooks',
    summary: 'Lists the webhook endpoints of an app',
    needs: 'view',
    scope: 'webhooks:read',
    answer: object({ items: listOf(endpoint, 1_000) }),
  }),
  createWebhook: route({
    method: 'POST',
    path: '/apps/{app}/webhooks',
    summary: 'Adds an endpoint; it takes every event but subscription_count unless told otherwise',
    needs: 'manage',
    scope: 'webhooks:write',
    body: object({
      url,
      enabled: optional(yesOrNo),
      events: optional(events),
      channelPrefixes: optional(channelPrefixes),
      headers: optional(headers),
    }),
    answer: endpoint,
    status: 201,
    tagged: true,
  }),
  showWebhook: route({
    method: 'GET',
    path: '/apps/{app}/webhooks/{webhook}',
    summary: 'Shows an endpoint',
    needs: 'view',
    scope: 'webhooks:read',
    answer: endpoint,
    tagged: true,
  }),
  updateWebhook: route({
    method: 'PATCH',
    path: '/apps/{app}/webhooks/{webhook}',
    summary: 'Changes an endpoint; headers are replaced as a whole',
    needs: 'manage',
    scope: 'webhooks:write',
    body: object({
      url: optional(url),
      enabled: optional(yesOrNo),
      events: optional(events),
      channelPrefixes: optional(channelPrefixes),
      headers: optional(headers),
    }),
    answer: endpoint,
    tagged: true,
    conditional: true,
  }),
  deleteWebhook: route({
    method: 'DELETE',
    path: '/apps/{app}/webhooks/{webhook}',
    summary: 'Deletes an endpoint; nothing more is sent to it',
    needs: 'manage',
    scope: 'webhooks:write',
  }),
  testWebhook: route({
    method: 'POST',
    path: '/apps/{app}/webhooks/{webhook}/test',
    summary: 'Sends a signed test event and tells how the endpoint has answered',
    needs: 'manage',
    scope: 'webhooks:write',
    answer: object(ATTEMPT),
  }),
  listDeliveries: route({
    method: 'GET',
    path: '/apps/{app}/deliveries',
    summary: 'Lists the attempts to deliver, newest first',
    needs: 'view',
    scope: 'webhooks:read',
    query: deliveryQuery,
    answer: pageOf(attempt),
  }),
  listDeadLetters: route({
    method: 'GET',
    path: '/apps/{app}/dead-letters',
    summary: 'Lists what could not be delivered, newest first',
    needs: 'view',
    scope: 'webhooks:read',
    query: deliveryQuery,
    answer: pageOf(deadLetter),
  }),
  replayDeadLetters: route({
    method: 'POST',
    path: '/apps/{app}/dead-letters/replay',
    summary: 'Sends dead letters again: those of the ids, or all of a range of time',
    needs: 'manage',
    scope: 'webhooks:write',
    onConfigured: true,
    body: object({
      ids: optional(listOf(id, 1_000)),
      webhook: optional(id),
      fromMs: optional(timeMs),
      toMs: optional(timeMs),
    }),
    answer: object({ replayed: whole(0, Number.MAX_SAFE_INTEGER) }),
  }),
} as const;
