// Webhook endpoints in SQL. Address and headers are sealed together: both may carry what only the receiver should know.
import { WEBHOOK_EVENTS } from '../core/facts.ts';
import type { AppId } from '../protocol/ids.ts';
import { noteChange } from './counters.ts';
import { type Database, firstRow, insert, type Queries, type Row, update } from './database.ts';
import type { EndpointFields, EndpointRecord } from './records.ts';
import { asObject, switchIn, textIn, textOrNullIn, textsIn, wholeIn } from './rows.ts';
import type { Seal } from './seal.ts';
import type { EndpointTable } from './store.ts';

const IN_ORDER = 'order by app_id, created_at_ms, id';

export function endpointTable(database: Database, seal: Seal): EndpointTable {
  const get = async (queries: Queries, app: AppId, id: string): Promise<EndpointRecord | null> => {
    const row = await firstRow(queries, 'select * from endpoints where app_id = $1 and id = $2', app, id);
    return row === null ? null : endpointOf(row, seal);
  };
  return {
    async list(app) {
      const rows =
        app === undefined
          ? await database.rows(`select * from endpoints ${IN_ORDER}`)
          : await database.rows(`select * from endpoints where app_id = $1 ${IN_ORDER}`, app);
      return rows.map((row) => endpointOf(row, seal));
    },

    get: (app, id) => get(database, app, id),

    create: (app, id, fields, nowMs) =>
      database.transaction(async (queries) => {
        const columns = { ...columnsOf(app, id, fields, seal), version: 1, created_at_ms: nowMs };
        const row = await insert(queries, 'endpoints', { app_id: app, id, ...columns });
        if (row === null) throw new Error(`there is an endpoint "${id}" of the app already`);
        await noteChange(queries, app);
        return endpointOf(row, seal);
      }),

    update: (app, id, version, fields) =>
      database.transaction(async (queries) => {
        const endpoint = await get(queries, app, id);
        if (endpoint === null) return null;
        const reason = fields.enabled === true ? null : endpoint.disabledReason;
        const columns = { ...columnsOf(app, id, { ...endpoint, ...fields }, seal), disabled_reason: reason };
        const [row] = await update(queries, 'endpoints', { app_id: app, id, version }, columns, [
          'version = version + 1',
        ]);
        if (row === undefined) return 'stale';
        await noteChange(queries, app);
        return endpointOf(row, seal);
      }),

    disable: (app, id, reason) =>
      database.transaction(async (queries) => {
        const columns = { enabled: 0, disabled_reason: reason };
        const where = { app_id: app, id, enabled: 1 };
        const rows = await update(queries, 'endpoints', where, columns, ['version = version + 1']);
        if (rows.length > 0) await noteChange(queries, app);
        return rows.length > 0;
      }),

    delete: (app, id) =>
      database.transaction(async (queries) => {
        const count = await queries.change('delete from endpoints where app_id = $1 and id = $2', app, id);
        if (count > 0) await noteChange(queries, app);
        return count > 0;
      }),
  };
}

function columnsOf(app: AppId, id: string, fields: EndpointFields, seal: Seal) {
  const target = JSON.stringify({ url: fields.url, headers: fields.headers });
  return {
    sealed_target: seal.close(target, placeOf(app, id)),
    enabled: fields.enabled ? 1 : 0,
    events: JSON.stringify(fields.events),
    channel_prefixes: JSON.stringify(fields.channelPrefixes),
  };
}

function endpointOf(row: Row, seal: Seal): EndpointRecord {
  // What the database holds was checked when it came in.
  const appId = textIn(row, 'app_id') as AppId;
  const id = textIn(row, 'id');
  const target: unknown = JSON.parse(seal.open(textIn(row, 'sealed_target'), placeOf(appId, id)));
  const { url, headers } = asObject(target, 'sealed_target');
  const words = textsIn(row, 'events');
  return {
    appId,
    id,
    url: textIn({ url }, 'url'),
    headers: headersOf(headers),
    enabled: switchIn(row, 'enabled'),
    // One that this version does not know is one that it never sends.
    events: WEBHOOK_EVENTS.filter((name) => words.includes(name)),
    channelPrefixes: textsIn(row, 'channel_prefixes'),
    version: wholeIn(row, 'version'),
    createdAtMs: wholeIn(row, 'created_at_ms'),
    disabledReason: textOrNullIn(row, 'disabled_reason'),
  };
}

function headersOf(value: unknown): Readonly<Record<string, string>> {
  const headers = asObject(value, 'sealed_target');
  return Object.fromEntries(Object.keys(headers).map((name) => [name, textIn(headers, name)]));
}

function placeOf(app: AppId, id: string): string {
  return `endpoints.target ${app} ${id}`;
}
