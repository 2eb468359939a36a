// Webhook endpoints, and what became of their deliveries.
import { DEFAULT_WEBHOOK_EVENTS } from '../core/facts.ts';
import type { EndpointFields, EndpointRecord } from '../storage/records.ts';
import type { Attempt, Delivery } from '../webhooks/delivery.ts';
import { urlFault } from '../webhooks/guard.ts';
import { appSubject, changesOf, note } from './audit.ts';
import { MOST } from './bounds.ts';
import { drawId } from './credentials.ts';
import { isNumberCursor, OTHER_LIST, type PageOfRows, readPage } from './pages.ts';
import { type Problem, refuse } from './problems.ts';
import type { webhookRoutes } from './routes-webhooks.ts';
import type { SeenApp } from './seen-app.ts';
import type { Site } from './site.ts';
import { type Call, DONE, type Verbs, versionOf } from './verb.ts';

export function webhookVerbs(site: Site): Verbs<typeof webhookRoutes> {
  const { store, webhooks } = site;
  return {
    async listWebhooks({ app }) {
      const endpoints = await store.endpoints.list(app.id);
      return { body: { items: endpoints.map(endpointView) } };
    },

    createWebhook: (call) => site.turns.take(`webhooks of ${call.app.id}`, () => createWebhook(site, call)),

    async showWebhook({ app, params }) {
      const endpoint = await store.endpoints.get(app.id, params.webhook);
      if (endpoint === null) return refuse('notFound');
      return { body: endpointView(endpoint), version: endpoint.version };
    },

    updateWebhook: (call) => updateWebhook(site, call),

    async deleteWebhook({ app, params, caller }) {
      if (!(await store.endpoints.delete(app.id, params.webhook))) return refuse('notFound');
      await note(site, caller, 'webhook.delete', appSubject(app.id), { id: params.webhook });
      await site.live.refresh(app.id);
      return DONE;
    },

    async testWebhook({ app, params, caller }) {
      const endpoint = await store.endpoints.get(app.id, params.webhook);
      if (endpoint === null) return refuse('notFound');
      const attempt = await webhooks.sendTest(app.id, endpoint.id);
      // The thread that posts may not have heard of an endpoint that was made this moment, or is to be deleted.
      if (attempt === null) return refuse('conflict', 'The endpoint is not in use; enable it first.');
      await note(site, caller, 'webhook.test', appSubject(app.id), { id: endpoint.id, status: attempt.status });
      return { body: outcomeView(attempt) };
    },

    async listDeliveries({ app, query: { webhook, ...page } }) {
      if (!isNumberCursor(page.cursor)) return refuse('badRequest', OTHER_LIST);
      const asked = { ...ofApp(app), endpoint: webhook };
      const read = ({ limit, after }: PageOfRows) => webhooks.deliveries({ ...asked, limit, before: numberOf(after) });
      return { body: await readPage(page, read, ({ id }) => String(id), attemptView) };
    },

    async listDeadLetters({ app, query: { webhook, ...page } }) {
      if (!isNumberCursor(page.cursor)) return refuse('badRequest', OTHER_LIST);
      const asked = { ...ofApp(app), endpoint: webhook };
      const read = ({ limit, after }: PageOfRows) => webhooks.deadLetters({ ...asked, limit, before: numberOf(after) });
      return { body: await readPage(page, read, ({ seq }) => String(seq), deadLetterView) };
    },

    async replayDeadLetters({ app, body: { webhook, ...selection }, caller }) {
      const isEmpty = [selection.ids, selection.fromMs, selection.toMs, webhook].every((part) => part === undefined);
      if (isEmpty) return refuse('badRequest', 'Name ids, a webhook or a range of time.');
      const replayed = await webhooks.replay({ ...ofApp(app), endpoint: webhook, ...selection });
      await note(site, caller, 'webhook.replay', appSubject(app.id), { replayed });
      return { body: { replayed } };
    },
  };
}

/** What happened to this app, and not to one that was deleted and had the same id. */
function ofApp({ id, createdAtMs }: SeenApp) {
  return { app: id, sinceMs: createdAtMs };
}

function endpointView({ appId, headers, ...endpoint }: EndpointRecord) {
  const { id, url, enabled, events, channelPrefixes, version, createdAtMs, disabledReason } = endpoint;
  const headerNames = Object.keys(headers);
  return { id, app: appId, url, enabled, events, channelPrefixes, headerNames, version, createdAtMs, disabledReason };
}

function outcomeView({ atMs, status, durationMs, error, answer }: Attempt) {
  return { atMs, status, durationMs: Math.round(durationMs), error, answer };
}

function attemptView(made: Attempt) {
  const { id, delivery, endpoint, attempt, isTest, body } = made;
  return { id, delivery, endpoint, attempt, isTest, ...outcomeView(made), body };
}

function deadLetterView({ id, endpoint, count, sinceMs, deadAtMs, body }: Delivery) {
  return { id, endpoint, events: count, sinceMs, deadAtMs, body };
}

function numberOf(cursor: string | undefined): number | undefined {
  return cursor === undefined ? undefined : Number(cursor);
}

function refuseUrl({ webhooks }: Site, url: string | undefined): Problem | null {
  const fault = url === undefined ? null : urlFault(url, webhooks.allowedHosts);
  return fault === null ? null : { problem: 'badRequest', errors: [{ pointer: '/url', detail: fault }] };
}

async function createWebhook(site: Site, { app, body, caller }: Call<typeof webhookRoutes.createWebhook>) {
  const { store } = site;
  const refused = refuseUrl(site, body.url);
  if (refused !== null) return refused;
  if ((await store.endpoints.list(app.id)).length >= MOST.webhooksOfApp) return refuse('tooMany');
  const fields = { enabled: true, events: DEFAULT_WEBHOOK_EVENTS, channelPrefixes: [], headers: {}, ...body };
  const made = await store.endpoints.create(app.id, drawId(), fields, site.clock.now());
  await note(site, caller, 'webhook.create', appSubject(app.id), { id: made.id, url: withoutQuery(made.url) });
  await site.live.refresh(app.id);
  return { body: endpointView(made), version: made.version };
}

async function updateWebhook(site: Site, call: Call<typeof webhookRoutes.updateWebhook>) {
  const { app, params, body, expected, caller } = call;
  const refused = refuseUrl(site, body.url);
  if (refused !== null) return refused;
  const before = await site.store.endpoints.get(app.id, params.webhook);
  if (before === null) return refuse('notFound');
  const after = await site.store.endpoints.update(app.id, before.id, versionOf(expected, before.version), body);
  if (after === null) return refuse('notFound');
  if (after === 'stale') return refuse('stale');
  const changes = changesOf(toldOf(before), toldOf({ ...before, ...body }));
  await note(site, caller, 'webhook.update', appSubject(app.id), { id: after.id, ...changes });
  await site.live.refresh(app.id);
  return { body: endpointView(after), version: after.version };
}

/** What the audit log may keep: values of headers and queries may be secrets. */
function toldOf({ url, enabled, events, channelPrefixes, headers }: EndpointFields) {
  return { url: withoutQuery(url), enabled, events, channelPrefixes, headerNames: Object.keys(headers) };
}

function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}
