// Sessions of the browser in SQL. Only a hash of the cookie is kept.
import { type Database, firstRow, insert, type Row } from './database.ts';
import type { SessionRecord } from './records.ts';
import { textIn, wholeIn } from './rows.ts';
import type { SessionTable } from './store.ts';

export function sessionTable(database: Database): SessionTable {
  return {
    async create({ hash, accountId, csrf, createdAtMs, expiresAtMs }) {
      const times = { created_at_ms: createdAtMs, expires_at_ms: expiresAtMs };
      await insert(database, 'sessions', { hash, account_id: accountId, csrf, ...times });
    },

    async get(hash, nowMs) {
      const statement = 'select * from sessions where hash = $1 and expires_at_ms > $2';
      const row = await firstRow(database, statement, hash, nowMs);
      return row === null ? null : sessionOf(row);
    },

    delete: async (hash) => (await database.change('delete from sessions where hash = $1', hash)) > 0,
    deleteOf: (accountId) => database.change('delete from sessions where account_id = $1', accountId),
    deleteExpired: (nowMs) => database.change('delete from sessions where expires_at_ms <= $1', nowMs),
  };
}

function sessionOf(row: Row): SessionRecord {
  return {
    hash: textIn(row, 'hash'),
    accountId: textIn(row, 'account_id'),
    csrf: textIn(row, 'csrf'),
    createdAtMs: wholeIn(row, 'created_at_ms'),
    expiresAtMs: wholeIn(row, 'expires_at_ms'),
  };
}
