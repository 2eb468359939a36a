// Apps, what they have used and how they were changed.
import type { UsageSpan } from '../core/usage.ts';
import { byCode } from '../engine/signed-in-here.ts';
import type { AppRecord } from '../storage/records.ts';
import { auditView } from './account-verbs.ts';
import { appSubject, changesOf, note } from './audit.ts';
import { MOST } from './bounds.ts';
import { makeApp, NEW_APP } from './new-app.ts';
import { isNumberCursor, OTHER_LIST, type PageOfRows, readPage } from './pages.ts';
import { refuse } from './problems.ts';
import type { appRoutes } from './routes-apps.ts';
import { configuredApp, configuredById, isConfigured, type SeenApp, storedApp } from './seen-app.ts';
import type { Site } from './site.ts';
import { type Call, DONE, isOfApp, isProblem, type Verbs, versionOf } from './verb.ts';

const SPAN_MS: Readonly<Record<UsageSpan, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** What is shown when nothing is said. */
const DEFAULT_SPANS = 48;

export function appVerbs(site: Site): Verbs<typeof appRoutes> {
  const { store } = site;
  return {
    async listApps({ query, caller: { account } }) {
      const page = await readPage(
        query,
        (each) => (account.role === 'admin' ? listAll(site, each) : listOfMember(site, each, account.id)),
        ({ id }) => id,
        appView,
      );
      return { body: page };
    },

    createApp: (call) => createApp(site, call),

    async showApp({ app }) {
      return { body: appView(app), version: app.version };
    },

    updateApp: (call) => updateApp(site, call),

    async deleteApp({ app, caller }) {
      if (!(await store.apps.delete(app.id))) return refuse('notFound');
      await note(site, caller, 'app.delete', appSubject(app.id), { name: app.name });
      await site.live.refresh(app.id);
      return DONE;
    },

    async listAppAudit({ app, query }) {
      if (!isNumberCursor(query.cursor)) return refuse('badRequest', OTHER_LIST);
      const page = await readPage(
        query,
        async (each) => (await store.audit.list(each, appSubject(app.id))).filter(({ atMs }) => isOfApp(app, atMs)),
        ({ id }) => String(id),
        auditView,
      );
      return { body: page };
    },

    async showUsage({ app, query: { span = 'hour', fromMs, toMs = site.clock.now() } }) {
      const startMs = fromMs ?? Math.max(0, toMs - DEFAULT_SPANS * SPAN_MS[span]);
      if (startMs > toMs) return refuse('badRequest', 'fromMs is after toMs.');
      if ((toMs - startMs) / SPAN_MS[span] > MOST.usageRows) {
        return refuse('badRequest', `The range has more than ${MOST.usageRows} spans of a ${span}.`);
      }
      const rows = await store.usage.read(app.id, span, startMs, toMs);
      const items = rows.map(({ appId: _app, span: _span, ...counts }) => counts);
      return { body: { span, items } };
    },
  };
}

/** Those of the configuration among those of the database, in the order of their ids. */
async function listAll(site: Site, page: PageOfRows): Promise<readonly SeenApp[]> {
  const { store, live } = site;
  const { limit, after = '' } = page;
  const configured = live.apps.all().filter(isConfigured).map(configuredApp);
  const ids = new Set<string>(configured.map(({ id }) => id));
  const more = { ...page, limit: limit + ids.size };
  const stored = (await store.apps.list(more)).filter(({ id }) => !ids.has(id)).map(storedApp);
  const later = configured.filter(({ id }) => id > after);
  return [...stored, ...later].sort((one, other) => byCode(one.id, other.id)).slice(0, limit);
}

async function listOfMember(site: Site, page: PageOfRows, member: string): Promise<readonly SeenApp[]> {
  const { store, live } = site;
  const count = live.apps.all().filter(isConfigured).length;
  const apps = await store.apps.list({ ...page, limit: page.limit + count }, member);
  // An app of the configuration with the same id has taken its place.
  return apps
    .filter(({ id }) => configuredById(site, id) === null)
    .map(storedApp)
    .slice(0, page.limit);
}

function appView({ ownerId, ...app }: SeenApp) {
  const { id, name, enabled, allowedOrigins, clientEvents, subscriptionCount, subscriptionErrors, tlsOnly } = app;
  const { userAuthentication, limits, origin, version, createdAtMs, updatedAtMs } = app;
  return {
    id,
    name,
    enabled,
    allowedOrigins,
    clientEvents,
    subscriptionCount,
    subscriptionErrors,
    tlsOnly,
    userAuthentication,
    limits,
    owner: ownerId,
    origin,
    version,
    createdAtMs,
    updatedAtMs,
  };
}

async function createApp(site: Site, { body, caller }: Call<typeof appRoutes.createApp>) {
  const { id, keyPair, owner: ownerId, limits, ...settings } = body;
  const { account } = caller;
  if (ownerId !== undefined && ownerId !== account.id && account.role !== 'admin') {
    return refuse('adminNeeded', 'Only admins make apps for others.');
  }
  const owner = ownerId === undefined ? account : await site.store.accounts.get(ownerId);
  if (owner === null) return refuse('badRequest', 'There is no account with the id that `owner` names.');
  const fields = { ...NEW_APP, ...settings, limits: { ...NEW_APP.limits, ...limits } };
  if (isContradictory(fields)) return refuse('badRequest', CONTRADICTION);
  const made = await makeApp(site, caller, { fields, owner, id, keyPair });
  if (isProblem(made)) return made;
  return { body: { app: appView(storedApp(made.app)), keyPair: made.keyPair }, version: made.app.version };
}

async function updateApp(site: Site, { app, body, expected, caller }: Call<typeof appRoutes.updateApp>) {
  const { limits, ...settings } = body;
  const fields = limits === undefined ? settings : { ...settings, limits: { ...app.limits, ...limits } };
  if (isContradictory({ ...app, ...fields })) return refuse('badRequest', CONTRADICTION);
  // Merged limits come from the record that was read, so its version stands also where any would do.
  const version = versionOf(expected, app.version);
  if (version !== app.version) return refuse('stale');
  const after = await site.store.apps.update(app.id, version, fields, site.clock.now());
  if (after === null) return refuse('notFound');
  if (after === 'stale') return refuse('stale');
  await note(site, caller, 'app.update', appSubject(app.id), changesOf(app, fields));
  await site.live.refresh(app.id);
  return { body: appView(storedApp(after)), version: after.version };
}

const CONTRADICTION = 'userAuthentication.required needs userAuthentication.enabled as well.';

function isContradictory({ userAuthentication }: Pick<AppRecord, 'userAuthentication'>): boolean {
  return userAuthentication.required && !userAuthentication.enabled;
}
