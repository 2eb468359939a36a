// Key pairs of apps in SQL. The secret lies there sealed, bound to its key.
import type { AppId } from '../protocol/ids.ts';
import { batches } from './batches.ts';
import { noteChange } from './counters.ts';
import { type Database, insert, type Queries, type Row, update } from './database.ts';
import type { KeyRecord } from './records.ts';
import { textIn, wholeIn, wholeOrNullIn } from './rows.ts';
import type { Seal } from './seal.ts';
import type { KeyTable } from './store.ts';

const OLDEST_FIRST = 'order by created_at_ms, key';

export function keyTable(database: Database, seal: Seal): KeyTable {
  return {
    async list(app) {
      const rows =
        app === undefined
          ? await database.rows(`select * from app_keys ${OLDEST_FIRST}`)
          : await database.rows(`select * from app_keys where app_id = $1 ${OLDEST_FIRST}`, app);
      return rows.map((row) => keyOf(row, seal));
    },

    create: (app, pair, nowMs) =>
      database.transaction(async (queries) => {
        const row = await insertKey(queries, seal, app, pair, nowMs);
        if (row === null) return 'taken';
        await noteChange(queries, app);
        return keyOf(row, seal);
      }),

    retire: (app, key, retiresAtMs) =>
      database.transaction(async (queries) => {
        const [row] = await update(queries, 'app_keys', { app_id: app, key }, { retires_at_ms: retiresAtMs });
        if (row === undefined) return null;
        await noteChange(queries, app);
        return keyOf(row, seal);
      }),

    delete: (app, key) =>
      database.transaction(async (queries) => {
        const count = await queries.change('delete from app_keys where app_id = $1 and key = $2', app, key);
        if (count > 0) await noteChange(queries, app);
        return count > 0;
      }),

    used: (uses) =>
      database.relaxed(async (queries) => {
        for (const batch of batches([...uses])) {
          const places = batch.map((_, index) => `($${2 * index + 1}, cast($${2 * index + 2} as bigint))`);
          await queries.change(
            'update app_keys set last_used_at_ms = uses.column2 ' +
              `from (values ${places.join(', ')}) as uses where app_keys.key = uses.column1 ` +
              'and (last_used_at_ms is null or last_used_at_ms < uses.column2)',
            ...batch.flat(),
          );
        }
      }),
  };
}

/** Null when there is such a key, of whatever app. */
export async function insertKey(
  queries: Queries,
  seal: Seal,
  app: AppId,
  { key, secret }: { readonly key: string; readonly secret: string },
  nowMs: number,
): Promise<Row | null> {
  const sealed = seal.close(secret, placeOf(key));
  return insert(queries, 'app_keys', { key, app_id: app, sealed_secret: sealed, created_at_ms: nowMs });
}

function keyOf(row: Row, seal: Seal): KeyRecord {
  const key = textIn(row, 'key');
  return {
    // What the database holds was checked when it came in.
    appId: textIn(row, 'app_id') as AppId,
    key,
    secret: seal.open(textIn(row, 'sealed_secret'), placeOf(key)),
    createdAtMs: wholeIn(row, 'created_at_ms'),
    retiresAtMs: wholeOrNullIn(row, 'retires_at_ms'),
    lastUsedAtMs: wholeOrNullIn(row, 'last_used_at_ms'),
  };
}

function placeOf(key: string): string {
  return `app_keys.secret ${key}`;
}
