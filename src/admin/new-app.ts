// Makes apps, for the API and for devices that ask for one.
import { DEFAULT_APP_LIMITS } from '../core/limits.ts';
import type { AccountRecord, AppFields, AppRecord } from '../storage/records.ts';
import { appSubject, note } from './audit.ts';
import type { Caller } from './authenticate.ts';
import { MOST } from './bounds.ts';
import { drawAppId, drawKeyPair } from './credentials.ts';
import { type Problem, refuse } from './problems.ts';
import type { Site } from './site.ts';
import { appIdOf } from './verb.ts';

/** What an app is that says nothing but its name. */
export const NEW_APP: Omit<AppFields, 'name'> = {
  enabled: true,
  allowedOrigins: [],
  clientEvents: false,
  subscriptionCount: false,
  subscriptionErrors: false,
  tlsOnly: false,
  userAuthentication: { enabled: true, required: false, timeoutSeconds: 20 },
  limits: DEFAULT_APP_LIMITS,
};

type Pair = { readonly key: string; readonly secret: string };

export interface WantedApp {
  readonly fields: AppFields;
  readonly owner: AccountRecord;
  /** Those of another server, to be kept. */
  readonly id?: string | undefined;
  readonly keyPair?: Pair | undefined;
}

export interface MadeApp {
  readonly app: AppRecord;
  readonly keyPair: Pair;
}

/** An id that was drawn may be taken by chance; so often in a row it is not chance. */
const DRAWS = 5;

type AppSite = Pick<Site, 'store' | 'live' | 'clock' | 'turns'>;

export function makeApp(site: AppSite, caller: Caller | null, wanted: WantedApp): Promise<MadeApp | Problem> {
  // One after the other, so that the count holds.
  return site.turns.take(`apps of ${wanted.owner.id}`, () => makeNextApp(site, caller, wanted));
}

async function makeNextApp(site: AppSite, caller: Caller | null, wanted: WantedApp): Promise<MadeApp | Problem> {
  const { store, live, clock } = site;
  const { owner, fields } = wanted;
  if (owner.role !== 'admin') {
    const own = await store.apps.list({ limit: MOST.apps }, owner.id);
    if (own.length >= MOST.apps) return refuse('tooMany', `An account has at most ${MOST.apps} apps.`);
  }
  for (let draw = 0; draw < DRAWS; draw++) {
    const id = appIdOf(wanted.id ?? drawAppId());
    const keyPair = wanted.keyPair ?? drawKeyPair();
    // Those of the configuration are not in the database.
    const isKnown = live.apps.byIdOrKey(id) !== null || live.apps.byIdOrKey(keyPair.key) !== null;
    const app = isKnown ? 'taken' : await store.apps.create({ id, ownerId: owner.id, ...fields }, keyPair, clock.now());
    if (app === 'full') return refuse('tooMany', 'The server holds as many apps as it can.');
    if (app !== 'taken') {
      await note(site, caller, 'app.create', appSubject(app.id), { name: app.name, key: keyPair.key });
      await live.refresh(app.id);
      return { app, keyPair };
    }
    if (wanted.id !== undefined || wanted.keyPair !== undefined) break;
  }
  return refuse('taken', 'There is an app with this id or key.');
}
