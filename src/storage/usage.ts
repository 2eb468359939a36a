// Usage of apps in SQL: counters of minutes, hours and days, which are added to.

import { together, type UsageRecord, type UsageSpan } from '../core/usage.ts';
import type { AppId } from '../protocol/ids.ts';
import { batches } from './batches.ts';
import type { Database, Row } from './database.ts';
import { oneOfIn, textIn, wholeIn } from './rows.ts';
import type { UsageTable } from './store.ts';

const SPANS: readonly UsageSpan[] = ['minute', 'hour', 'day'];
const SUMS = [
  'broadcasts',
  'client_events',
  'requests',
  'messages_in',
  'messages_out',
  'bytes_in',
  'bytes_out',
  'errors',
] as const;
const COLUMNS = ['app_id', 'span', 'start_ms', ...SUMS, 'peak_connections'] as const;

const ADD_TO_WHAT_IS_THERE =
  'on conflict (app_id, span, start_ms) do update set ' +
  SUMS.map((column) => `${column} = usage.${column} + excluded.${column}, `).join('') +
  'peak_connections = case when excluded.peak_connections > usage.peak_connections ' +
  'then excluded.peak_connections else usage.peak_connections end';

export function usageTable(database: Database): UsageTable {
  return {
    async add(records) {
      if (records.length === 0) return;
      const rows = oneForEachSpan(records);
      await database.relaxed(async (queries) => {
        for (const batch of batches(rows)) {
          const places = batch.map((_, row) => `(${COLUMNS.map((_, at) => `$${row * COLUMNS.length + at + 1}`)})`);
          const statement = `insert into usage (${COLUMNS.join(', ')}) values ${places.join(', ')}`;
          await queries.change(`${statement} ${ADD_TO_WHAT_IS_THERE}`, ...batch.flatMap(valuesOf));
        }
      });
    },

    async read(app, span, fromMs, toMs) {
      const statement =
        'select * from usage where app_id = $1 and span = $2 and start_ms >= $3 and start_ms < $4 order by start_ms';
      return (await database.rows(statement, app, span, fromMs, toMs)).map(usageOf);
    },

    async broadcastsSince(startMs) {
      const statement =
        "select app_id, sum(broadcasts) as total from usage where span = 'day' and start_ms >= $1 group by app_id";
      const rows = await database.rows(statement, startMs);
      // What the database holds was checked when it came in.
      return new Map(rows.map((row) => [textIn(row, 'app_id') as AppId, wholeIn(row, 'total')]));
    },

    deleteBefore: (span, beforeMs) =>
      database.change('delete from usage where span = $1 and start_ms < $2', span, beforeMs),
  };
}

/**
 * One statement may touch a row only once, so what belongs to the same span is added up before; and in one order,
 * so that two nodes which write the same rows do not wait for each other.
 */
function oneForEachSpan(records: readonly UsageRecord[]): readonly UsageRecord[] {
  const spans = new Map<string, UsageRecord>();
  for (const record of records) {
    const name = JSON.stringify([record.appId, record.span, record.startMs]);
    const before = spans.get(name);
    spans.set(name, before === undefined ? record : together(before, record));
  }
  return [...spans].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, record]) => record);
}

function valuesOf(record: UsageRecord) {
  const { appId, span, startMs, broadcasts, clientEvents, requests, peakConnections } = record;
  const { messagesIn, messagesOut, bytesIn, bytesOut, errors } = record;
  const sums = [broadcasts, clientEvents, requests, messagesIn, messagesOut, bytesIn, bytesOut, errors];
  return [appId, span, startMs, ...sums, peakConnections];
}

function usageOf(row: Row): UsageRecord {
  return {
    // What the database holds was checked when it came in.
    appId: textIn(row, 'app_id') as AppId,
    span: oneOfIn(row, 'span', SPANS),
    startMs: wholeIn(row, 'start_ms'),
    broadcasts: wholeIn(row, 'broadcasts'),
    clientEvents: wholeIn(row, 'client_events'),
    requests: wholeIn(row, 'requests'),
    messagesIn: wholeIn(row, 'messages_in'),
    messagesOut: wholeIn(row, 'messages_out'),
    bytesIn: wholeIn(row, 'bytes_in'),
    bytesOut: wholeIn(row, 'bytes_out'),
    errors: wholeIn(row, 'errors'),
    peakConnections: wholeIn(row, 'peak_connections'),
  };
}
