// The key pairs of an app, which can be exchanged while both count. One at least stays.
import type { AppId } from '../protocol/ids.ts';
import type { KeyRecord } from '../storage/records.ts';
import { appSubject, note } from './audit.ts';
import { MOST } from './bounds.ts';
import { drawKeyPair } from './credentials.ts';
import { type Problem, refuse } from './problems.ts';
import type { keyRoutes } from './routes-apps.ts';
import { configuredById, type SeenApp } from './seen-app.ts';
import type { Site } from './site.ts';
import { type Call, DONE, type Verbs } from './verb.ts';

export function keyVerbs(site: Site): Verbs<typeof keyRoutes> {
  const inTurn = <Value>(app: AppId, task: () => Promise<Value>): Promise<Value> =>
    site.turns.take(`keys of ${app}`, task);
  return {
    async listKeys({ app }) {
      const keys = await keysOf(site, app);
      return { body: { items: keys.map(keyView) } };
    },
    async showSecret({ app, params, caller }) {
      const found = (await keysOf(site, app)).find(({ key }) => key === params.key);
      if (found === undefined) return refuse('notFound');
      await note(site, caller, 'key.revealed', appSubject(app.id), { key: found.key });
      return { body: { secret: found.secret } };
    },
    createKey: (call) => inTurn(call.app.id, () => createKey(site, call)),
    retireKey: (call) => inTurn(call.app.id, () => retireKey(site, call)),
    deleteKey: (call) => inTurn(call.app.id, () => deleteKey(site, call)),
  };
}

function keysOf(site: Site, app: SeenApp): Promise<readonly KeyRecord[]> {
  if (app.origin === 'database') return site.store.keys.list(app.id);
  const keys = configuredById(site, app.id)?.settings.keys ?? [];
  const times = { createdAtMs: 0, retiresAtMs: null, lastUsedAtMs: null };
  return Promise.resolve(keys.map((pair) => ({ appId: app.id, ...pair, ...times })));
}

function keyView({ key, createdAtMs, retiresAtMs, lastUsedAtMs }: KeyRecord) {
  return { key, createdAtMs, retiresAtMs, lastUsedAtMs };
}

async function createKey(site: Site, { app, body, caller }: Call<typeof keyRoutes.createKey>) {
  const { store, live, clock } = site;
  const keys = await store.keys.list(app.id);
  if (keys.length >= MOST.keysOfApp) return refuse('tooMany');
  // The oldest signs webhooks; a new one is never that, also within one millisecond or when the clock was set back.
  const createdAtMs = Math.max(clock.now(), (keys.at(-1)?.createdAtMs ?? 0) + 1);
  const keyPair = body.keyPair ?? drawKeyPair();
  // Those of the configuration are not in the database.
  const made =
    live.apps.byIdOrKey(keyPair.key) === null ? await store.keys.create(app.id, keyPair, createdAtMs) : 'taken';
  if (made === 'taken') return refuse('taken', 'There is an app with this key.');
  await note(site, caller, 'key.create', appSubject(app.id), { key: made.key });
  await live.refresh(app.id);
  return { body: { key: keyView(made), keyPair } };
}

async function retireKey(site: Site, { app, params, body, caller }: Call<typeof keyRoutes.retireKey>) {
  const { retiresAtMs } = body;
  const refused = await refuseLast(site, app.id, params.key, retiresAtMs !== null);
  if (refused !== null) return refused;
  const retired = await site.store.keys.retire(app.id, params.key, retiresAtMs);
  if (retired === null) return refuse('notFound');
  await note(site, caller, 'key.retire', appSubject(app.id), { key: params.key, retiresAtMs });
  await site.live.refresh(app.id);
  return { body: keyView(retired) };
}

async function deleteKey(site: Site, { app, params, caller }: Call<typeof keyRoutes.deleteKey>) {
  const refused = await refuseLast(site, app.id, params.key, true);
  if (refused !== null) return refused;
  if (!(await site.store.keys.delete(app.id, params.key))) return refuse('notFound');
  await note(site, caller, 'key.delete', appSubject(app.id), { key: params.key });
  await site.live.refresh(app.id);
  return DONE;
}

/** An app without a key could not be reached by anybody. */
async function refuseLast(site: Site, app: AppId, key: string, isLeaving: boolean): Promise<Problem | null> {
  const keys = await site.store.keys.list(app);
  if (!keys.some((each) => each.key === key)) return refuse('notFound');
  const stays = keys.some((each) => each.key !== key && each.retiresAtMs === null);
  if (!isLeaving || stays) return null;
  return refuse('conflict', 'It is the last key that stays; make another one first.');
}
