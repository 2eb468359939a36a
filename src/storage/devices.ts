// Tools that ask for access by device flow, in SQL.
import type { AppId } from '../protocol/ids.ts';
import { type Database, firstRow, insert, type Row, update, type Value } from './database.ts';
import type { DeviceRecord } from './records.ts';
import { oneOfIn, textIn, textOrNullIn, wholeIn, wholeOrNullIn } from './rows.ts';
import type { DeviceTable } from './store.ts';

const STATUSES: readonly DeviceRecord['status'][] = ['pending', 'approved', 'denied', 'redeemed', 'revoked'];

const COLUMNS: Readonly<Record<keyof DeviceRecord, string>> = {
  id: 'id',
  deviceCodeHash: 'device_code_hash',
  userCode: 'user_code',
  clientId: 'client_id',
  name: 'name',
  status: 'status',
  accountId: 'account_id',
  appId: 'app_id',
  tokenId: 'token_id',
  createdAtMs: 'created_at_ms',
  expiresAtMs: 'expires_at_ms',
  polledAtMs: 'polled_at_ms',
  intervalSeconds: 'interval_seconds',
};

export function deviceTable(database: Database): DeviceTable {
  return {
    create: async (device) => (await insert(database, 'devices', columnsOf(device))) !== null,

    async byUserCode(userCode, nowMs) {
      const statement =
        'select * from devices where user_code = $1 and expires_at_ms > $2 order by created_at_ms desc limit 1';
      const row = await firstRow(database, statement, userCode, nowMs);
      return row === null ? null : deviceOf(row);
    },

    async byDeviceCode(hash) {
      const row = await firstRow(database, 'select * from devices where device_code_hash = $1', hash);
      return row === null ? null : deviceOf(row);
    },

    async change(id, from, fields) {
      const columns = columnsOf(fields);
      if (Object.keys(columns).length === 0) return false;
      return (await update(database, 'devices', { id, status: from }, columns)).length > 0;
    },

    async list(accountId) {
      const statement = 'select * from devices where account_id = $1 order by created_at_ms, id';
      return (await database.rows(statement, accountId)).map(deviceOf);
    },

    // What was redeemed is a connected device and stays until it is revoked.
    deleteExpired: (nowMs) =>
      database.change("delete from devices where expires_at_ms <= $1 and status <> 'redeemed'", nowMs),
  };
}

function columnsOf(fields: Partial<DeviceRecord>): Record<string, Value> {
  const columns: Record<string, Value> = {};
  for (const name of Object.keys(COLUMNS) as (keyof DeviceRecord)[]) {
    const value = fields[name];
    if (value !== undefined) columns[COLUMNS[name]] = value;
  }
  return columns;
}

function deviceOf(row: Row): DeviceRecord {
  return {
    id: textIn(row, 'id'),
    deviceCodeHash: textIn(row, 'device_code_hash'),
    userCode: textIn(row, 'user_code'),
    clientId: textIn(row, 'client_id'),
    name: textIn(row, 'name'),
    status: oneOfIn(row, 'status', STATUSES),
    accountId: textOrNullIn(row, 'account_id'),
    // What the database holds was checked when it came in.
    appId: textOrNullIn(row, 'app_id') as AppId | null,
    tokenId: textOrNullIn(row, 'token_id'),
    createdAtMs: wholeIn(row, 'created_at_ms'),
    expiresAtMs: wholeIn(row, 'expires_at_ms'),
    polledAtMs: wholeOrNullIn(row, 'polled_at_ms'),
    intervalSeconds: wholeIn(row, 'interval_seconds'),
  };
}
