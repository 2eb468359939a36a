// Apps in SQL. What may be set of them beside name and switch is one JSON text, so that a new setting needs no migration.

import type { UserAuthentication } from '../core/app.ts';
import { APP_LIMITS, type AppLimits } from '../core/limits.ts';
import type { AppId } from '../protocol/ids.ts';
import { noteChange } from './counters.ts';
import { type Database, firstRow, insert, type Queries, type Row, StorageError, update } from './database.ts';
import { insertKey } from './keys.ts';
import type { AppFields, AppRecord } from './records.ts';
import { asObject, asTexts, objectIn, switchIn, textIn, wholeIn } from './rows.ts';
import type { Seal } from './seal.ts';
import type { AppTable, Full, Taken } from './store.ts';

/** Each node has all of them in memory; a few kB each, with their keys and endpoints. */
export const MOST_APPS = 20_000;

const SELECT = 'select * from apps where id > $1';
const IN_ORDER = 'order by id limit $2';
const OF_MEMBER =
  '(owner_id = $3 or exists (select 1 from members where members.app_id = apps.id and members.account_id = $3))';

export function appTable(database: Database, seal: Seal): AppTable {
  return {
    async list({ limit, after = '' }, member) {
      const rows =
        member === undefined
          ? await database.rows(`${SELECT} ${IN_ORDER}`, after, limit)
          : await database.rows(`${SELECT} and ${OF_MEMBER} ${IN_ORDER}`, after, limit, member);
      return rows.map(appOf);
    },

    get: (id) => getApp(database, id),

    create: ({ id, ownerId, ...fields }, pair, nowMs) =>
      database
        .transaction(async (queries) => {
          const times = { created_at_ms: nowMs, updated_at_ms: nowMs };
          const row = await insert(queries, 'apps', {
            id,
            owner_id: ownerId,
            ...columnsOf(fields),
            version: 1,
            ...times,
          });
          if (row === null) return 'taken';
          if ((await insertKey(queries, seal, id, pair, nowMs)) === null) throw new Refused('taken');
          await noteChange(queries, id);
          // From here on, and until the transaction ends, nobody else can add one: the counter is held.
          if ((await countApps(queries)) > MOST_APPS) throw new Refused('full');
          return appOf(row);
        })
        .catch((error: unknown) => {
          if (error instanceof Refused) return error.answer;
          throw error;
        }),

    update: (id, version, fields, nowMs) =>
      database.transaction(async (queries) => {
        const app = await getApp(queries, id);
        if (app === null) return null;
        const columns = { ...columnsOf({ ...app, ...fields }), updated_at_ms: nowMs };
        // The version is compared again in the statement itself: somebody may have been here since it was read.
        const [row] = await update(queries, 'apps', { id, version }, columns, ['version = version + 1']);
        if (row === undefined) return 'stale';
        await noteChange(queries, id);
        return appOf(row);
      }),

    delete: (id) =>
      database.transaction(async (queries) => {
        await queries.change('delete from usage where app_id = $1', id);
        const count = await queries.change('delete from apps where id = $1', id);
        if (count > 0) await noteChange(queries, id);
        return count > 0;
      }),
  };
}

/** Leaves the transaction, so that the app is not there either. */
class Refused extends Error {
  readonly answer: Taken | Full;

  constructor(answer: Taken | Full) {
    super(answer);
    this.answer = answer;
  }
}

async function countApps(queries: Queries): Promise<number> {
  const row = await firstRow(queries, 'select count(*) as count from apps');
  return row === null ? 0 : wholeIn(row, 'count');
}

async function getApp(queries: Queries, id: AppId): Promise<AppRecord | null> {
  const row = await firstRow(queries, 'select * from apps where id = $1', id);
  return row === null ? null : appOf(row);
}

function columnsOf(fields: AppFields) {
  const { allowedOrigins, clientEvents, subscriptionCount, subscriptionErrors, tlsOnly } = fields;
  const { userAuthentication, limits } = fields;
  const switches = { clientEvents, subscriptionCount, subscriptionErrors, tlsOnly };
  const settings = JSON.stringify({ allowedOrigins, ...switches, userAuthentication, limits });
  return { name: fields.name, enabled: fields.enabled ? 1 : 0, settings };
}

export function appOf(row: Row): AppRecord {
  const settings = objectIn(row, 'settings');
  return {
    // What the database holds was checked when it came in.
    id: textIn(row, 'id') as AppId,
    ownerId: textIn(row, 'owner_id'),
    name: textIn(row, 'name'),
    enabled: switchIn(row, 'enabled'),
    allowedOrigins: asTexts(settings['allowedOrigins'], 'settings'),
    clientEvents: switchOf(settings, 'clientEvents'),
    subscriptionCount: switchOf(settings, 'subscriptionCount'),
    subscriptionErrors: switchOf(settings, 'subscriptionErrors'),
    tlsOnly: switchOf(settings, 'tlsOnly'),
    userAuthentication: userAuthenticationOf(asObject(settings['userAuthentication'], 'settings')),
    limits: limitsOf(asObject(settings['limits'], 'settings')),
    version: wholeIn(row, 'version'),
    createdAtMs: wholeIn(row, 'created_at_ms'),
    updatedAtMs: wholeIn(row, 'updated_at_ms'),
  };
}

function userAuthenticationOf(value: Row): UserAuthentication {
  const timeoutSeconds = wholeIn(value, 'timeoutSeconds');
  return { enabled: switchOf(value, 'enabled'), required: switchOf(value, 'required'), timeoutSeconds };
}

function switchOf(object: Row, member: string): boolean {
  const value = object[member];
  if (typeof value === 'boolean') return value;
  throw new StorageError(`the database holds an app whose setting "${member}" is damaged; restore it from a backup`);
}

/** A limit that was invented after the row was written has its default. */
function limitsOf(kept: Row): AppLimits {
  const limits = Object.entries(APP_LIMITS).map(([name, limit]) => {
    return [name, Object.hasOwn(kept, name) ? wholeIn(kept, name) : limit.default] as const;
  });
  return Object.fromEntries(limits) as AppLimits;
}
