// Counters that grow in the order in which transactions end: the number of changes, and the ids of the audit log.
import type { AppId } from '../protocol/ids.ts';
import { type Queries, StorageError } from './database.ts';
import { textIn, wholeIn } from './rows.ts';
import type { Changes } from './store.ts';

/** Stands for the quotas of accounts; no app has this id. */
export const QUOTAS = '';

/**
 * Counts one up, within a transaction. Whoever does it holds the counter until the transaction ends, so it comes last:
 * then nobody who holds it waits for anything else.
 */
export async function countUp(queries: Queries, name: 'revision' | 'audit'): Promise<number> {
  const [row] = await queries.rows('update counters set value = value + 1 where name = $1 returning value', name);
  if (row === undefined) throw new StorageError(`the database lacks its counter "${name}"; restore it from a backup`);
  return wholeIn(row, 'value');
}

/** Notes, at the end of a transaction, what other nodes have to read again. */
export async function noteChange(queries: Queries, changed: AppId | typeof QUOTAS): Promise<void> {
  const revision = await countUp(queries, 'revision');
  await queries.change(
    'insert into changes (app_id, revision) values ($1, $2) on conflict (app_id) do update set revision = excluded.revision',
    changed,
    revision,
  );
}

export async function readRevision(queries: Queries): Promise<number> {
  const [row] = await queries.rows("select value from counters where name = 'revision'");
  return row === undefined ? 0 : wholeIn(row, 'value');
}

export async function readChanges(queries: Queries, since: number): Promise<Changes> {
  const rows = await queries.rows('select app_id from changes where revision > $1 order by revision', since);
  const changed = rows.map((row) => textIn(row, 'app_id'));
  // What the database holds was checked when it came in.
  return { apps: changed.filter((id) => id !== QUOTAS) as AppId[], quotas: changed.includes(QUOTAS) };
}
